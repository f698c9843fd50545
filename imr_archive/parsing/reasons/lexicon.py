"""Tag the words of a clause by the table ``tables/reasons/lexicon.toml``.

The rules then ask for tags instead of words, so one rule holds for all wordings of a kind. RE2 searches for all phrases
of the table in one pass; the places of a phrase are looked up only where a rule asks for them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import re2

from imr_archive.parsing.tables import load

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = re.compile(r"[a-z]+ | \d+(?:[/.-]\d+)*", re.VERBOSE)
_DATE = r"\d{1,2}[/-]\d{1,2}[/-](?:\d{4}|\d{2})"
_ANY_WORD = "_"
# What RE2 may keep of its automaton; reading thousands of letters takes about 10 MB.
_MEMORY = 64 << 20


class Tagged(NamedTuple):
    """One tag and the words [first, last) of the clause that carry it."""

    tag: str
    first: int
    last: int


class _Phrase(NamedTuple):
    """A row of the table: its tag, and its pattern in a text of words with a space around each."""

    tag: str
    pattern: str

    @classmethod
    def of(cls, label: str, words: str) -> _Phrase:
        """Return the phrase of a row: ``*`` stands for any rest of a word, ``_`` for any word."""
        patterns = (
            "[^ ]+" if word == _ANY_WORD else re.escape(word.removesuffix("*")) + "[^ ]*" * word.endswith("*")
            for word in words.split()
        )
        return cls(label, " ".join(patterns))


_PHRASES = (
    *(_Phrase.of(label, words) for label, rows in load("reasons/lexicon").items() for words in rows),
    _Phrase("date", _DATE),
)

_TAGS = tuple(phrase.tag for phrase in _PHRASES)


def _set_of(phrases: re2.Set) -> re2.Set:
    for phrase in _PHRASES:
        phrases.Add(f" {phrase.pattern} ")
    phrases.Compile()
    return phrases


_OPTIONS = re2.Options()
_OPTIONS.max_mem = _MEMORY
_ANYWHERE = _set_of(re2.Set.SearchSet(_OPTIONS))
_AT_START = _set_of(re2.Set.MatchSet(_OPTIONS))


def words_of(text: str) -> list[str]:
    """Return a text's words in lower case; hyphens and apostrophes part words."""
    return _WORD.findall(text.lower())


def tags_of(words: list[str]) -> set[str]:
    """Return the tags that the words carry."""
    return {_TAGS[number] for number in _ANYWHERE.Match(_spaced(words)) or ()}


def tags_at_start(words: list[str]) -> set[str]:
    """Return the tags of the phrases that begin with the first word."""
    return {_TAGS[number] for number in _AT_START.Match(_spaced(words)) or ()}


def tag(words: list[str], only: frozenset[str] | None = None) -> list[Tagged]:
    """Return the tags of the words, or those of ``only``, in reading order; phrases may overlap."""
    spaced = _spaced(words)
    text = spaced.decode()
    phrases = (_PHRASES[number] for number in _ANYWHERE.Match(spaced) or ())
    found = [place for phrase in phrases if only is None or phrase.tag in only for place in _places(phrase, text)]
    return sorted(found, key=lambda tagged: (tagged.first, tagged.last))


def _spaced(words: list[str]) -> bytes:
    return f" {' '.join(words)} ".encode()


def _places(phrase: _Phrase, text: str) -> Iterator[Tagged]:
    """Yield each place of a phrase in a text of words."""
    for match in _compiled(phrase.pattern).finditer(text):
        first = text.count(" ", 0, match.start())
        yield Tagged(phrase.tag, first, first + match[1].count(" ") + 1)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern that finds each place of a phrase, also where two overlap."""
    return re.compile(f" (?=({pattern}) )")


def words_with(words: list[str], tags: frozenset[str]) -> tuple[str, ...]:
    """Return the words that carry one of the tags, in reading order."""
    places = {place for found in tag(words, tags) for place in range(found.first, found.last)}
    return tuple(words[place] for place in sorted(places))
