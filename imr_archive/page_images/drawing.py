"""Draw pages of a PDF as PNG: all in one image for people who review a letter, or one page with words boxed."""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

import pypdfium2 as pdfium

from imr_archive.errors import LetterError, SourceUnreadable
from imr_archive.page_images.words import PageWords, boxes_of

# Enough for letters; a longer file shows its first pages.
MOST_PAGES = 12
# In pixels; with the pages they bound the memory to 14 MB.
_WIDTH, _TALLEST = 850, 1400
# The image of one page is always as large, so that a web page keeps room for it before it arrives. Letter paper.
PAGE_WIDTH, PAGE_HEIGHT = 850, 1100
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _INDEXED = 0, 3
# Of the 256 colours, the first half are greys and the second half the same on a yellow ground. The frame of a box
# takes the darkest yellow.
_FRAME = 128
_TO_GREYS = bytes(level >> 1 for level in range(256))
_TO_YELLOWS = bytes(128 | max(colour & 127, 1) for colour in range(256))
_WHITE = 127
_MARGIN, _FRAME_WIDTH = 3, 2


class PageRequest(NamedTuple):
    """A page to draw, counted from 1, with the words to box on it."""

    content: bytes
    number: int
    said: PageWords | None = None


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
    return _png(_WIDTH, rows)


def page_image(request: PageRequest) -> bytes | LetterError:
    """Return one page as a PNG of fixed size with the words boxed, or the error that says why there is none."""
    try:
        document = pdfium.PdfDocument(request.content)
        try:
            if not 0 < request.number <= len(document):
                return SourceUnreadable(f"The file has no page {request.number}.")
            rows = _page_rows(document[request.number - 1], request.said)
        finally:
            document.close()
    except pdfium.PdfiumError:
        return SourceUnreadable("The file is no PDF whose pages can be drawn.")
    return _png(PAGE_WIDTH, rows, palette=_PALETTE)


def _rows(page: pdfium.PdfPage) -> list[bytes]:
    """Return the rows of a page, each as wide as the image, with a dark line below the last."""
    width, height = page.get_size()
    bitmap = page.render(scale=min(_WIDTH / max(width, 1), _TALLEST / max(height, 1)), grayscale=True)
    return [*(row[:_WIDTH].ljust(_WIDTH, b"\xff") for row in _drawn(bitmap)), b"\x80" * _WIDTH]


def _drawn(bitmap: pdfium.PdfBitmap) -> list[bytes]:
    pixels, stride = bytes(bitmap.buffer), bitmap.stride
    return [pixels[start : start + bitmap.width] for start in range(0, stride * bitmap.height, stride)]


def _page_rows(page: pdfium.PdfPage, said: PageWords | None) -> list[bytearray]:
    """Return the rows of a page, which is fitted into the size of the image and stands at its top left."""
    width, height = page.get_size()
    bitmap = page.render(scale=min(PAGE_WIDTH / max(width, 1), PAGE_HEIGHT / max(height, 1)), grayscale=True)
    white = bytes([_WHITE])
    rows = [
        bytearray(row[:PAGE_WIDTH].translate(_TO_GREYS).ljust(PAGE_WIDTH, white))
        for row in _drawn(bitmap)[:PAGE_HEIGHT]
    ]
    rows.extend(bytearray(white * PAGE_WIDTH) for _ in range(PAGE_HEIGHT - len(rows)))
    if said is not None:
        placed = bitmap.get_posconv(page)
        textpage = page.get_textpage()
        try:
            for left, bottom, right, top in boxes_of(textpage, said):
                corners = (placed.to_bitmap(left, top), placed.to_bitmap(right, bottom))
                xs, ys = zip(*corners, strict=True)
                _box(rows, (min(xs), min(ys), max(xs), max(ys)))
        finally:
            textpage.close()
    return rows


def _box(rows: list[bytearray], place: tuple[int, int, int, int]) -> None:
    """Lay a yellow ground with a frame behind a part of the image."""
    left, top, right, bottom = (
        max(place[0] - _MARGIN, 0),
        max(place[1] - _MARGIN, 0),
        min(place[2] + _MARGIN, PAGE_WIDTH),
        min(place[3] + _MARGIN, PAGE_HEIGHT),
    )
    for y in range(top, bottom):
        row = rows[y]
        row[left:right] = row[left:right].translate(_TO_YELLOWS)
        if not top + _FRAME_WIDTH <= y < bottom - _FRAME_WIDTH:
            row[left:right] = bytes([_FRAME]) * max(right - left, 0)
        elif right - left > 2 * _FRAME_WIDTH:
            row[left : left + _FRAME_WIDTH] = row[right - _FRAME_WIDTH : right] = bytes([_FRAME]) * _FRAME_WIDTH


def _palette() -> bytes:
    greys = [level * 255 // 127 for level in range(128)]
    yellows = [(grey, grey * 15 // 16, grey * 9 // 16) for grey in greys]
    yellows[0] = (154, 82, 0)
    return b"".join(bytes((grey, grey, grey)) for grey in greys) + b"".join(map(bytes, yellows))


_PALETTE = _palette()


def _png(width: int, rows: list[bytes] | list[bytearray], palette: bytes = b"") -> bytes:
    """Return rows of grey or indexed pixels as a PNG (RFC 2083), every row without a filter."""
    header = struct.pack(">IIBBBBB", width, len(rows), 8, _INDEXED if palette else _GREY, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    chunks = [(b"IHDR", header), *([(b"PLTE", palette)] if palette else []), (b"IDAT", pixels), (b"IEND", b"")]
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )
