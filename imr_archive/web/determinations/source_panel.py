"""The panel with the source text of a letter: one span highlighted, the search words marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.search.passages import marked_pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.models import SourceLetter
    from imr_archive.search.passages import Piece
    from imr_archive.search.query.tree import Leaf
    from imr_archive.web.determinations.provenance import Spans


@dataclass(frozen=True, slots=True)
class SourcePanel:
    """The text before the highlighted span, the span, and the text after it.

    ``name`` says what the span states; ``doubts`` are the parser's remarks about it.
    """

    letter: SourceLetter
    before: tuple[Piece, ...]
    highlighted: tuple[Piece, ...]
    after: tuple[Piece, ...]
    name: str
    doubts: tuple[str, ...]


def source_panel(letter: SourceLetter, spans: Spans, *, leaves: Sequence[Leaf]) -> SourcePanel:
    """Split a letter's text at the highlighted span; without one, the whole text comes before it."""
    text = letter.text
    span = spans.spans.get(spans.highlighted)
    start, end = span or (len(text), len(text))
    doubts = [
        each["message"]
        for each in letter.diagnostics
        if span and each.get("start") is not None and each["start"] < end and start < each["end"]
    ]
    parts = (text[:start], text[start:end], text[end:])
    before, highlighted, after = (tuple(marked_pieces(part, leaves)) for part in parts)
    return SourcePanel(letter, before, highlighted, after, spans.names.get(spans.highlighted, ""), tuple(doubts))
