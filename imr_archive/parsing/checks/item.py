"""Check one disputed item: does its rationale name the same body part and side, do the cited chapters fit?

A doubt is a possible contradiction for a reader to judge. Each rule speaks only where the letter is plain on both
sides; what is merely unusual passes. Regions, chapters and wordings are in ``tables/doubts.toml``.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from imr_archive.parsing.checks.outcome import contradicted_outcome
from imr_archive.parsing.checks.wordings import doubt_pattern
from imr_archive.parsing.citations.resolver import guideline
from imr_archive.parsing.requests.body_parts import body_parts, find_body_parts_and_side
from imr_archive.parsing.results import Diagnostic
from imr_archive.parsing.tables import load
from imr_archive.parsing.tables.terms import Words
from imr_archive.vocabulary import DiagnosticCode as Code
from imr_archive.vocabulary import Laterality

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imr_archive.parsing.results import Citation, Item, SideReliance
    from imr_archive.parsing.spans import TracedText
    from imr_archive.parsing.tables.terms import FoundTerm


def find_doubts(item: Item, rationale: TracedText | None) -> tuple[Diagnostic, ...]:
    """Return the doubts about an item; ``rationale`` is its rationale with the trace to the source."""
    return tuple(_doubts(item, rationale))


def _doubts(item: Item, rationale: TracedText | None) -> Iterator[Diagnostic]:
    if rationale:
        yield from contradicted_outcome(item, rationale)
    if not item.body_parts:
        return
    mismatches = [*_other_chapter(item, "claims administrator", item.claims_administrator)]
    mismatches += _other_chapter(item, "reviewer", item.reviewer)
    if rationale:
        mismatches += _other_body_part(item, rationale)
        mismatches += _other_side(item, rationale)
    if mismatches and not doubt_pattern("requests", "beside_another").search(item.description.value):
        yield from mismatches


def _other_body_part(item: Item, rationale: TracedText) -> Iterator[Diagnostic]:
    """Doubt a rationale that names parts of the body, and none that has to do with the parts of the request."""
    asked = _parts(item)
    if not asked <= _related().keys() or item.body_parts[0].raw.lower() in rationale.text.lower():
        return
    if _has_words_of_related_parts(rationale.text, asked):
        return
    named = [part for part in _named_parts(rationale.text) if part.value in _related()]
    related = frozenset().union(*(_related()[part] for part in asked))
    if not named or any(part.value in related for part in named):
        return
    message = (
        f"Possible mismatch: the request of item {item.position} names the {_list(asked)}, "
        f"but its rationale names only the {_list({part.value for part in named})}."
    )
    yield Diagnostic(Code.BODY_PART_MISMATCH, message, rationale.span(named[0].start, named[0].end))


def _named_parts(text: str) -> tuple[FoundTerm[str], ...]:
    """Return the body parts that a rationale names, each at its first mention, except in the name of a reflex."""
    found = find_body_parts_and_side(Words.of(text))[0]
    return tuple(part for part in found if not _REFLEX.match(text, part.end))


# "patellar tendon reflexes", "knee jerk": these test the nerves of the back
_REFLEX = re.compile(r"[\s-](?:(?:deep\s)?tendon\s|deep\s)?(?:reflex|jerk)", re.IGNORECASE)


_WORD = re.compile(r"[a-z]{2,}")


def _has_words_of_related_parts(text: str, asked: frozenset[str]) -> bool:
    """Return whether a text holds the words for a requested part or a related one, in any order.

    Most rationales do, and comparing words is cheaper than reading all phrases: 0.1 ms, 6 % of a parse.
    """
    words = frozenset(_WORD.findall(text.lower()))
    return any(term <= words for part in asked for term in _terms_of_related_parts(part))


# "left", "bilaterally", "r knee", but not "right-handed": the dominant hand is not the injury
_SIDE = re.compile(
    r"""
    (?<![a-z]) (?: left | right | bilateral(?:ly)? | both | l(?=\s\w) | r(?=\s\w) )
    (?! [a-z] | [\s-]hand(?:ed|\sdom) )
    """,
    re.VERBOSE,
)
_CLAUSE_END = re.compile(r"[.,;:]")
_OPPOSITE = {Laterality.LEFT: "right", Laterality.RIGHT: "left"}
_AFTER_SIDE = 24


def _other_side(item: Item, rationale: TracedText) -> Iterator[Diagnostic]:
    """Doubt a rationale that names the requested part on the other side, and nothing on the requested side."""
    side = item.laterality
    if side is None or side.value not in _OPPOSITE:
        return
    opposite = _OPPOSITE[side.value]
    text = rationale.text.lower()
    if opposite not in text or side.value.value in text:
        return
    places = list(_SIDE.finditer(text))
    if len(text) != len(rationale.text) or any(found[0] != opposite for found in places):
        return
    asked = _parts(item)
    for found in places:
        words = Words.of(_CLAUSE_END.split(text[found.start() : found.end() + _AFTER_SIDE], maxsplit=1)[0])
        part = next((part for part in find_body_parts_and_side(words)[0] if part.value in asked), None)
        if part:
            start, end = found.start(), found.start() + part.end
            message = (
                f"Possible mismatch: the request of item {item.position} names the {side.value.value} side, "
                f"but its rationale speaks of the {opposite} side only."
            )
            yield Diagnostic(Code.SIDE_MISMATCH, message, rationale.span(start, end))
            return


def _other_chapter(item: Item, voice: str, side: SideReliance) -> Iterator[Diagnostic]:
    """Doubt a side that cites chapters of regions, and none of a region that the request names."""
    asked = _parts(item)
    if not asked <= _related().keys():
        return
    cited = [citation for citation in side.citations if citation.slug in _chapters()]
    if any(_fits(citation, asked) for citation in cited):
        return
    for citation in cited[:1]:
        message = (
            f"Possible mismatch: the request of item {item.position} names the {_list(asked)}, "
            f"but the {voice} cited the chapter “{guideline(citation.slug or '').title}”."
        )
        yield Diagnostic(Code.GUIDELINE_MISMATCH, message, citation.span)


def _fits(citation: Citation, asked: frozenset[str]) -> bool:
    """Return whether a chapter is about a requested region, or is cited for a topic that applies to any region."""
    if not asked.isdisjoint(_chapters()[citation.slug or ""]):
        return True
    return (
        citation.section is not None and doubt_pattern("topics", "of_any_region").search(citation.section) is not None
    )


def _parts(item: Item) -> frozenset[str]:
    return frozenset(part.value for part in item.body_parts)


def _list(slugs: frozenset[str] | set[str]) -> str:
    names = [part.name.lower() for part in body_parts() if part.slug in slugs]
    return " and ".join(([", ".join(names[:-1])] if names[1:] else []) + names[-1:])


@cache
def _related() -> dict[str, frozenset[str]]:
    """Return the body parts related to each one, including itself."""
    groups: list[list[str]] = load("doubts")["regions"]["related"]
    known = {part for group in groups for part in group}
    return {part: frozenset(other for group in groups if part in group for other in group) for part in known}


@cache
def _chapters() -> dict[str, frozenset[str]]:
    """Return the body parts that each chapter of a region is for, by the guideline's slug."""
    rows = load("doubts")["chapter"]
    return {slug: frozenset(row["body_parts"]) for row in rows for slug in row["guidelines"]}


@cache
def _terms_of_related_parts(part: str) -> tuple[frozenset[str], ...]:
    """Return the wordings for a body part and those related to it, each as its set of words."""
    rows = [row for row in load("bodyparts")["body_part"] if row["slug"] in _related()[part]]
    terms = (frozenset(_WORD.findall(term)) for row in rows for term in row["terms"])
    return tuple(term for term in terms if term)
