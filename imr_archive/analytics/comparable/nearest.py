"""The decisions nearest to an item: their outcome mix, and the nearest that were overturned and upheld.

Nearness is a sum of weights: what the two share of treatment (4; of its kind only, 2), body part (2) and the reviewer's
section (2; of its guideline only, 1.2), how alike their requests are without sides (up to 2), and how many of the rare
words of the rationales they share (up to 4). How rare a word is follows from the pool of candidates.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import log, sqrt
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
    from collections.abc import Iterable, Mapping, Sequence

    from imr_archive.models import DisputedItem
    from imr_archive.search.facets.selection import Selection

NEAREST, SHOWN = 50, 3
# So many distinct rationales are compared.
COMPARED = 800
# So many further candidates are compared of an outcome that fewer than three of the pool have.
_OF_OUTCOME = 200
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
    rarity = _rarity(subject, pool)
    ranked = _ranked(subject, aspects, pool, rarity)

    def shown(outcome: Outcome) -> tuple[ComparableMatch, ...]:
        found = _shown(ranked, outcome)
        if len(found) < SHOWN:
            # There may be more in the tiers after those of the pool.
            among = everything.having(DIMENSION_BY_NAME["outcome"], [outcome.value])
            further = pool_of(subject, aspects, among, wanted=_OF_OUTCOME, known=pool)
            both = [*ranked, *_ranked(subject, aspects, further, rarity)]
            found = _shown(sorted(both, key=_distance), outcome)
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


def _ranked(
    subject: Subject, aspects: Aspects, pool: Iterable[Candidate], rarity: Mapping[str, float]
) -> list[ComparableMatch]:
    """Score the candidates; of equals the newer comes first, as in the pool."""
    matches = [_match(subject, aspects, each, rarity) for each in pool]
    return sorted(matches, key=_distance)


def _distance(match: ComparableMatch) -> float:
    return -match.nearness


def _match(subject: Subject, aspects: Aspects, candidate: Candidate, rarity: Mapping[str, float]) -> ComparableMatch:
    shared = aspects.of(candidate.place)
    own, other = subject.words, candidate.words
    either = own.asked | other.asked
    request = len(own.asked & other.asked) / len(either) if either else 0.0
    nearness = sum(each.weight for each in shared) + _REQUEST_WEIGHT * request
    nearness += _WORDS_WEIGHT * _cosine(own.stems, other.stems, rarity)
    return ComparableMatch(
        key=candidate.key,
        determination=candidate.determination,
        outcome=candidate.outcome,
        nearness=round(nearness, 6),
        aspects=tuple(each.name for each in shared),
        same_request=request == 1.0,
        same_levels=own.levels == other.levels if own.levels and other.levels else None,
        words=_named(own.stems & other.stems, rarity),
    )


def _rarity(subject: Subject, pool: Sequence[Candidate]) -> dict[str, float]:
    """Return the inverse document frequency of each word of the item's rationale and of the pool's."""
    frequency = Counter(word for each in pool for word in each.words.stems)
    frequency.update(subject.words.stems)
    size = len(pool) + 1
    return {word: log(size / number) for word, number in frequency.items()}


def _cosine(own: frozenset[str], other: frozenset[str], rarity: Mapping[str, float]) -> float:
    """Return the cosine of two rationales' words, each weighted by its rarity."""
    lengths = _squares(own, rarity) * _squares(other, rarity)
    return _squares(own & other, rarity) / sqrt(lengths) if lengths else 0.0


def _squares(words: Iterable[str], rarity: Mapping[str, float]) -> float:
    # In a fixed order, so that sums of the same words are the same to the last digit.
    return sum(sorted(rarity.get(word, 0.0) ** 2 for word in words))


def _named(words: Iterable[str], rarity: Mapping[str, float]) -> tuple[str, ...]:
    rare = [word for word in words if rarity.get(word, 0.0) >= log(_NAMED_RARITY)]
    return tuple(sorted(rare, key=lambda word: (-rarity[word], word))[:_NAMED])


def _rate_of(matches: Sequence[ComparableMatch], everything: Selection) -> Rate:
    """Return the overturn rate of some decisions, with the design effect of their letters."""
    letters: dict[int, list[int]] = {}
    for each in matches:
        letters.setdefault(each.determination, []).append(each.outcome is Outcome.OVERTURNED)
    sizes, overturned = (np.array([count(each) for each in letters.values()], dtype=np.int64) for count in (len, sum))
    sums = LetterSums.of_letters(sizes, overturned)
    effect = design_effect(sums, letter_sums(everything).correlation) if matches else 1.0
    return Rate(sums.overturned, sums.items, effect)
