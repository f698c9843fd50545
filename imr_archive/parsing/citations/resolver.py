"""Resolve a guideline's printed name to the one canonical guideline it means, or to none.

Names are compared without case, punctuation, spaces, "and" and "the", so that "Low Back- Lumbar&Thoracic" and
"low back, lumbar and thoracic" are one name, and glued or broken words still match. A long word may be one letter
off if only one word of the names is that near. The wordings stand in ``tables/guidelines.toml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.parsing.tables import load
from imr_archive.parsing.tables.misspellings import deletion_variants
from imr_archive.vocabulary import GuidelineSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class GuidelineEntry:
    """A canonical guideline: an entry of ``tables/guidelines.toml``.

    ``label`` is the short name for lists, ``chapter_number`` the chapter in the ACOEM guidelines' 2nd edition.
    """

    slug: str
    source: GuidelineSource
    title: str
    label: str
    chapter_number: int | None = None


class NameScope(StrEnum):
    """Where a name is looked up; the same words mean different guidelines in different scopes."""

    MTUS = "mtus"
    ODG = "odg"
    ACOEM = "acoem"
    OTHER = "other"

    @classmethod
    def of(cls, source: GuidelineSource) -> NameScope:
        """Return the scope that holds a source's names."""
        by_source = {GuidelineSource.ODG: cls.ODG, GuidelineSource.ACOEM: cls.ACOEM, GuidelineSource.OTHER: cls.OTHER}
        return by_source.get(source, cls.MTUS)


class NameWords(NamedTuple):
    """The words of a text as names are compared by, and each as it is printed."""

    keys: list[str]
    printed: list[re.Match[str]]

    def after(self, place: int, position: int) -> int:
        """Return the position of the first word from ``position`` on that does not begin before a place."""
        while position < len(self.keys) and self.printed[position].start() < place:
            position += 1
        return position


class NamedGuideline(NamedTuple):
    """A guideline's name found in a text. ``bare``: the wording is too plain to mean it in running text."""

    guideline: GuidelineEntry
    start: int
    end: int
    bare: bool


# Capitals inside a word begin a new one, so that a name glued to the word before it is still found.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W_]")
_PASSED_OVER = frozenset({"and", "the"})
_SHORTEST_MISSPELT = 6


def iter_words(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[str, re.Match[str]]]:
    """Read a text word by word: each as names are compared by, and as it is printed."""
    for match in _WORD.finditer(text, start, len(text) if end is None else end):
        key = match[0].lower()
        if key not in _PASSED_OVER:
            yield key, match


def words(text: str, start: int = 0, end: int | None = None) -> NameWords:
    """Split a text into the words that names are compared by."""
    printed = [*_WORD.finditer(text, start, len(text) if end is None else end)]
    keys = [match[0].lower() for match in printed]
    if not _PASSED_OVER.isdisjoint(keys):
        printed = [match for match, key in zip(printed, keys, strict=True) if key not in _PASSED_OVER]
        keys = [key for key in keys if key not in _PASSED_OVER]
    return NameWords(keys, printed)


def holds_words(text: str, start: int, end: int, number: int = 1) -> bool:
    """Return whether [start, end) of a text holds so many words at least."""
    return next(islice(iter_words(text, start, end), number - 1, None), None) is not None


def lookup_key(name: str) -> str:
    """Return the form under which a name is looked up."""
    return "".join(words(name).keys)


class NameIndex:
    """The names of one scope, for finding the longest one at a place of a text."""

    def __init__(self) -> None:
        self._names: dict[str, tuple[GuidelineEntry, bool]] = {}
        self.beginnings: set[str] = set()
        self.long_words: set[str] = set()
        self._longest = 0
        self._longest_word = 0

    def add(self, name: str, guideline: GuidelineEntry, *, bare: bool) -> None:
        """Take in a wording; a wording that means another guideline already is an error in the table."""
        keys = words(name).keys
        key = "".join(keys)
        holder, _ = self._names.setdefault(key, (guideline, bare))
        if holder != guideline:
            raise ValueError(f"{name!r} names both {holder.slug} and {guideline.slug}")
        self.beginnings.update(key[:length] for length in range(1, len(key) + 1))
        self.long_words.update(word for word in keys if len(word) >= _SHORTEST_MISSPELT)
        self._longest = max(self._longest, len(key))
        self._longest_word = max([self._longest_word, *map(len, keys)])

    def resolve(self, name: str) -> GuidelineEntry | None:
        """Return the guideline that a whole printed name means, or None."""
        tokens = words(name)
        for named in self.starting_with(tokens, 0):
            if named.end == tokens.printed[-1].end():
                return named.guideline
        return None

    def at(self, text: str, start: int, end: int) -> list[NamedGuideline]:
        """Return the names that begin at ``start`` itself, longest first."""
        tokens = iter_words(text, start, end)
        first = next(tokens, None)
        if first is None or first[1].start() != start or not self.begins_with(first[0]):
            return []
        return self._beginning(chain((first,), tokens))

    def starting_with(self, tokens: NameWords, position: int) -> list[NamedGuideline]:
        """Return the names that begin with the word at ``position``, longest first."""
        if position == len(tokens.keys) or not self.begins_with(tokens.keys[position]):
            return []
        near = slice(position, position + self._longest + 1)
        return self._beginning(zip(tokens.keys[near], tokens.printed[near], strict=True))

    def begins_with(self, key: str) -> bool:
        """Return whether some name begins with a word, perhaps misspelt."""
        return key in self.beginnings or bool(self._with_misspelt_word("", key))

    def _beginning(self, tokens: Iterable[tuple[str, re.Match[str]]]) -> list[NamedGuideline]:
        """Return the names that the words begin with, longest first."""
        found: list[NamedGuideline] = []
        joined, first = "", None
        for key, match in tokens:
            first = first or match
            joined = joined + key if joined + key in self.beginnings else self._with_misspelt_word(joined, key)
            if not joined:
                break
            if joined in self._names:
                guideline, bare = self._names[joined]
                found.append(NamedGuideline(guideline, first.start(), match.end(), bare))
        return found[::-1]

    def _with_misspelt_word(self, beginning: str, key: str) -> str:
        """Lengthen a name's beginning by a misspelt word; empty where no name goes on so."""
        if not _SHORTEST_MISSPELT - 1 <= len(key) <= self._longest_word + 1:
            return ""
        near = [word for word in _similar_words(key) if word in self.long_words and beginning + word in self.beginnings]
        return beginning + near[0] if len(near) == 1 else ""


