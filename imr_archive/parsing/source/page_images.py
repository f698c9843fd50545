"""The pages of a PDF as one image, one below the other, for people who compare it with what was read. Pure."""

from __future__ import annotations

import struct
import zlib

import pypdfium2 as pdfium

from imr_archive.errors import LetterError, SourceUnreadable

# Enough for letters; a longer file shows its first pages.
MOST_PAGES = 12
# In pixels; with the pages they bound the memory to 14 MB.
_WIDTH, _TALLEST = 850, 1400
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def pages_image(data: bytes) -> bytes | LetterError:
    """Return the first pages of a PDF as a grey PNG, or the error that says why there is none."""
    try:
        document = pdfium.PdfDocument(data)
        try:
            rows = [row for number in range(min(len(document), MOST_PAGES)) for row in _rows(document[number])]
        finally:
            document.close()
    except pdfium.PdfiumError:
        return SourceUnreadable("The file is no PDF whose pages can be drawn.")
    return _png(rows)


def _rows(page: pdfium.PdfPage) -> list[bytes]:
    """Return the rows of a page, each as wide as the image, with a dark line below the last."""
    width, height = page.get_size()
    bitmap = page.render(scale=min(_WIDTH / max(width, 1), _TALLEST / max(height, 1)), grayscale=True)
    pixels, stride = bytes(bitmap.buffer), bitmap.stride
    drawn = (pixels[start : start + bitmap.width] for start in range(0, stride * bitmap.height, stride))
    return [*(row[:_WIDTH].ljust(_WIDTH, b"\xff") for row in drawn), b"\x80" * _WIDTH]


def _png(rows: list[bytes]) -> bytes:
    """Return rows of grey pixels as a PNG (RFC 2083): three chunks, every row without a filter."""
    header = struct.pack(">IIBBBBB", _WIDTH, len(rows), 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )
