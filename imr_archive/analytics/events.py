"""Rates of events among many sets of items: how often items were overturned, or were decided for one reason.

A page of outcomes has hundreds of rates, and each needs the design effect of its own letters. Items of one letter have
adjacent positions, so the letters of a set are runs of it, and their sums are a few operations on arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from pyroaring import BitMap

from imr_archive.analytics.design_effect import LetterSums, design_effect
from imr_archive.analytics.rates import Rate
from imr_archive.search.facets.index.bits import positions_in
from imr_archive.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from imr_archive.search.facets.index.segment import Segment
    from imr_archive.search.facets.snapshot import Snapshot

    Bitmaps = tuple[BitMap, BitMap]

# Above this number of items, sums are estimated from every eighth letter: the design effect is then off by about 4 %,
# and the width of an interval by 2 %.
_MANY_ITEMS = 30_000


class LetterRuns(NamedTuple):
    """The letters of some positions of a segment: the positions, the letters in order, and the items of each."""

    items: BitMap
    letters: NDArray[np.int32]
    sizes: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ItemGroup:
    """A set of items whose rates are asked for: as positions in both segments of a snapshot."""

    snapshot: Snapshot
    positions: Bitmaps

    @property
    def size(self) -> int:
        """The number of items."""
        return sum(map(len, self.positions))

    @cached_property
    def runs(self) -> Sequence[LetterRuns | None]:
        """The letters in each segment; of many items, those of a sample; None where there are no items."""
        segments = zip(self.snapshot.segments, self.positions, strict=True)
        return [_runs(segment, items) if items else None for segment, items in segments]

    def sums(self, event: Event) -> LetterSums:
        """Return the sums over the letters: of items, and of items to which the event happened."""
        sums = LetterSums()
        for segment, runs, happened in zip(self.snapshot.segments, self.runs, event.happened, strict=True):
            if runs:
                sums += _sums(segment, runs, happened & runs.items)
        return sums


@dataclass(frozen=True, eq=False)
class Event:
    """What may happen to an item. ``among`` are the items that count, ``happened`` those to which it happened."""

    snapshot: Snapshot
    among: Bitmaps
    happened: Bitmaps

    @cached_property
    def general_correlation(self) -> float | None:
        """The correlation within letters of the whole archive."""
        return self.group(self.snapshot.live).sums(self).correlation

    def group(self, positions: Bitmaps) -> ItemGroup:
        """Return those of some items that count."""
        return ItemGroup(self.snapshot, (positions[0] & self.among[0], positions[1] & self.among[1]))

    def part(self, positions: Bitmaps) -> int:
        """Count those of some items to which it happened."""
        return sum(a.intersection_cardinality(b) for a, b in zip(positions, self.happened, strict=True))

    def rate(self, group: ItemGroup) -> Rate:
        """Return how often it happened in a group of this event, with the design effect of the group's letters."""
        whole = group.size
        part = self.part(group.positions)
        return Rate(part, whole, design_effect(group.sums(self), self.general_correlation) if whole else 1.0)


def overturned(snapshot: Snapshot) -> Event:
    """Return the event that an item is overturned; items that state an outcome count."""
    known = snapshot.computed.get("overturned")
    if known is None:
        happened = _of_value(snapshot, "outcome", Outcome.OVERTURNED)
        upheld = _of_value(snapshot, "outcome", Outcome.UPHELD)
        known = Event(snapshot, (happened[0] | upheld[0], happened[1] | upheld[1]), happened)
        snapshot.computed["overturned"] = known
    event: Event = known
    return event


def having_value(snapshot: Snapshot, dimension: str, value: str) -> Event:
    """Return the event that an item has a value, such as a reason; every item counts."""
    key = f"event {dimension} {value}"
    known = snapshot.computed.get(key)
    if known is None:
        known = snapshot.computed[key] = Event(snapshot, snapshot.live, _of_value(snapshot, dimension, value))
    event: Event = known
    return event


def _of_value(snapshot: Snapshot, dimension: str, value: str) -> Bitmaps:
    base, delta = (segment.bitmap(dimension, value) or BitMap() for segment in snapshot.segments)
    return base & snapshot.live[0], delta & snapshot.live[1]


def _runs(segment: Segment, items: BitMap) -> LetterRuns:
    if len(items) > _MANY_ITEMS:
        items = items & segment.positions.sample
    return LetterRuns(items, *_letters(segment, items))


def _letters(segment: Segment, items: BitMap) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the letters of some items, ascending, and the number of items of each."""
    letters = segment.positions.letter_of[positions_in(items)]
    is_first = np.empty(len(letters), dtype=bool)
    is_first[:1] = True
    np.not_equal(letters[1:], letters[:-1], out=is_first[1:])
    starts = np.flatnonzero(is_first)
    sizes = np.empty_like(starts)
    np.subtract(starts[1:], starts[:-1], out=sizes[:-1])
    sizes[-1:] = len(letters) - starts[-1:]
    return letters[starts], sizes


def _sums(segment: Segment, runs: LetterRuns, happened: BitMap) -> LetterSums:
    """Return the sums over letters. Only letters to which it happened are looked up again: they are the fewer."""
    letters, number = _letters(segment, happened)
    sizes = runs.sizes[np.searchsorted(runs.letters, letters)]
    return LetterSums(
        letters=len(runs.letters),
        items=len(runs.items),
        overturned=len(happened),
        squared_sizes=float(np.dot(runs.sizes, runs.sizes)),
        squared_shares=float((number * number / sizes).sum()),
    )
