"""Pages through the positions of two segments in one order, by rank: the last page costs as much as the first."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from pyroaring import BitMap

from imr_archive.search.facets.dimension import UNKNOWN
from imr_archive.search.facets.dimensions import ARRIVED
from imr_archive.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imr_archive.search.facets.snapshot import Snapshot

BASE, DELTA = 0, 1


class Order(Vocabulary):
    """The sort orders that positions provide: total, letters without a date last.

    By arrival, those of one day are sorted by their decision, the newest first."""

    NEWEST = "newest", "Newest"
    OLDEST = "oldest", "Oldest"
    MOST_ITEMS = "items", "Most items"
    ARRIVED = "arrived", "Latest arrivals"


class Place(NamedTuple):
    """A position in one of the segments."""

    segment: int
    position: int


class _Run(NamedTuple):
    """Positions of both segments that are sorted alike, ascending or descending: those found, or those also kept.

    There may be thousands of runs, a day each, of which a page needs a few: the others are only counted.
    """

    found: tuple[BitMap, BitMap]
    descending: bool
    kept: tuple[BitMap, BitMap] | None = None

    @property
    def size(self) -> int:
        if self.kept is None:
            return sum(map(len, self.found))
        return sum(one.intersection_cardinality(other) for one, other in zip(self.found, self.kept, strict=True))

    @property
    def positions(self) -> tuple[BitMap, BitMap]:
        if self.kept is None:
            return self.found
        return self.found[0] & self.kept[0], self.found[1] & self.kept[1]


def page_of(snapshot: Snapshot, found: tuple[BitMap, BitMap], order: Order, *, offset: int, limit: int) -> list[Place]:
    """Return at most ``limit`` places of the found positions, from ``offset`` on."""
    places: list[Place] = []
    for run in _runs(snapshot, found, order):
        if len(places) == limit:
            break
        size = run.size
        if offset < size:
            places += _merged(snapshot, run, offset, limit - len(places))
        offset = max(0, offset - size)
    return places


def _runs(snapshot: Snapshot, found: tuple[BitMap, BitMap], order: Order) -> Iterator[_Run]:
    base, delta = (segment.positions for segment in snapshot.segments)
    match order:
        case Order.NEWEST:
            yield _Run(found, descending=True)
        case Order.OLDEST:
            yield _Run((found[0] - base.undated, found[1] - delta.undated), descending=False)
            yield _Run(found, descending=False, kept=(base.undated, delta.undated))
        case Order.MOST_ITEMS:
            for size in sorted({*base.by_size, *delta.by_size}, reverse=True):
                of_size = base.by_size.get(size, BitMap()), delta.by_size.get(size, BitMap())
                yield _Run(found, descending=True, kept=of_size)
        case Order.ARRIVED:
            days = [segment.values[ARRIVED.name] for segment in snapshot.segments]
            # The unknown day sorts first; it comes last here.
            for day in sorted({*days[0], *days[1]}, key=lambda each: "" if each == UNKNOWN else each, reverse=True):
                of_day = days[0].get(day, BitMap()), days[1].get(day, BitMap())
                yield _Run(found, descending=True, kept=of_day)


def _merged(snapshot: Snapshot, run: _Run, offset: int, limit: int) -> list[Place]:
    (base, delta), descending = run.positions, run.descending
    if not delta:
        last = len(base) - offset
        found = base[max(0, last - limit) : last] if descending else base[offset : offset + limit]
        return [Place(BASE, position) for position in (reversed([*found]) if descending else found)]
    letter_of = snapshot.delta.positions.letter_of

    def delta_at(place: int) -> int:
        return delta[len(delta) - 1 - place] if descending else delta[place]

    def rank_of(place: int) -> int:
        """Return the rank of the delta's element in the whole run: how many of its own and of the base's precede it."""
        before = int(snapshot.base_before[letter_of[delta_at(place)]])
        smaller = base.rank(before - 1) if before else 0
        return place + (len(base) - smaller if descending else smaller)

    next_delta = bisect_left(range(len(delta)), offset, key=rank_of)
    next_base = offset - next_delta
    places: list[Place] = []
    while len(places) < limit and next_base + next_delta < len(base) + len(delta):
        if next_delta < len(delta) and rank_of(next_delta) == next_base + next_delta:
            places.append(Place(DELTA, delta_at(next_delta)))
            next_delta += 1
        else:
            places.append(Place(BASE, base[len(base) - 1 - next_base] if descending else base[next_base]))
            next_base += 1
    return places
