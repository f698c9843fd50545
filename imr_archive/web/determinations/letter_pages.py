"""The pages of a letter that was received as a PDF: which there are, and where on them a span of the text stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse

from imr_archive.page_images.words import PageWords
from imr_archive.vocabulary import DiagnosticCode, SourceKind
from imr_archive.web.determinations.provenance import AT_VAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.models import SourceLetter

# Ten times the length of a letter.
MOST_PAGES = 60
_PAGE_BREAK = "\f"
# The stored text of such a letter does not have the pages of its file one after the other.
_OTHER_PAGES = (DiagnosticCode.PAGES_REORDERED, DiagnosticCode.ONE_OF_SEVERAL_LETTERS)


@dataclass(frozen=True, slots=True)
class LetterPage:
    """A page of a letter as an image; ``is_lit`` tells that highlighted words stand on it, ``is_first_lit`` first."""

    number: int
    url: str
    is_lit: bool
    is_first_lit: bool


def spans_of_letter(letter: SourceLetter) -> dict[str, Sequence[int]]:
    """Return the spans of what a letter states and of the parser's remarks, by their paths."""
    remarks: list[dict[str, Any]] = letter.diagnostics
    return {
        **letter.spans,
        **{
            f"warnings.{index}": (each["start"], each["end"])
            for index, each in enumerate(remarks)
            if each.get("start") is not None
        },
    }


def has_page_images(letter: SourceLetter) -> bool:
    """Return whether the pages of a letter can be shown as images."""
    return letter.kind == SourceKind.PDF and not any(each.get("code") in _OTHER_PAGES for each in letter.diagnostics)


def letter_pages(letter: SourceLetter, reference: str, path: str) -> list[LetterPage]:
    """Return the pages of a letter; ``path`` is the path of the span to highlight."""
    if not has_page_images(letter):
        return []
    pages: list[LetterPage] = []
    for number in range(1, min(letter.text.count(_PAGE_BREAK) + 1, MOST_PAGES) + 1):
        url = reverse("web:page-image", args=[reference, number])
        is_lit = words_on_page(letter, number, path) is not None
        pages.append(
            LetterPage(
                number,
                f"{url}?{urlencode({AT_VAR: path})}" if is_lit else url,
                is_lit=is_lit,
                is_first_lit=is_lit and not any(page.is_lit for page in pages),
            )
        )
    return pages


def words_on_page(letter: SourceLetter, number: int, path: str) -> PageWords | None:
    """Return the text of a page, divided at the words of a span; None if none of them stand on the page."""
    span = spans_of_letter(letter).get(path)
    texts = letter.text.split(_PAGE_BREAK)
    if span is None or not 0 < number <= len(texts):
        return None
    text = texts[number - 1]
    page_start = sum(len(each) + 1 for each in texts[: number - 1])
    start, end = (min(max(place - page_start, 0), len(text)) for place in span)
    return PageWords(text[:start], text[start:end], text[end:]) if text[start:end].strip() else None
