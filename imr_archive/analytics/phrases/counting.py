"""Counts the letters in which each phrase of one to four words stands, for all phrases at once.

Words are stems, so that a phrase counts what a search for it in quotes finds. Phrases end where sentences do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imr_archive.analytics.texts import words_of
from imr_archive.search.query.stems import stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.int64]

LONGEST_PHRASE = 4
_BREAK = -1
# Phrases neither begin nor end with these words, nor with numbers.
_WRITTEN = (
    "a about above after all also although an and any are as at be because been before being below between both "
    "but by can could did do does doing down during each few for from further had has have having he her here him "
    "his how i if in into is it its itself may might more most must my no nor not of off on once only or other "
    "our out over own per same she should so some such than that the their them then there therefore these they "
    "this those through thus to too under until up upon very was we were what when where which while who whom why "
    "will with within without would you your s "
)
# A date is no ground, and its month would be one by chance.
_MONTHS = "january february march april june july august september october november december"
_FUNCTION_WORDS = frozenset((*_WRITTEN.split(), *_MONTHS.split()))
# Wordings of the verdict mark the outcome by definition, and say nothing of why.
_VERDICT = re.compile(
    r"""
      \b (?: (?: is | are | was | were | be ) \s+ )? (?: not \s+ )? (?: considered \s+ | deemed \s+ )?
      medical(?:ly)? \s+ (?: necess\w* | appropriate | indicated | reasonable | justified ) (?: \s+ and \s+ \w+ )?
    | \b (?: overturn | upheld | uphold | certif | non-?certif | approv | authoriz | deni | deny ) \w*
    | \b (?: is | are | was | were ) \s+ (?: not \s+ )?
      (?: supported | warranted | appropriate | necessary | indicated ) \b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SENTENCE_END = re.compile(r"[.!?;:()\[\]\"“”\n]+(?!\d)")


@dataclass(frozen=True)
class Phrase:
    """A phrase as its words are first printed, with the number of letters of each side that have it.

    ``number`` is its place in its table.
    """

    number: int
    words: tuple[str, ...]
    stems: tuple[str, ...]
    overturned: int
    upheld: int

    def contains_or_is_in(self, other: Phrase) -> bool:
        """Return whether one of the two phrases contains the other."""
        short, long = sorted((self.stems, other.stems), key=len)
        return any(long[start : start + len(short)] == short for start in range(len(long) - len(short) + 1))


@dataclass(frozen=True)
class PhraseTable:
    """Phrases as first printed, and in which letters each stands: one entry of both arrays for each letter."""

    phrases: Sequence[tuple[str, ...]]
    phrase_of: Array
    letter_of: Array

    def counts(self, overturned: Sequence[bool]) -> list[Phrase]:
        """Count the letters that have each phrase, given which letters are overturned."""
        weights = np.asarray(overturned, dtype=np.float64)[self.letter_of]
        totals = np.bincount(self.phrase_of, minlength=len(self.phrases)).tolist()
        parts = np.bincount(self.phrase_of, weights=weights, minlength=len(self.phrases)).astype(np.int64).tolist()
        rows = enumerate(zip(self.phrases, totals, parts, strict=True))
        return [
            Phrase(number, words, tuple(map(stem, words)), part, all_ - part) for number, (words, all_, part) in rows
        ]

    def letters_of(self, phrase: Phrase) -> frozenset[int]:
        """Return the numbers of the letters that have a phrase."""
        return frozenset(self.letter_of[self.phrase_of == phrase.number].tolist())


def phrase_table(texts: Sequence[str], *, fewest: int) -> PhraseTable:
    """Find the phrases that stand in at least so many letters, given the text of each letter."""
    words, letters = _tokens(texts)
    ids, kinds = _stem_ids(words)
    may_end = np.array([bool(word) and word not in _FUNCTION_WORDS and not word.isdecimal() for word in words], bool)
    phrases: list[tuple[str, ...]] = []
    tables: list[tuple[Array, Array]] = []
    number = max(1, len(texts))
    begins = np.flatnonzero(ids != _BREAK)
    codes = ids[begins]
    for length in range(1, LONGEST_PHRASE + 1):
        if length > 1:
            begins, codes = _continued(begins, codes, ids, length, kinds)
        begins, codes, pairs = _frequent(begins, codes, letters, number, fewest)
        _, first = np.unique(codes, return_index=True)
        starts = begins[first]
        is_phrase = may_end[starts] & may_end[np.minimum(starts + length - 1, len(words) - 1)]
        numbers = np.cumsum(is_phrase) - 1 + len(phrases)
        kept = pairs[is_phrase[pairs // number]]
        tables.append((numbers[kept // number], kept % number))
        phrases += [tuple(words[start : start + length]) for start in starts[is_phrase].tolist()]
    return PhraseTable(phrases, *(np.concatenate(columns) for columns in zip(*tables, strict=True)))


def _tokens(texts: Iterable[str]) -> tuple[list[str], Array]:
    """Return the words of all texts with an empty one after each sentence, and the number of the letter of each."""
    words: list[str] = []
    letters: list[int] = []
    for number, text in enumerate(texts):
        before = len(words)
        for sentence in _SENTENCE_END.split(_VERDICT.sub(". ", text)):
            if found := words_of(sentence):
                words += found
                words.append("")
        letters += [number] * (len(words) - before)
    return words, np.array(letters, dtype=np.int64)


def _stem_ids(words: Sequence[str]) -> tuple[Array, int]:
    """Number the stems of words, and return how many there are; the ends of sentences get no number."""
    stems: dict[str, int] = {}
    of_word = {word: stems.setdefault(stem(word), len(stems)) for word in dict.fromkeys(words) if word}
    return np.array([of_word.get(word, _BREAK) for word in words], dtype=np.int64), len(stems)


def _continued(begins: Array, codes: Array, ids: Array, length: int, kinds: int) -> tuple[Array, Array]:
    """Lengthen phrases by one word, unless their sentence ends; return where they begin, and new codes."""
    ends = begins + length - 1
    last = ids[np.minimum(ends, len(ids) - 1)]
    goes_on = (ends < len(ids)) & (last != _BREAK)
    return begins[goes_on], codes[goes_on] * kinds + last[goes_on]


def _frequent(begins: Array, codes: Array, letters: Array, number: int, fewest: int) -> tuple[Array, Array, Array]:
    """Keep the phrases of at least so many of ``number`` letters, numbered from 0.

    The third array has a number for each pair of a phrase and a letter: the phrase times the number of letters, and the
    letter. What is dropped here can be the beginning of no frequent phrase.
    """
    _, codes = np.unique(codes, return_inverse=True)
    pairs = np.unique(codes * number + letters[begins])
    enough = np.bincount(pairs // number) >= fewest if len(pairs) else np.zeros(0, dtype=bool)
    renumbered = np.cumsum(enough) - 1
    kept, kept_pairs = enough[codes], enough[pairs // number]
    pairs = renumbered[pairs[kept_pairs] // number] * number + pairs[kept_pairs] % number
    return begins[kept], renumbered[codes[kept]], pairs
