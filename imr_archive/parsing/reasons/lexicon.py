"""Tag the words of a clause by the table ``tables/reasons/lexicon.toml``.

The rules then ask for tags instead of words, so one rule holds for all wordings of a kind. The table's phrases form a
trie of word patterns: a word that begins no phrase costs one cached lookup.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.parsing.tables import load

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(r"[a-z]+ | \d+(?:[/.-]\d+)*", re.VERBOSE)
_DATE = re.compile(r"\d{1,2} [/-] \d{1,2} [/-] (?:\d{4}|\d{2})", re.VERBOSE)
_CACHED_WORDS = 16384
_CACHED_PAIRS = 65536
_ANY_WORD = "_"


class Tagged(NamedTuple):
    """One tag and the words [first, last) of the clause that carry it."""

    tag: str
    first: int
    last: int


class _Place:
    """A place in the trie: the tags of the phrases that end here, and what may follow."""

    __slots__ = ("following", "tags")

    def __init__(self) -> None:
        self.tags: tuple[str, ...] = ()
        self.following: dict[str, _Place] = {}


def _read() -> tuple[_Place, frozenset[str], dict[str, tuple[str, ...]]]:
    """Return the trie, its whole words, and its word beginnings by their first two letters."""
    root = _Place()
    whole: set[str] = set()
    beginnings: dict[str, tuple[str, ...]] = {}
    for label, phrases in load("reasons/lexicon").items():
        for phrase in phrases:
            node = root
            for pattern in phrase.split():
                if not pattern.endswith("*"):
                    whole.add(pattern)
                elif pattern not in beginnings.get(pattern[:2], ()):
                    beginnings[pattern[:2]] = (*beginnings.get(pattern[:2], ()), pattern)
                node = node.following.setdefault(pattern, _Place())
            node.tags = (*node.tags, label)
    return root, frozenset(whole), beginnings


_ROOT, _WHOLE, _BEGINNINGS = _read()


@lru_cache(maxsize=_CACHED_WORDS)
def _patterns(word: str) -> tuple[str, ...]:
    """Return the patterns of the table that a word matches: ``*`` stands for any rest, ``_`` for any word."""
    found = [pattern for pattern in _BEGINNINGS.get(word[:2], ()) if word.startswith(pattern[:-1])]
    return (*found, word, _ANY_WORD) if word in _WHOLE else (*found, _ANY_WORD)


def _follow(nodes: Iterable[_Place], word: str) -> tuple[_Place, ...]:
    """Return the nodes that a word leads to."""
    patterns = _patterns(word)
    return tuple(
        node.following[pattern] for node in nodes if node.following for pattern in patterns if pattern in node.following
    )


@lru_cache(maxsize=_CACHED_WORDS)
def _one_word(word: str) -> tuple[tuple[str, ...], tuple[_Place, ...]]:
    """Return the tags of a word alone and the nodes of longer phrases that begin with it.

    Most words begin no phrase, so that this one cached lookup is all they cost.
    """
    nodes = _follow((_ROOT,), word)
    tags = tuple(label for node in nodes for label in node.tags)
    if _DATE.fullmatch(word):
        tags += ("date",)
    return tags, tuple(node for node in nodes if node.following)


@lru_cache(maxsize=_CACHED_PAIRS)
def _two_words(word: str, following: str) -> tuple[tuple[str, ...], tuple[_Place, ...]]:
    """Return the tags of two words together and the nodes of longer phrases that begin with them."""
    nodes = _follow(_one_word(word)[1], following)
    return tuple(label for node in nodes for label in node.tags), tuple(node for node in nodes if node.following)


@lru_cache(maxsize=_CACHED_PAIRS)
def _more_words(nodes: tuple[_Place, ...], word: str) -> tuple[tuple[str, ...], tuple[_Place, ...]]:
    """Return the tags of the phrases that a word ends and the nodes of those that it continues."""
    nodes = _follow(nodes, word)
    return tuple(label for node in nodes for label in node.tags), tuple(node for node in nodes if node.following)


def words_of(text: str) -> list[str]:
    """Return a text's words in lower case; hyphens and apostrophes part words."""
    return _WORD.findall(text.lower())


def tags_of(words: list[str]) -> set[str]:
    """Return the tags that the words carry, without their places, which costs half."""
    found: list[str] = []
    count = len(words)
    for first, word in enumerate(words, 1):
        tags, nodes = _one_word(word)
        if tags:
            found += tags
        if nodes and first < count:
            tags, nodes = _two_words(word, words[first])
            found += tags
            while nodes and (first := first + 1) < count:
                tags, nodes = _more_words(nodes, words[first])
                found += tags
    return set(found)


def tags_at_start(words: list[str]) -> set[str]:
    """Return the tags of the phrases that begin with the first word."""
    found: set[str] = set()
    nodes: tuple[_Place, ...] = (_ROOT,)
    for word in words:
        nodes = _follow(nodes, word)
        if not nodes:
            break
        for node in nodes:
            found.update(node.tags)
    return found


def tag(words: list[str], only: frozenset[str] | None = None) -> list[Tagged]:
    """Return the tags of the words, or those of ``only``, in reading order; phrases may overlap."""
    found = []
    for first, word in enumerate(words):
        tags, nodes = _one_word(word)
        last = first + 1
        while True:
            for label in tags:
                if only is None or label in only:
                    found.append(Tagged(label, first, last))
            if not nodes or last == len(words):
                break
            if last == first + 1:
                tags, nodes = _two_words(word, words[last])
            else:
                tags, nodes = _more_words(nodes, words[last])
            last += 1
    return found


def words_with(words: list[str], tags: frozenset[str]) -> tuple[str, ...]:
    """Return the words that carry one of the tags, in reading order."""
    places = {place for found in tag(words, tags) for place in range(found.first, found.last)}
    return tuple(words[place] for place in sorted(places))
