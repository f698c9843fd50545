"""Which form a letter has, told from the headings it prints: each layout is a row of scored wordings."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from imr_archive.errors import NotADetermination
from imr_archive.parsing.lexer import prints
from imr_archive.parsing.tables import load
from imr_archive.vocabulary import Layout

if TYPE_CHECKING:
    from collections.abc import Mapping

ENOUGH = 3


@cache
def _rows() -> Mapping[Layout, Mapping[str, int]]:
    return {Layout(name): phrases for name, phrases in load("headings")["layouts"].items()}


@cache
def _phrases() -> frozenset[str]:
    return frozenset(phrase for row in _rows().values() for phrase in row)


def recognise(text: str) -> Layout:
    """Return the layout whose headings weigh most; raise ``NotADetermination`` if none weighs enough."""
    printed = {phrase for phrase in _phrases() if prints(text, phrase)}
    scores = {layout: sum(row[phrase] for phrase in printed & row.keys()) for layout, row in _rows().items()}
    best = max(scores, key=lambda layout: scores[layout])
    if scores[best] < ENOUGH:
        raise NotADetermination("The text prints none of the headings of an independent medical review determination.")
    return best
