"""The source text of a letter for the panel beside the facts: one place lit, the question's words marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imr_archive.search.passages import marked_pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.models import SourceLetter
    from imr_archive.search.passages import Piece
    from imr_archive.search.query.tree import Leaf


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text in three runs: before the lit place, the place, and after it.

    ``name`` says what stands there; ``doubts`` are the parser's remarks about that place.
    """

    letter: SourceLetter
    before: tuple[Piece, ...]
    lit: tuple[Piece, ...]
    after: tuple[Piece, ...]
    name: str
    doubts: tuple[str, ...]


def source_text(
    letter: SourceLetter,
    *,
    span: Sequence[int] | None,
    name: str,
    diagnostics: Sequence[dict[str, Any]],
    leaves: Sequence[Leaf],
) -> SourceText:
    """Cut a letter's text at a span; without one nothing is lit, and the whole text stands before."""
    text = letter.text
    start, end = span or (len(text), len(text))
    doubts = [
        each["message"]
        for each in diagnostics
        if span and each.get("start") is not None and each["start"] < end and start < each["end"]
    ]
    before, lit, after = (tuple(marked_pieces(run, leaves)) for run in (text[:start], text[start:end], text[end:]))
    return SourceText(letter, before, lit, after, name, tuple(doubts))
