"""The decisions nearest to an item: their outcome mix, and the nearest that were overturned and upheld.

Nearness is a sum of weights: what the two share of treatment (4; of its kind only, 2), body part (2) and the reviewer's
section (2; of its guideline only, 1.2), how alike their requests are without sides (up to 2), and how many of the rare
words of the rationales they share (up to 4). How rare a word is follows from the pool of candidates.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from math import fsum, log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from imr_archive.analytics.comparable.pool import Aspects, Candidate, aspects_of, pool_of
from imr_archive.analytics.comparable.subject import Subject, subject_of
from imr_archive.analytics.design_effect import LetterSums, design_effect
from imr_archive.analytics.overturn import letter_sums
from imr_archive.analytics.rates import Rate
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME
from imr_archive.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imr_archive.models import DisputedItem
    from imr_archive.search.facets.selection import Selection

NEAREST, SHOWN = 50, 3
# So many distinct rationales are compared.
COMPARED = 600
# So many further candidates are compared of an outcome that fewer than three of the pool have.
_OF_OUTCOME = 100
_REQUEST_WEIGHT, _WORDS_WEIGHT = 2.0, 4.0
# A word is named as shared if at most one candidate in so many has it.
_NAMED_RARITY = 10
_NAMED = 3


@dataclass(frozen=True)
class ComparableMatch:
    """A comparable decision: how near it is, and in what it agrees.

    ``aspects`` are the names of the facets shared, ``words`` the stems of the rarest words that both rationales have.
    """

    key: int
    determination: int
    outcome: Outcome
    nearness: float
    aspects: tuple[str, ...]
    same_request: bool
    same_levels: bool | None
    words: tuple[str, ...]


@dataclass(frozen=True)
class Comparables:
    """The nearest decisions of an item, and how many were compared to find them.

    ``nearest`` has at most 50, with their overturn rate; ``overturned`` and ``upheld`` at most three each, of as many
    letters.
    """

    compared: int
    nearest: tuple[ComparableMatch, ...]
    rate: Rate
    overturned: tuple[ComparableMatch, ...]
    upheld: tuple[ComparableMatch, ...]


def comparables_of(item: DisputedItem, everything: Selection) -> Comparables:
    """Return the decisions nearest to an item that was fetched with its text, among those of a snapshot."""
    return everything.cached(("comparables", item.pk), lambda: _comparables(subject_of(item), everything))


def _comparables(subject: Subject, everything: Selection) -> Comparables:
    aspects = aspects_of(subject, everything)
    pool = pool_of(subject, aspects, everything, wanted=COMPARED)
    scorer = _Scorer(subject, aspects, pool)
    ranked = scorer.ranked(pool)

    def shown(outcome: Outcome) -> tuple[ComparableMatch, ...]:
        found = _shown(ranked, outcome)
        if len(found) < SHOWN:
            # There may be more in the tiers after those of the pool.
            among = everything.having(DIMENSION_BY_NAME["outcome"], [outcome.value])
            further = pool_of(subject, aspects, among, wanted=_OF_OUTCOME, known=pool)
            found = _shown(sorted([*ranked, *scorer.ranked(further)], key=_distance), outcome)
        return found

    nearest = tuple(ranked[:NEAREST])
    return Comparables(
        compared=len(pool),
        nearest=nearest,
        rate=_rate_of(nearest, everything),
        overturned=shown(Outcome.OVERTURNED),
        upheld=shown(Outcome.UPHELD),
    )


def _shown(ranked: Sequence[ComparableMatch], outcome: Outcome) -> tuple[ComparableMatch, ...]:
    """Return the nearest of an outcome, one of each letter."""
    by_letter: dict[int, ComparableMatch] = {}
    for each in ranked:
        if each.outcome is outcome and len(by_letter) < SHOWN:
            by_letter.setdefault(each.determination, each)
    return tuple(by_letter.values())


class _Scorer:
    """Scores candidates by nearness to an item. How rare a word is, its inverse document frequency in a pool tells."""

    def __init__(self, subject: Subject, aspects: Aspects, pool: Sequence[Candidate]) -> None:
        self._own = subject.words
        self._aspects = aspects
        frequency = Counter(chain.from_iterable(each.words.stems for each in pool))
        frequency.update(self._own.stems)
        size = len(pool) + 1
        self._rarity = {word: log(size / number) for word, number in frequency.items()}
        self._squares = {word: weight * weight for word, weight in self._rarity.items()}
        self._length = self._squared_length(self._own.stems)
        self._rare = frozenset(word for word in self._own.stems if self._rarity[word] >= log(_NAMED_RARITY))

    def ranked(self, candidates: Iterable[Candidate]) -> list[ComparableMatch]:
        """Score candidates, the nearest first; equals stay in the order of the pool, in which the newer come first."""
        return sorted(map(self._match, candidates), key=_distance)

    def _match(self, candidate: Candidate) -> ComparableMatch:
        shared = self._aspects.of(candidate.place)
        own, other = self._own, candidate.words
        either = own.asked | other.asked
        request = len(own.asked & other.asked) / len(either) if either else 0.0
        nearness = sum(each.weight for each in shared) + _REQUEST_WEIGHT * request
        nearness += _WORDS_WEIGHT * self._cosine(other.stems)
        return ComparableMatch(
            key=candidate.key,
            determination=candidate.determination,
            outcome=candidate.outcome,
            nearness=round(nearness, 6),
            aspects=tuple(each.name for each in shared),
            same_request=request == 1.0,
            same_levels=own.levels == other.levels if own.levels and other.levels else None,
            words=tuple(sorted(self._rare & other.stems, key=lambda word: (-self._rarity[word], word))[:_NAMED]),
        )

    def _cosine(self, words: frozenset[str]) -> float:
        """Return the cosine of a rationale's words and the item's, each weighted by its rarity."""
        lengths = self._length * self._squared_length(words)
        return self._squared_length(self._own.stems & words) / sqrt(lengths) if lengths else 0.0

    def _squared_length(self, words: Iterable[str]) -> float:
        # Summed exactly, so that the order of a set makes no difference.
        return fsum([self._squares.get(word, 0.0) for word in words])


def _distance(match: ComparableMatch) -> float:
    return -match.nearness


def _rate_of(matches: Sequence[ComparableMatch], everything: Selection) -> Rate:
    """Return the overturn rate of some decisions, with the design effect of their letters."""
    letters: dict[int, list[int]] = {}
    for each in matches:
        letters.setdefault(each.determination, []).append(each.outcome is Outcome.OVERTURNED)
    sizes, overturned = (np.array([count(each) for each in letters.values()], dtype=np.int64) for count in (len, sum))
    sums = LetterSums.of_letters(sizes, overturned)
    effect = design_effect(sums, letter_sums(everything).correlation) if matches else 1.0
    return Rate(sums.overturned, sums.items, effect)
