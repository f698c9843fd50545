"""Bytes to text: a PDF by its text layer, or plain text in whatever encoding it came."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import pypdfium2 as pdfium
from pypdfium2.raw import FPDF_ERR_PASSWORD

from imr_archive.errors import SourceUnreadable

PAGE_BREAK = "\f"

# Ten times what the longest known letters hold.
MOST_CHARACTERS = 200_000


class SourceKind(StrEnum):
    """What kind of file a source letter is."""

    PDF = "pdf"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of one file, pages divided by form feeds; ``pages`` holds the offset at which each page begins."""

    kind: SourceKind
    text: str
    pages: tuple[int, ...]


def read_source(data: bytes, name: str = "") -> SourceText:
    """Return the text of a file, told by its own first bytes and never by its name.

    Raise ``SourceUnreadable``, with a sentence for a person, if there is no text to be had.
    """
    label = name or "The file"
    if not data.strip(b"\x00\t\n\r\f "):
        raise SourceUnreadable(f"{label} is empty.")
    if b"%PDF-" in data[:1024]:
        kind, text = SourceKind.PDF, _read_pdf(data, label)
    else:
        kind, text = SourceKind.TEXT, _read_text(data, label)
    return SourceText(kind, text, (0, *(found.end() for found in re.finditer(PAGE_BREAK, text))))


def _read_pdf(data: bytes, label: str) -> str:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == FPDF_ERR_PASSWORD:
            raise SourceUnreadable(f"{label} is a PDF protected by a password.") from error
        raise SourceUnreadable(f"{label} is a damaged or truncated PDF.") from error
    try:
        pages = _read_pages(document, label)
    except pdfium.PdfiumError as error:
        raise SourceUnreadable(f"{label} is a PDF with a damaged page.") from error
    finally:
        document.close()
    if not any(page.strip() for page in pages):
        raise SourceUnreadable(f"{label} is a PDF without text, probably a scan.")
    return PAGE_BREAK.join(pages)


def _read_pages(document: pdfium.PdfDocument, label: str) -> list[str]:
    pages = []
    read = 0
    for number in range(len(document)):
        pages.append(_read_page(document, number))
        read += len(pages[-1]) + len(PAGE_BREAK)
        _refuse_too_much(read, label)
    return pages


def _refuse_too_much(characters: int, label: str) -> None:
    if characters > MOST_CHARACTERS:
        raise SourceUnreadable(f"{label} holds more text than any letter.")


def _read_page(document: pdfium.PdfDocument, number: int) -> str:
    page = document[number]
    textpage = page.get_textpage()
    try:
        text: str = textpage.get_text_range()
    finally:
        textpage.close()
        page.close()
    # PDFium gives U+FFFE for a hyphen at a line end, together with the line end.
    return _tidy(text.replace("\ufffe", "-\n").replace(PAGE_BREAK, "\n"))


_FOREIGN = (
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document of the old kind"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"II*\x00", "an image"),
    (b"MM\x00*", "an image"),
    (b"\x1f\x8b", "a compressed file"),
    (b"BZh", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)

# Control characters that no text holds, "\x07\x08" for one.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS = 0.02


def _read_text(data: bytes, label: str) -> str:
    for magic, kind in _FOREIGN:
        if data.startswith(magic):
            raise SourceUnreadable(f"{label} is {kind}; only PDF and plain text can be read.")
    text = _decode(data)
    _refuse_too_much(len(text), label)
    damaged = len(_CONTROLS.findall(text)) + text.count("\ufffd")
    if damaged > _MOST_CONTROLS * len(text):
        raise SourceUnreadable(f"{label} holds binary data; only PDF and plain text can be read.")
    text = _tidy(text)
    if not text.strip():
        raise SourceUnreadable(f"{label} is empty.")
    return text


def _decode(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace").removeprefix("\ufeff")
    sample = data[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    # Latin text in UTF-16 without its mark holds a zero in nearly every second byte.
    if max(even, odd) > len(sample) * 0.3:
        return data.decode("utf-16-le" if odd > even else "utf-16-be", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


# Letters that some files print as one, and signs that only tell a printer where a word may break.
_LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
_TYPESET = re.compile("\u00ad\n?|[\u200b\u2060\ufb00-\ufb06]")


def _tidy(text: str) -> str:
    """Fold the line ends to one kind, and drop the control characters that no database keeps."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = _TYPESET.sub(lambda found: _LIGATURES.get(found[0], ""), text)
    return _CONTROLS.sub("", text)
