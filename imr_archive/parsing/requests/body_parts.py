"""Read which body parts, and which side, a request names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from imr_archive.parsing.tables import load
from imr_archive.parsing.tables.terms import FoundTerm, TermTrie
from imr_archive.vocabulary import Laterality

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imr_archive.parsing.tables.terms import Match, Words

SPINE = "spine"
LUMBAR_SPINE = "lumbar-spine"

# The name of a vertebral level and of the one it reaches to: "L4-5", "C5/C6", "T12 - L1", "L3-L4-L5", "S1".
_LEVEL = re.compile(
    r"""
    (?<![A-Za-z0-9.])
    (?P<upper>[CTLS]) [ ]? -? (?P<upper_number>1[0-2]|[1-9]) (?![0-9.%]|\s?mg)
    (?: \s{0,2} (?: [-–/&] | to | through | and ) \s{0,2}
        (?P<lower>[CTLS])? [ ]? (?P<lower_number>1[0-2]|[1-9]) (?![0-9.%]|\s?(?:mg|x|times|week|visit|session)) )?
    (?![0-9A-Za-z])
    """,
    re.VERBOSE,
)
_REGIONS = {"C": ("cervical-spine", 8), "T": ("thoracic-spine", 12), "L": ("lumbar-spine", 6), "S": ("lumbar-spine", 5)}
# A disc between two regions goes by the upper one: a C7-T1 injection is a cervical injection.
_JUNCTIONS = frozenset((("C", 7, "T", 1), ("T", 12, "L", 1), ("L", 5, "S", 1)))
# Letters that also name laboratory values; the words that tell those from levels.
_LABORATORY = frozenset(("tsh", "thyroid", "free", "panel", "thyroxine"))
_SHORT_SIDES = {"l": Laterality.LEFT, "r": Laterality.RIGHT}


@dataclass(frozen=True, slots=True)
class BodyPartEntry:
    """One canonical body part."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class _Term:
    """What a term of the table names: a body part (None: none, for all its words), a side, or both."""

    body_parts: tuple[str, ...]
    side: Laterality | None = None


@cache
def body_parts() -> tuple[BodyPartEntry, ...]:
    """Return the canonical body parts in the order of the table."""
    return tuple(BodyPartEntry(row["slug"], row["name"]) for row in load("bodyparts")["body_part"])


@cache
def _terms() -> TermTrie[_Term]:
    table = load("bodyparts")
    trie: TermTrie[_Term] = TermTrie()
    entries: list[tuple[list[str], _Term]] = [(row["terms"], _Term((row["slug"],))) for row in table["body_part"]]
    entries += [(terms, _Term((), Laterality(side))) for side, terms in table["side"].items()]
    entries += [(row["terms"], _Term(tuple(row["body_parts"]), _side(row))) for row in table["wording"]]
    for terms, value in entries:
        for term in terms:
            trie.add(term, value)
    for terms, value in entries:
        for term in terms:
            trie.add_glued(term, value)
    return trie


def _side(row: dict[str, str]) -> Laterality | None:
    return Laterality(row["side"]) if "side" in row else None


def find_body_parts_and_side(words: Words) -> tuple[tuple[FoundTerm[str], ...], FoundTerm[Laterality] | None]:
    """Return the body parts named, first named first and each once, and the one side named.

    The unspecified spine is left out where a region of the spine is named, unless it is a part of its own ("neck and
    back"); beside the lumbar spine "back" says nothing more. Left and right of one thing are both
    sides; different sides of different things are no one side.
    """
    found: list[FoundTerm[str]] = list(_levels(words))
    sides: list[FoundTerm[Laterality]] = []
    matches = list(_terms().scan(words))
    separate_back = None
    for match in matches:
        found += [FoundTerm(part, match.start, match.end) for part in match.value.body_parts]
        if words.words[match.first : match.last] == ("back",) and _stands_apart(words, match):
            separate_back = match.start
        if match.value.side:
            sides.append(FoundTerm(match.value.side, match.start, match.end))
    part_starts = {match.first for match in matches if match.value.body_parts}
    read = {place for match in matches for place in range(match.first, match.last)}
    sides += _short_sides(words, part_starts, read)
    found.sort(key=lambda one: one.start)
    distinct: dict[str, FoundTerm[str]] = {}
    for one in found:
        distinct.setdefault(one.value, one)
    regions = [slug for slug in distinct if slug != SPINE and slug.endswith(SPINE)]
    if regions and (separate_back is None or LUMBAR_SPINE in regions):
        distinct.pop(SPINE, None)
    return tuple(distinct.values()), _one_side(words.text, sorted(sides, key=lambda one: one.start))


_DETERMINERS = frozenset({"the", "his", "her", "entire", "whole"})


def _stands_apart(words: Words, match: Match[_Term]) -> bool:
    """Return whether a body part is set off from the words around it, as in "neck and back" and "neck/back"."""
    first = match.first
    while first and words.words[first - 1] in _DETERMINERS:
        first -= 1
    before = words.words[first - 1] if first else ""
    after = words.words[match.last] if match.last < len(words.words) else ""
    gaps = (words.gaps[match.first - 1] if match.first else "") + words.gaps[match.last - 1]
    return "and" in (before, after) or bool(set(gaps) & set(",/&+;-")) or before == "neck"


def names_level(text: str) -> bool:
    """Return whether a text names a vertebral level, such as "L4-5"."""
    return _LEVEL.search(text) is not None


def _levels(words: Words) -> Iterator[FoundTerm[str]]:
    if not _LABORATORY.isdisjoint(words.words):
        return
    for match in _LEVEL.finditer(words.text):
        upper, number = match["upper"], int(match["upper_number"])
        lower, reach = match["lower"] or upper, int(match["lower_number"] or number)
        if number > _REGIONS[upper][1]:
            continue
        yield FoundTerm(_REGIONS[upper][0], match.start(), match.end())
        junction = (upper, number, lower, reach) in _JUNCTIONS
        if match["lower"] and not junction and reach <= _REGIONS[lower][1]:
            yield FoundTerm(_REGIONS[lower][0], match.start(), match.end())


def _short_sides(words: Words, part_starts: set[int], read: set[int]) -> Iterator[FoundTerm[Laterality]]:
    """Yield the sides abbreviated to one letter: "R knee", "shoulder (L)"; "B/L" was read as one word before."""
    for place, word in enumerate(words.words):
        side = _SHORT_SIDES.get(word)
        if side is None or place in read:
            continue
        start, end = words.starts[place], words.ends[place]
        in_brackets = words.text[start - 1 : start] == "(" and words.text[end : end + 1] == ")"
        if in_brackets or (place + 1 in part_starts and words.gaps[place].strip(" .") == ""):
            yield FoundTerm(side, start, end)


def _one_side(text: str, sides: Sequence[FoundTerm[Laterality]]) -> FoundTerm[Laterality] | None:
    if not sides:
        return None
    values = {one.value for one in sides}
    first, last = sides[0], sides[-1]
    if len(values) == 1:
        return first
    if len(sides) == 2 and Laterality.BILATERAL not in values and _both(text[first.end : last.start]):
        return FoundTerm(Laterality.BILATERAL, first.start, last.end)
    return None


def _both(between: str) -> bool:
    return between.strip(" ()").lower() in ("and", "&", "/", "+", ",", "and the", "-")
