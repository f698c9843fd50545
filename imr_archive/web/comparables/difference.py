"""Two texts side by side: the passages that both have, and those that only one has. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Fewer words in a row are found in any two texts, and marking around them would be noise.
SHORTEST_PASSAGE = 4
# Of longer texts only the beginnings are aligned; what comes after counts as different.
LONGEST_TEXT = 4_000
_WORD = re.compile(r"\S+\s*")
_EDGE = re.compile(r"^\W+|\W+$")


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of words, with the white space as printed; ``differs`` tells that the other text does not have it."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class TextDifference:
    """Both texts as passages, and the share of their words that stand in passages of both, from 0 to 1."""

    one: tuple[Passage, ...]
    other: tuple[Passage, ...]
    shared: float


def difference_of(one: str, other: str) -> TextDifference:
    """Align two texts by their words; case and punctuation at the edges of words do not count."""
    words, others = _WORD.findall(one), _WORD.findall(other)
    keys, other_keys = ([_key(word) for word in each[:LONGEST_TEXT]] for each in (words, others))
    if keys == other_keys and len(words) == len(others) <= LONGEST_TEXT:
        runs = [(0, 0, len(words))] if words else []
    else:
        # Frequent words, which say nothing of the passage they are in, are no place to begin a run (``autojunk``).
        blocks = SequenceMatcher(None, keys, other_keys).get_matching_blocks()
        runs = [(block.a, block.b, block.size) for block in blocks if block.size >= SHORTEST_PASSAGE]
    shared = 2 * sum(size for _, _, size in runs) / (len(words) + len(others)) if words or others else 1.0
    return TextDifference(
        one=_passages(words, [(start, size) for start, _, size in runs]),
        other=_passages(others, [(start, size) for _, start, size in runs]),
        shared=shared,
    )


def _key(word: str) -> str:
    return _EDGE.sub("", word.strip()).casefold() or word.strip()


def _passages(words: Sequence[str], runs: Sequence[tuple[int, int]]) -> tuple[Passage, ...]:
    """Cut a text at the runs that both have."""
    passages = []
    end = 0
    for start, size in (*runs, (len(words), 0)):
        if start > end:
            passages.append(Passage("".join(words[end:start]), differs=True))
        if size:
            passages.append(Passage("".join(words[start : start + size]), differs=False))
        end = start + size
    return tuple(passages)