# Words that are one letter off a word of a name and mean something else ("infections").
_NO_MISSPELLINGS = frozenset({"injection", "injections"})


@lru_cache(maxsize=4096)  # the same words recur in most paragraphs: 6 to 15 % of a parse, measured without it
def _similar_words(key: str) -> tuple[str, ...]:
    """Return the long words of all names that are one slip apart from a word and begin like it."""
    if key in _NO_MISSPELLINGS:
        return ()
    # words that near share what is left of both without one letter each
    candidates = {word for rest in deletion_variants(key) for word in _words_by_deletion().get(rest, ())}
    return tuple(word for word in candidates if word[0] == key[0] and _one_edit_apart(word, key))


@cache
def _words_by_deletion() -> Mapping[str, set[str]]:
    """Return the long words of all names by what is left of each without one letter."""
    nearby: dict[str, set[str]] = {}
    for word in set().union(*(names(scope).long_words for scope in NameScope)):
        for rest in deletion_variants(word):
            nearby.setdefault(rest, set()).add(word)
    return nearby


def _one_edit_apart(one: str, other: str) -> bool:
    """Return whether two words differ by one letter added, lost or changed, or by two neighbours exchanged."""
    pairs = enumerate(zip(one, other, strict=False))
    start = next((place for place, (letter, its) in pairs if letter != its), min(len(one), len(other)))
    rest, other_rest = one[start:], other[start:]
    if rest[1:] == other_rest[1:] or rest[1:] == other_rest or rest == other_rest[1:]:
        return True
    return rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:]


@cache
def guidelines() -> tuple[GuidelineEntry, ...]:
    """Return every canonical guideline, in the order of the table."""
    return tuple(
        GuidelineEntry(
            slug=row["slug"],
            source=GuidelineSource(row["source"]),
            title=row["title"],
            label=row.get("short", row["title"]),
            chapter_number=row.get("chapter_number"),
        )
        for row in load("guidelines")["guideline"]
    )


def guideline_names() -> dict[str, list[str]]:
    """Return the wordings of each guideline by its slug, in the order of the table."""
    return {row["slug"]: [*row.get("bare", ()), *row.get("variants", ())] for row in load("guidelines")["guideline"]}


@cache
def guideline(slug: str) -> GuidelineEntry:
    """Return the canonical guideline of a slug."""
    return next(entry for entry in guidelines() if entry.slug == slug)


@cache
def chapter(scope: NameScope, number: int) -> GuidelineEntry | None:
    """Return the ACOEM chapter of a number, as a scope names it, or None."""
    found = (entry for entry in guidelines() if entry.chapter_number == number and NameScope.of(entry.source) is scope)
    return next(found, None)


@cache
def names(scope: NameScope) -> NameIndex:
    """Return the index of a scope's names."""
    return _index(entry for entry in guidelines() if NameScope.of(entry.source) is scope)


def may_begin_a_name(key: str) -> bool:
    """Return whether a name of any scope may begin with a word, perhaps misspelt: most words of a text begin none."""
    return key in _beginnings() or (len(key) >= _SHORTEST_MISSPELT - 1 and bool(_similar_words(key)))


@cache
def _beginnings() -> frozenset[str]:
    return frozenset().union(*(names(scope).beginnings for scope in NameScope))


def _index(entries: Iterable[GuidelineEntry]) -> NameIndex:
    rows = {row["slug"]: row for row in load("guidelines")["guideline"]}
    index = NameIndex()
    for entry in entries:
        row = rows[entry.slug]
        for name in row.get("bare", ()):
            index.add(name, entry, bare=True)
        for name in (row["title"], *row.get("variants", ())):
            index.add(name, entry, bare=False)
    return index


def resolve(name: str, scope: NameScope) -> GuidelineEntry | None:
    """Return the one guideline that a printed name means in a scope, or None."""
    return names(scope).resolve(name)
