"""The panel with the source text of a letter: one span highlighted, the search words marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.search.passages import marked_pieces
from imr_archive.web.determinations.letter_pages import letter_pages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.models import SourceLetter
    from imr_archive.search.passages import Piece
    from imr_archive.search.query.tree import Leaf
    from imr_archive.web.determinations.corrected import Corrected
    from imr_archive.web.determinations.letter_pages import LetterPage
    from imr_archive.web.determinations.provenance import Spans


# The ends of sentences, and the empty lines between paragraphs.
_SENTENCE_END = re.compile(r"[.!?][)\"”’]?\s+|\n[ \t]*\n\s*")
# What is shown at most of the words before and after a value, and of the value itself, where its sentence stands alone.
_AROUND, _WITHIN = 300, 800


@dataclass(frozen=True, slots=True)
class Sentence:
    """The highlighted words with the rest of their sentence, on one line; an ellipsis stands for what is cut."""

    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class SourcePanel:
    """The text before the highlighted span, the span, and the text after it.

    ``sentence`` is what a small screen shows of them. ``name`` says what the span states; ``doubts`` are the parser's
    remarks about it, and ``corrected`` a person's value in its place.
    ``pages`` are the images of a PDF's pages, with which the panel has two tabs; ``shows_pages`` says which is shown.
    """

    letter: SourceLetter
    before: tuple[Piece, ...]
    highlighted: tuple[Piece, ...]
    after: tuple[Piece, ...]
    sentence: Sentence | None
    name: str
    doubts: tuple[str, ...]
    corrected: Corrected | None
    pages: Sequence[LetterPage]
    shows_pages: bool
    pages_url: str
    text_url: str


def source_panel(letter: SourceLetter, reference: str, spans: Spans, *, leaves: Sequence[Leaf]) -> SourcePanel:
    """Split a letter's text at the highlighted span; without one, the whole text comes before it."""
    text = letter.text
    span = spans.spans.get(spans.highlighted)
    start, end = span or (len(text), len(text))
    doubts = [
        each["message"]
        for each in letter.diagnostics
        if span and each.get("start") is not None and each["start"] < end and start < each["end"]
    ]
    pages = letter_pages(letter, reference, spans.highlighted)
    parts = (text[:start], text[start:end], text[end:])
    before, highlighted, after = (tuple(marked_pieces(part, leaves)) for part in parts)
    return SourcePanel(
        letter=letter,
        before=before,
        highlighted=highlighted,
        after=after,
        sentence=sentence_around(text, start, end) if span else None,
        name=spans.names.get(spans.highlighted, ""),
        doubts=tuple(doubts),
        corrected=spans.correction(spans.highlighted) if span else None,
        pages=pages,
        shows_pages=bool(pages) and spans.shows_pages,
        pages_url=spans.source_url(shows_pages=True),
        text_url=spans.source_url(shows_pages=False),
    )


def sentence_around(text: str, start: int, end: int) -> Sentence:
    """Return the words of a span with the rest of their sentence."""
    before = text[max(0, start - _AROUND) : start]
    ends = [*_SENTENCE_END.finditer(before)]
    before = before[ends[-1].end() :] if ends else _cut_front(before) if start > _AROUND else before
    after = text[end : end + _AROUND]
    if re.search(r"[.!?]\s*$", text[start:end]):
        after = ""
    elif found := _SENTENCE_END.search(after):
        after = after[: found.end()]
    elif len(text) > end + _AROUND:
        after = f"{after.rpartition(' ')[0]} …"
    words = text[start:end]
    if len(words) > _WITHIN:
        words, after = f"{words[:_WITHIN].rpartition(' ')[0]} …", ""
    # White space at the seams stays, so that the three read as one.
    return Sentence(*(re.sub(r"\s+", " ", part) for part in (before, words, after)))


def _cut_front(text: str) -> str:
    return f"… {text.partition(' ')[2]}"
