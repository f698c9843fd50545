"""Read guideline paragraphs written as prose, as letters of 2013 have them, and those without any set phrase.

"The Claims Administrator based its decision on …, which is part of the MTUS. The Expert Reviewer found …"
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imr_archive.parsing.citations.reliance import CitationReading, RelianceReading
from imr_archive.parsing.citations.resolver import NameScope, names, words
from imr_archive.parsing.citations.sources.mtus import read_mtus
from imr_archive.parsing.citations.sources.odg import named_at
from imr_archive.parsing.citations.sources.other_sources import read_non_mtus
from imr_archive.parsing.citations.tokens import phrases, trimmed
from imr_archive.vocabulary import Basis, CitedBy

if TYPE_CHECKING:
    from collections.abc import Iterator

_VOICES = {
    CitedBy.CLAIMS_ADMINISTRATOR: re.compile(r"\bclaims\s*administrator\b", re.IGNORECASE),
    CitedBy.REVIEWER: re.compile(r"\b(?:expert|professional|physician)\s*reviewer\b", re.IGNORECASE),
}
_SENTENCE = re.compile(r"(?<=[A-Za-z)\d])\.\s+(?=(?:The|Per|Based)\s)")
_SHARED = re.compile(
    r"\bfound\s+the\s+(?:\w+\s+){0,6}used\s+by\s+the\s+claims\s*administrator\s+(?:to\s+be\s+)?relevant\s+and\s+appropriate",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"\b(?:based\s+(?:its|their|his/her|his|her|the)\s+decision\s+(?:up)?on|relied\s+(?:up)?on|decision\s+(?:was\s+|is\s+)?based\s+(?:up)?on"
    r"|based\s+on|(?:cited|referenced|utilized|applied)(?!\s+(?:no|none|not|any|by|to|for)\b))\s+(?:the\s+)?",
    re.IGNORECASE,
)
_MEMBERSHIP = re.compile(
    r"(?:,?\s*(?:both\s+of\s+)?(?:which|that)\s+(?:is|are)\s+|,\s*)(?P<not>not\s+)?(?:a\s+)?(?:part|section)\s+of\s+(?:the\s+)?(?:California\s+)?"
    r"(?:Medical\s+Treatment\s+Utilization\s+Schedule\s*)?(?:\(?MTUS\)?)?",
    re.IGNORECASE,
)


def relies_on_the_other_side(text: str) -> bool:
    """Return whether a reviewer's statement only says that the claims administrator's guidelines were appropriate."""
    return bool(_SHARED.search(text))


def read_prose(text: str, cited_by: CitedBy) -> RelianceReading:
    """Read a paragraph that states in prose what one side relied on; the sources named decide its basis."""
    sentences = list(_sentences(text, cited_by)) or [(0, len(text))]
    if cited_by is CitedBy.REVIEWER and _SHARED.search(text, sentences[0][0]) and sentences[0][0]:
        # the reviewer relied on what the other side did
        sentences = list(_sentences(text, CitedBy.CLAIMS_ADMINISTRATOR)) + sentences[1:]
    citations: list[CitationReading] = []
    none_cited = False
    for start, end in sentences:
        if opening := _OPENING.search(text, start, end):
            citations += _sources(text, opening.end(), end)
        elif phrases("frames", "none_cited").search(text, start, end):
            none_cited = True
        else:
            citations += _sources(text, start, end)
    if citations:
        return RelianceReading(_basis(citations), tuple(citations))
    return RelianceReading(Basis.NONE_CITED if none_cited else Basis.UNSTATED)


def _sentences(text: str, cited_by: CitedBy) -> Iterator[tuple[int, int]]:
    """Find the sentences of one side; all of them where the paragraph names no side, none of the other side's."""
    starts = [0, *(found.end() for found in _SENTENCE.finditer(text))]
    speaker = cited_by
    for position, start in enumerate(starts):
        end = starts[position + 1] if position + 1 < len(starts) else len(text)
        for side, voice in _VOICES.items():
            if voice.search(text, start, min(end, start + 60)):
                speaker = side
        if speaker is cited_by:
            yield start, end


def _sources(text: str, start: int, end: int) -> list[CitationReading]:
    """Read the sources of one sentence, each clause that says "which is part of the MTUS" closing those before it."""
    citations: list[CitationReading] = []
    for found in _MEMBERSHIP.finditer(text, start, end):
        citations += _clause(text, start, found.start(), outside=found.group("not") is not None)
        start = found.end()
    return citations + _clause(text, start, end, outside=None)


_LEADING = re.compile(r"[\s,;.]*(?:\b(?:and|also|as\s+well\s+as|by)\b\s*)?(?:\bthe\b\s*)?", re.IGNORECASE)


def _clause(text: str, start: int, end: int, *, outside: bool | None) -> list[CitationReading]:
    """Read one clause; where it doesn't say whether it is of the MTUS, the first name decides."""
    leading = _LEADING.match(text, start, end)
    start, end = trimmed(text, leading.end() if leading else start, end)
    if start >= end:
        return []
    if outside is None:
        outside = not begins_with_mtus(text, start, end)
        if outside and not _names_any(text, start, end):
            return []
    if outside:
        return read_non_mtus(text, start, end)
    within = named_at(text, start, end)  # ODG is no part of the MTUS, wherever it is named
    rest = read_non_mtus(text, within, end) if within < end else []
    return read_mtus(text, start, within) + rest


def begins_with_mtus(text: str, start: int, end: int) -> bool:
    """Return whether a clause begins with a document of the MTUS."""
    tokens = words(text, start, end)
    return bool(tokens.keys and names(NameScope.MTUS).starting_with(tokens, 0))


def _names_any(text: str, start: int, end: int) -> bool:
    """Return whether a clause names a source at all."""
    return any(cited.slug or "www" in cited.text or "http" in cited.text for cited in read_non_mtus(text, start, end))


def _basis(citations: list[CitationReading]) -> Basis:
    """Return the basis that follows from the sources cited."""
    within = {NameScope.of(cited.source) is NameScope.MTUS for cited in citations}
    if within == {True, False}:
        return Basis.BOTH
    return Basis.MTUS if True in within else Basis.NON_MTUS
