"""Turn the bytes of a file into text: a PDF by its text layer, plain text in any usual encoding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.errors import SourceUnreadable
from imr_archive.parsing.results import Diagnostic
from imr_archive.parsing.source.encodings import CONTROLS, decode, refuse_foreign_kinds
from imr_archive.parsing.source.layers import without_repetition
from imr_archive.parsing.source.page_order import PAGE_BREAK, page_order
from imr_archive.parsing.source.pdf import MOST_CHARACTERS, read_pdf_pages, refuse_too_much
from imr_archive.vocabulary import DiagnosticCode as Code
from imr_archive.vocabulary import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imr_archive.parsing.source.pdf import PdfPage

__all__ = ["MOST_CHARACTERS", "PAGE_BREAK", "SourceText", "read_source"]


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of one file, its pages divided by form feeds.

    ``pages`` holds the offset where each page begins, ``page_numbers`` the number of that page in the file, which
    differs from its place where the pages were put in order. ``diagnostics`` say what had to be repaired.
    """

    kind: SourceKind
    text: str
    pages: tuple[int, ...]
    page_numbers: tuple[int, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def read_source(data: bytes, name: str = "") -> SourceText:
    """Return the text of a file, whose kind is recognised by its first bytes and never by its name.

    Raise ``SourceUnreadable``, with a sentence for a person, if the file has no text that can be read.
    """
    label = name or "The file"
    if not data.strip(b"\x00\t\n\r\f "):
        raise SourceUnreadable(f"{label} is empty.")
    if b"%PDF-" in data[:1024]:
        kind, (pages, remarks) = SourceKind.PDF, _pdf_pages(data, label)
    else:
        kind, (pages, remarks) = SourceKind.TEXT, _text_pages(data, label)
    order, order_remarks = _order(pages)
    text = PAGE_BREAK.join(pages[index] for index in order)
    starts = (0, *(found.end() for found in re.finditer(PAGE_BREAK, text)))
    return SourceText(kind, text, starts, tuple(index + 1 for index in order), (*remarks, *order_remarks))


def _pdf_pages(data: bytes, label: str) -> tuple[list[str], list[Diagnostic]]:
    pages = read_pdf_pages(data, label)
    # PDFium gives U+FFFE for a hyphen at a line end, together with the line end.
    texts = [_tidy(page.text.replace("\ufffe", "-\n").replace(PAGE_BREAK, "\n")) for page in pages]
    if not any(text.strip() for text in texts):
        raise SourceUnreadable(f"{label} is a PDF without text, probably a scan.")
    if all(page.is_image or not text.strip() for page, text in zip(pages, texts, strict=True)):
        numbers = [number for number, text in enumerate(texts, start=1) if text.strip()]
        verb = "hold" if len(numbers) > 1 else "holds"
        raise SourceUnreadable(f"{label} is probably a scan: {_pages_named(numbers)} {verb} only a stamp.")
    return texts, [remark for number, page in enumerate(pages, start=1) for remark in _page_remarks(number, page)]


def _page_remarks(number: int, page: PdfPage) -> Iterator[Diagnostic]:
    if page.is_image:
        stamp = ", only a stamp" if page.text.strip() else ""
        yield Diagnostic(Code.PAGE_WITHOUT_TEXT, f"Page {number} is an image: it has no text layer{stamp}.")
    if page.skew:
        yield Diagnostic(Code.PAGE_ASKEW, f"Page {number} is turned by {abs(page.skew)} degrees and may be misread.")
    if page.turned:
        yield Diagnostic(Code.PAGE_TURNED, f"Page {number} was turned by {page.turned} degrees to stand upright.")
    if page.layer_dropped:
        yield Diagnostic(Code.TEXT_READ_ONCE, f"The text of page {number} stands twice and was read once.")


def _pages_named(numbers: Sequence[int]) -> str:
    """Return "page 2", "pages 1–3" or "pages 1, 3"."""
    if len(numbers) == 1:
        return f"page {numbers[0]}"
    first, last = numbers[0], numbers[-1]
    consecutive = last - first + 1 == len(numbers)
    return f"pages {first}–{last}" if consecutive else f"pages {', '.join(map(str, numbers))}"


def _text_pages(data: bytes, label: str) -> tuple[list[str], list[Diagnostic]]:
    refuse_foreign_kinds(data, label)
    text = decode(data)
    refuse_too_much(len(text), label)
    damaged = len(CONTROLS.findall(text)) + text.count("\ufffd")
    if damaged > _MOST_DAMAGE * len(text):
        raise SourceUnreadable(f"{label} holds binary data; only PDF and plain text can be read.")
    text = _tidy(text)
    if not text.strip():
        raise SourceUnreadable(f"{label} is empty.")
    printed = text.split(PAGE_BREAK)
    pages = [without_repetition(page) for page in printed]
    remarks = [
        Diagnostic(Code.TEXT_READ_ONCE, f"The text of page {number} stands twice and was read once.")
        for number, (page, once) in enumerate(zip(printed, pages, strict=True), start=1)
        if once != page
    ]
    return pages, remarks


_MOST_DAMAGE = 0.02


def _order(pages: Sequence[str]) -> tuple[list[int], list[Diagnostic]]:
    printed = [*range(len(pages))]
    order = page_order(pages)
    if order is None:
        message = "The pages are out of order, and their right order is not certain."
        return printed, [Diagnostic(Code.PAGES_OUT_OF_ORDER, message)]
    if order == printed:
        return printed, []
    numbers = ", ".join(str(index + 1) for index in order)
    return order, [Diagnostic(Code.PAGES_REORDERED, f"The pages were put in order: {numbers}.")]


# Ligatures that some files print as one character; soft hyphens and zero-width characters, which are not printed.
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
    return CONTROLS.sub("", text)
