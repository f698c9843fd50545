"""Find on a page of a PDF the words that a span of the stored text names, and return the boxes around their lines."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from pypdfium2 import raw

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pypdfium2 as pdfium

# In points of the page: left, bottom, right, top.
Box = tuple[float, float, float, float]

# Far more than a page of a letter holds.
_MOST_CHARACTERS = 50_000


class PageWords(NamedTuple):
    """The stored text of one page: what stands before the words to box, the words, and what stands after them."""

    before: str
    words: str
    after: str


def boxes_of(textpage: pdfium.PdfTextPage, said: PageWords) -> list[Box]:
    """Return a box for each line of the words; none if it is not certain where they stand.

    The stored text differs from PDFium's in white space, hyphens and ligatures, so only letters and digits are
    compared. The words are found by counting: they are the n-th occurrence on both sides, if both have as many.
    """
    words = _letters(said.words)
    before = _letters(said.before)
    if not words:
        return []
    printed: list[str] = []
    places: list[int] = []
    for index in range(min(textpage.count_chars(), _MOST_CHARACTERS)):
        for letter in _letters(chr(raw.FPDFText_GetUnicode(textpage, index))):
            printed.append(letter)
            places.append(index)
    stored_at = [*_occurrences(words, before + words + _letters(said.after))]
    printed_at = [*_occurrences(words, "".join(printed))]
    if len(stored_at) != len(printed_at):
        return []
    start = printed_at[stored_at.index(len(before))]
    return _lines([textpage.get_charbox(place, loose=True) for place in places[start : start + len(words)]])


def _letters(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKC", text) if each.isalnum())


def _occurrences(words: str, text: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _lines(boxes: list[Box]) -> list[Box]:
    """Return one box for each run of characters that stand beside each other."""
    lines: list[Box] = []
    for left, bottom, right, top in boxes:
        if lines and lines[-1][1] < (bottom + top) / 2 < lines[-1][3]:
            last = lines[-1]
            lines[-1] = (min(last[0], left), min(last[1], bottom), max(last[2], right), max(last[3], top))
        else:
            lines.append((left, bottom, right, top))
    return lines
