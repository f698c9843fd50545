"""Read a guideline paragraph: what one side relied on for one item, its basis and its citations.

The paragraph is cut at its set phrases into parts within and outside the MTUS, which ``mtus`` and ``non_mtus``
read. Without the phrases (letters of 2013 state them in prose) the sources named decide.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.parsing.citations.prose import begins_with_mtus, read_prose
from imr_archive.parsing.citations.reliance import CitationReading, RelianceReading
from imr_archive.parsing.citations.sources.mtus import read_mtus
from imr_archive.parsing.citations.sources.odg import named_at
from imr_archive.parsing.citations.sources.other_sources import read_non_mtus
from imr_archive.parsing.citations.tokens import phrases
from imr_archive.parsing.tables.misspellings import without_figures_in_words
from imr_archive.vocabulary import Basis

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imr_archive.vocabulary import CitedBy

__all__ = ["CitationReading", "RelianceReading", "read_reliance"]

# "Decision based on MTUS", "Decision based on Non- MTUS Citation"; the first half may be missing
_STATEMENT = re.compile(
    r"""
    de[cs][a-z]{3,6} \s* (?:is\s+|was\s+)? based \s* (?:up)?on \s* (?:the\s+)?
        (?: non\s?-?\s*MTUS (?:\s*citations?)? | (?P<mtus>MTUS)\b )
    | (?<![\w-]) non \s* - \s* MTUS \s* citations? \b
    """,
    re.VERBOSE | re.IGNORECASE,
)


class ParagraphPart(NamedTuple):
    """A stretch of the paragraph that speaks of guidelines within, or outside, the MTUS."""

    outside: bool
    start: int
    end: int


# The longest real paragraph holds a third of this; what a paragraph costs is bounded by it.
_LONGEST_PARAGRAPH = 8000


@lru_cache(maxsize=4096)  # other items and letters repeat whole paragraphs: 5 % of a parse, measured without it
def read_reliance(text: str, cited_by: CitedBy) -> RelianceReading:
    """Read a guideline paragraph, reflowed and without its label, as the reliance of the side that it speaks of."""
    printed = text[:_LONGEST_PARAGRAPH]
    text = without_figures_in_words(printed)
    reading = _read_reliance(text, cited_by)
    if text == printed:
        return reading
    return reading._replace(citations=tuple(c._replace(text=printed[c.start : c.end]) for c in reading.citations))


def _read_reliance(text: str, cited_by: CitedBy) -> RelianceReading:
    if not text.strip():
        return RelianceReading(Basis.UNSTATED)
    parts = _parts(text)
    if parts:
        return RelianceReading(_basis(parts), _cited(text, parts))
    if phrases("frames", "outside_mtus").search(text):
        return RelianceReading(Basis.NON_MTUS)
    return read_prose(text, cited_by)


def _parts(text: str) -> list[ParagraphPart]:
    """Cut the paragraph at the phrases that begin a part."""
    begins: list[tuple[int, int, bool]] = []
    for found in _STATEMENT.finditer(text):
        within = found.group("mtus") is not None
        # "MTUS" itself belongs to what is cited: it may be all that is
        begins.append((found.start(), found.start("mtus") if within else found.end(), not within))
    first_further = phrases("connectors", "further").search(text)
    if first_further and not any(outside and start < first_further.start() for start, _, outside in begins):
        begins.append((*first_further.span(), True))
    if not begins:
        return []
    begins.sort()
    if begins[0][2] and begins_with_mtus(text, 0, begins[0][0]):  # its "Decision based on" was lost
        begins.insert(0, (0, 0, False))
    framed = sorted(found.start() for found in phrases("frames", "outside_mtus").finditer(text))
    parts = []
    for position, (_, start, outside) in enumerate(begins):
        end = begins[position + 1][0] if position + 1 < len(begins) else len(text)
        end = next((frame for frame in framed if start <= frame < end), end)
        cut = start if outside else named_at(text, start, end)  # ODG is no part of the MTUS, wherever it is named
        if cut > start:
            parts.append(ParagraphPart(outside=False, start=start, end=cut))
        if cut < end or outside:
            parts.append(ParagraphPart(outside=True, start=cut, end=end))
    return parts


def _basis(parts: list[ParagraphPart]) -> Basis:
    """Return what the phrases state: the MTUS, other guidelines, or both."""
    kinds = {part.outside for part in parts}
    if kinds == {True, False}:
        return Basis.BOTH
    return Basis.NON_MTUS if True in kinds else Basis.MTUS


def _cited(text: str, parts: list[ParagraphPart]) -> tuple[CitationReading, ...]:
    """Read each part; a citation printed twice counts once."""
    citations: dict[tuple[object, ...], CitationReading] = {}
    for part in parts:
        for cited in _read_part(text, part):
            key = (
                cited.source,
                cited.guideline.lower(),
                (cited.section or "").lower(),
                cited.year,
                cited.pages,
                cited.tables,
            )
            citations.setdefault(key, cited)
    return tuple(citations.values())


# How far beyond a part's ends its readers look: for the bracket that closes it, for letters before a word.
_IN_SIGHT = 3


def _read_part(text: str, part: ParagraphPart) -> Iterable[CitationReading]:
    """Read a part by itself, which stands in other paragraphs too."""
    first = max(0, part.start - _IN_SIGHT)
    alone = ParagraphPart(part.outside, part.start - first, part.end - first)
    read = _read_alone(text[first : part.end + _IN_SIGHT], alone)
    return (cited._replace(start=cited.start + first, end=cited.end + first) for cited in read) if first else read


@lru_cache(maxsize=4096)  # few different parts make up most paragraphs: 3 to 6 % of a parse, measured without it
def _read_alone(text: str, part: ParagraphPart) -> tuple[CitationReading, ...]:
    read = read_non_mtus if part.outside else read_mtus
    return tuple(read(text, part.start, part.end))
