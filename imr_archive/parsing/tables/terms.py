"""Find the terms of a table in a short text: tokens, a trie of tokens, and matches that know their place.

Matching goes by words, so case, punctuation and doubled spaces make no difference. A word that a line end or a missing
space has broken ("Electro- diagnostic", "spineMRI", "physicaltherapy") still matches its term.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

T = TypeVar("T")

# Capitals that run into a word ("spineMRI") and digits that run into letters ("SMA7") are words of their own.
# A possessive counts as its noun ("De Quervain's").
_WORD = re.compile(r"( \d+ | [A-Z]+(?![a-z]) | [A-Z]?[a-z]+ | [^\W\d_] ) (?:['’]s\b)?", re.VERBOSE)
_SHORTEST_GLUED = 8
_LONGEST_GAP = 4


class FoundTerm(NamedTuple, Generic[T]):
    """A value read from a request, with the [start, end) offsets of its wording.

    The offsets count in the description, or in the original request where ``in_original`` says so.
    """

    value: T
    start: int
    end: int
    in_original: bool = False


class Words(NamedTuple):
    """A text as lower-case words with their offsets, and what stands between each word and the next."""

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    gaps: tuple[str, ...]
    vocabulary: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Words:
        """Cut a text into words."""
        found = [*_WORD.finditer(text)]
        words = [match[1].lower() for match in found]
        starts = [match.start() for match in found]
        ends = [match.end() for match in found]
        gaps = [text[end:start] for end, start in zip(ends, (*starts[1:], len(text)), strict=False)]
        return cls(text, tuple(words), tuple(starts), tuple(ends), tuple(gaps), frozenset(words))


class Match(NamedTuple, Generic[T]):
    """A term found in a text: its payload, the words [first, last) and the characters [start, end) it covers."""

    value: T
    first: int
    last: int
    start: int
    end: int


class _Node(Generic[T]):
    __slots__ = ("children", "value")

    def __init__(self) -> None:
        self.children: dict[str, _Node[T]] = {}
        self.value: T | None = None


class TermTrie(Generic[T]):
    """Terms by their words, each with one payload; the longest term wins at every place."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def add(self, term: str, value: T) -> None:
        """Enter a term; one that is already entered is refused, so that no row is silently dead."""
        words = Words.of(term).words
        if not words:
            raise ValueError(f"the term {term!r} has no words")
        node = self._enter(words)
        if node.value is not None:
            raise ValueError(f"the term {term!r} is entered twice")
        node.value = value

    def add_glued(self, term: str, value: T) -> None:
        """Enter the form a term takes where its spaces were lost, unless that is a term already or too short."""
        words = Words.of(term).words
        glued = "".join(words)
        if len(words) > 1 and len(glued) >= _SHORTEST_GLUED and glued.isalpha():
            node = self._enter((glued,))
            if node.value is None:
                node.value = value

    def _enter(self, words: Sequence[str]) -> _Node[T]:
        node = self._root
        for word in words:
            node = node.children.setdefault(word, _Node())
        return node

    def scan(self, words: Words) -> Iterator[Match[T]]:
        """Yield the leftmost, longest matches in order; no two overlap."""
        at, first_words = 0, self._root.children
        while at < len(words.words):
            # Most words begin no term, and one look is enough to tell.
            word, gap = words.words[at], words.gaps[at]
            begins = (
                word in first_words
                or (word[-1] == "s" and word[:-1] in first_words)
                or (gap != " " and _is_broken(gap))
            )
            last, value = self._longest(words, at, self._root) if begins else (at, None)
            if value is None:
                at += 1
                continue
            yield Match(value, at, last, words.starts[at], words.ends[last - 1])
            at = last

    def _longest(self, words: Words, at: int, node: _Node[T]) -> tuple[int, T | None]:
        best: tuple[int, T | None] = (at, node.value)
        if at >= len(words.words) or (node is not self._root and not _joins(words.gaps[at - 1])):
            return best
        for step, child in _steps(words, at, node):
            reach = self._longest(words, at + step, child)
            if reach[1] is not None and (best[1] is None or reach[0] > best[0]):
                best = reach
        return best


def _joins(gap: str) -> bool:
    return len(gap) <= _LONGEST_GAP and ";" not in gap


def _is_broken(gap: str) -> bool:
    """Return whether what stands between two words may have broken one."""
    return not gap or (gap != " " and gap.strip() == "-")


def _steps(words: Words, at: int, node: _Node[T]) -> Iterator[tuple[int, _Node[T]]]:
    """Yield the nodes the next word leads to: as it stands, as a singular, or as one word with the word after it."""
    word = words.words[at]
    child = node.children.get(word)
    if child is not None:
        yield 1, child
    if word[-1] == "s" and len(word) > 2:
        child = node.children.get(word[:-1])
        if child is not None:
            yield 1, child
    if at + 1 < len(words.words) and _is_broken(words.gaps[at]):
        whole = word + words.words[at + 1]
        child = node.children.get(whole)
        if child is None and whole[-1] == "s":
            child = node.children.get(whole[:-1])
        if child is not None:
            yield 2, child
