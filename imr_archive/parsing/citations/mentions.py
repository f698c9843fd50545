"""Find the guidelines that a rationale mentions in passing, apart from what its side cites in the paragraph for it.

A mention opens with words of ``tables/mentions.toml``. What the words after it name is looked up as citations are: a
document, a chapter by its number or its name, or else the body of guidelines as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.parsing.citations.resolver import NameScope, chapter, guideline, iter_words, names, words
from imr_archive.parsing.results import Mention
from imr_archive.parsing.tables import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imr_archive.parsing.citations.resolver import GuidelineEntry
    from imr_archive.parsing.spans import TracedText


class FoundMention(NamedTuple):
    """A guideline mentioned at [start, end) of a text."""

    guideline: GuidelineEntry
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Opening:
    """What an opening means: where names after it are looked up, and the guideline meant where none follows."""

    scope: NameScope
    whole: str | None


_WHOLE = {"mtus": (NameScope.MTUS, "mtus"), "acoem": (NameScope.MTUS, "acoem"), "odg": (NameScope.ODG, "odg")}

# "California MTUS", "CA-MTUS": the words before that belong to the name
_STATE = ("California ", "California's ", "CA ", "CA-", "Calif. ")

# "MTUS/ACOEM", "MTUS-adopted ACOEM", "MTUS Guideline in ACOEM", "ACOEM/MTUS": one body of guidelines under both names
_BOTH = re.compile(
    r"""
    (?: MTUS (?: [/-] | \s[/-]\s | \s? \( | \s (?:guidelines?,?\s)? (?:(?:in|of|from)\s (?:the\s)?)? ) (?:adopted\s)?
        ACOEM
      | ACOEM \s? [/-] \s? MTUS )
    """,
    re.VERBOSE | re.IGNORECASE,
)

# " Guidelines (ODG), 2016 edition, " between a body of guidelines and what of it is meant
_BETWEEN = re.compile(
    r"""
    [a-z]{0,9}
    (?: [\s,:;()\[\]/–-]{0,3} \b
        (?: the | in | of | its | by | guidelines? | guides? | practice | medical(?=\streatment\sguide) | adopted
          | treatment(?=\sguide) | treatment\sin\sworkers['’]?\scomp(?:ensation)?
          | (?:2nd|3rd|second|third)(?=\sedition) | edition
          | online | version | 20[0-4]\d | and\senvironmental\smedicine | utilization\sschedule
          | odg | twc | mtus | acoem | s )
        \b | ['’]s\b
    ){0,9}
    [\s,:;()\[\]–-]{0,3}
    """,
    re.VERBOSE | re.IGNORECASE,
)

# the part of that which belongs to the name of the whole: " Practice Guidelines (ODG)"
_WHOLE_NAME = re.compile(
    r"""
    [a-z]{0,9} (?: \s and \s environmental \s medicine )? (?: [\s-]TWC )?
    (?: \s (?:(?:practice|treatment|medical \s treatment) \s)? guidelines? )?
    (?: \s? \( (?:ODG|MTUS|ACOEM|ODG-TWC) \) )?
    """,
    re.VERBOSE | re.IGNORECASE,
)

_CHAPTER = re.compile(r"chapter \s? (?: \# | no\.? | number )? \s? (?P<number>\d{1,2}) \b", re.VERBOSE | re.IGNORECASE)
_TITLE_FOLLOWS = re.compile(r"[,:]? \s (?:the\s)? (?=[A-Z])", re.VERBOSE)
_CHAPTER_OF = re.compile(r"chapters? (?: \s (?:on|for) )? (?: \s the )? [\s:,–-]{1,3}", re.VERBOSE | re.IGNORECASE)
_CHAPTER_AFTER = re.compile(
    r"[\s,]{0,2} (?: \( [^()]{1,40} \) \s? )? (?: chapter | section ) s? \b", re.VERBOSE | re.IGNORECASE
)
_GUIDELINES_AFTER = re.compile(r"\s guidelines? \b", re.VERBOSE | re.IGNORECASE)
_TITLE_REACH = 90


def find_mentions(rationale: TracedText) -> tuple[Mention, ...]:
    """Return the guidelines that a rationale mentions, in order, each with its printed words and their place."""
    return tuple(
        Mention(
            source=found.guideline.source,
            guideline=found.guideline.title,
            slug=found.guideline.slug,
            text=" ".join(rationale.text[found.start : found.end].split()),
            span=rationale.span(found.start, found.end),
        )
        for found in mentions_in(rationale.text)
    )


def mentions_in(text: str) -> tuple[FoundMention, ...]:
    """Return the guidelines that a text mentions, in order."""
    return tuple(_mentions(text))


def _mentions(text: str) -> Iterator[FoundMention]:
    read = 0
    for opening in _pattern().finditer(text):
        if opening.start() < read:
            continue
        found = _mention(text, opening)
        if found:
            read = found.end
            yield found


def _mention(text: str, opening: re.Match[str]) -> FoundMention | None:
    meaning = _openings()[opening[0]]
    start = opening.start()
    if meaning.whole is None:
        return _named(text, start, start, meaning.scope, plain=False)
    scope, whole, after = meaning.scope, meaning.whole, opening.end()
    both = _BOTH.match(text, start) if scope is NameScope.MTUS else None
    if both:
        whole, after = "acoem", both.end()
    if text.endswith(_STATE, 0, start):
        start -= next(len(word) for word in _STATE if text.endswith(word, 0, start))
    between = _BETWEEN.match(text, after)
    at = between.end() if between else after
    part = _part(text, start, at, scope)
    if part:
        return part
    name = _WHOLE_NAME.match(text, after)
    return FoundMention(guideline(whole), start, name.end() if name else after)


def _part(text: str, start: int, at: int, scope: NameScope) -> FoundMention | None:
    """Read the document or chapter named at a place: "Chapter 12", "Chronic Pain Guidelines", "Low Back Chapter"."""
    numbered = _CHAPTER.match(text, at)
    if numbered:
        entry = chapter(scope, int(numbered["number"]))
        return FoundMention(entry, start, _end_of_title(text, numbered.end(), scope, entry)) if entry else None
    of = _CHAPTER_OF.match(text, at)
    return _named(text, start, of.end() if of else at, scope, plain=of is not None)


def _end_of_title(text: str, end: int, scope: NameScope, entry: GuidelineEntry) -> int:
    """Take in the title that repeats what a chapter's number said: "Chapter 12, Low Back Complaints"."""
    after = _TITLE_FOLLOWS.match(text, end)
    titles = names(scope).at(text, after.end(), min(len(text), after.end() + _TITLE_REACH)) if after else []
    return next((named.end for named in titles if named.guideline == entry), end)


def _named(text: str, start: int, at: int, scope: NameScope, *, plain: bool) -> FoundMention | None:
    """Return the guideline named at a place; a chapter's plain name counts only where it is called a chapter."""
    first = next(iter_words(text, at, at + _TITLE_REACH), None)
    if first is None or first[1].start() != at or first[0] not in _first_words(scope):
        return None
    for named in names(scope).at(text, at, min(len(text), at + _TITLE_REACH)):
        called = _CHAPTER_AFTER.match(text, named.end)
        if named.bare and not called and scope is NameScope.MTUS:
            called = _GUIDELINES_AFTER.match(text, named.end)
        if called or plain or not (named.bare or scope is NameScope.ODG):
            return FoundMention(named.guideline, start, called.end() if called else named.end)
    return None


@cache
def _openings() -> dict[str, _Opening]:
    """Return the meaning of each opening."""
    table = load("mentions")
    bodies = {word: _Opening(*_WHOLE[body]) for body, words in table["bodies"].items() for word in words}
    documents = {
        word: _Opening(NameScope(scope), None) for scope, words in table["documents"].items() for word in words
    }
    return bodies | documents


@cache
def _pattern() -> re.Pattern[str]:
    """Return the pattern of any opening, the longest first, by its first letter, which makes the search quick."""
    by_first: dict[str, list[str]] = {}
    for word in sorted(_openings(), key=len, reverse=True):
        by_first.setdefault(re.escape(word[0]), []).append(re.escape(word[1:]))
    return re.compile("|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in by_first.items()))


@cache
def _first_words(scope: NameScope) -> frozenset[str]:
    """Return the words that some name of a scope begins with."""
    rows = (row for row in load("guidelines")["guideline"] if NameScope.of(guideline(row["slug"]).source) is scope)
    printed = (name for row in rows for name in (row["title"], *row.get("variants", ()), *row.get("bare", ())))
    return frozenset(key for name in printed for key in words(name).keys[:1])
