"""Selections: sets of disputed items that are filtered, counted and paged without a query for rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from pyroaring import BitMap

from imr_archive.search.facets.index.bits import positions_in
from imr_archive.search.facets.paging import Order, Place, page_of
from imr_archive.search.facets.snapshot import current_snapshot
from imr_archive.search.facets.words.matches import matching_positions
from imr_archive.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence

    from imr_archive.search.facets.dimension import Dimension
    from imr_archive.search.facets.index.segment import Segment
    from imr_archive.search.facets.snapshot import Snapshot
    from imr_archive.search.query.parser import SearchQuery

    Bitmaps = tuple[BitMap, BitMap]

Computed = TypeVar("Computed")


class Unit(Vocabulary):
    """What is counted and listed."""

    ITEMS = "items", "disputed items"
    DETERMINATIONS = "determinations", "determinations"


@dataclass(frozen=True, eq=False)
class Selection:
    """Disputed items of one snapshot, as positions in each of its segments."""

    snapshot: Snapshot
    positions: Bitmaps
    # The filters that made it, under which its counts are cached; None if its items don't follow from filters.
    criteria: frozenset[Hashable] | None = None

    @classmethod
    def of_everything(cls, snapshot: Snapshot | None = None) -> Selection:
        """Return all items of the archive as it is now, or of a snapshot."""
        snapshot = snapshot or current_snapshot()
        return cls(snapshot, snapshot.live, frozenset())

    def none(self) -> Selection:
        """Return no item."""
        return replace(self, positions=(BitMap(), BitMap()), criteria=None)

    def having(self, dimension: Dimension, slugs: Iterable[str]) -> Selection:
        """Keep the items that have any of some values of a dimension."""
        slugs = frozenset(slugs)
        base, delta = (_having_any(segment, dimension.name, slugs) for segment in self.snapshot.segments)
        return self._narrowed((dimension.name, slugs), (base, delta))

    def matching(self, query: SearchQuery) -> Selection:
        """Keep the items that match a query."""
        if query.root is None:
            return self
        return self._narrowed(query.root, matching_positions(self.snapshot, query.root))

    def _narrowed(self, criterion: Hashable, found: Bitmaps) -> Selection:
        positions = self.positions[0] & found[0], self.positions[1] & found[1]
        return replace(
            self, positions=positions, criteria=None if self.criteria is None else self.criteria | {criterion}
        )

    def size(self, unit: Unit = Unit.ITEMS) -> int:
        """Count the items, or their distinct letters."""
        if unit is Unit.ITEMS:
            return sum(map(len, self.positions))
        return self.cached((unit,), lambda: sum(map(len, self._letters(self.positions))))

    def counts(
        self, dimension: Dimension, slugs: Collection[str] | None = None, unit: Unit = Unit.ITEMS
    ) -> Mapping[str, int]:
        """Count the items, or letters, of each value of a dimension, or of some values; 0 may be absent.

        Sections are counted only if they are among those values.
        """
        key = dimension.name, None if slugs is None else frozenset(slugs), unit
        return self.cached(key, lambda: self._counted(dimension, slugs, unit))

    def _counted(self, dimension: Dimension, slugs: Collection[str] | None, unit: Unit) -> dict[str, int]:
        counts: dict[str, int] = {}
        for segment, own in zip(self.snapshot.segments, self.positions, strict=True):
            if counts and not own:  # usually the delta, if nothing has changed
                continue
            for slug, number in _counted(segment, own, dimension, slugs, unit).items():
                counts[slug] = counts.get(slug, 0) + number
        return counts

    def cached(self, key: Hashable, compute: Callable[[], Computed]) -> Computed:
        """Return what an equal selection of the snapshot computed for the key before, or compute it; never None."""
        if self.criteria is None:
            return compute()
        counts = self.snapshot.counts
        known: Computed | None = counts.get((self.criteria, key))
        return counts.put((self.criteria, key), compute()) if known is None else known

    def values(self, dimension: Dimension, *, below: Iterable[str] = ()) -> set[str]:
        """Return the values of a dimension that any item of the archive has; of sections, those of some guidelines."""
        found = set().union(*(segment.values[dimension.name] for segment in self.snapshot.segments))
        if dimension.has_sections:
            for guideline, segment in product(below, self.snapshot.segments):
                found.update(segment.sections[dimension.name].by_guideline.get(guideline, ()))
        return found

    def sections(self, dimension: Dimension) -> set[str]:
        """Return all sections of a dimension that any item of the archive has."""
        if not dimension.has_sections:
            return set()
        return set().union(*(segment.sections[dimension.name].bitmaps for segment in self.snapshot.segments))

    def item_keys(self) -> list[int]:
        """Return the keys of all items, in no particular order."""
        segments = zip(self.snapshot.segments, self.positions, strict=True)
        return [key for segment, own in segments for key in segment.positions.item_keys[positions_in(own)].tolist()]

    def page(self, order: Order, unit: Unit, *, offset: int, limit: int) -> list[int]:
        """Return one page of keys: of items, or of determinations."""
        found = self.positions if unit is Unit.ITEMS else self._letters(self.positions)
        return [self.key(place, unit) for place in page_of(self.snapshot, found, order, offset=offset, limit=limit)]

    def items_of(self, determination: int) -> list[int]:
        """Return the keys of the selected items of a determination, in the letter's order."""
        keys = []
        for segment, own in zip(self.snapshot.segments, self.positions, strict=True):
            found = own & segment.positions.items_of_letters(np.array([determination]))
            keys += [int(segment.positions.item_keys[position]) for position in found]
        return keys

    def _letters(self, found: Bitmaps) -> Bitmaps:
        base, delta = self.snapshot.segments
        return base.positions.letters_of(found[0]), delta.positions.letters_of(found[1])

    def key(self, place: Place, unit: Unit) -> int:
        """Return the key of the item at a place, or of its determination."""
        positions = self.snapshot.segments[place.segment].positions
        if unit is Unit.ITEMS:
            return int(positions.item_keys[place.position])
        return int(positions.letters.keys[positions.letter_of[place.position]])


def _having_any(segment: Segment, dimension: str, slugs: Collection[str]) -> BitMap:
    found = [bitmap for slug in slugs if (bitmap := segment.bitmap(dimension, slug)) is not None]
    # A union would copy a single bitmap.
    return found[0] if len(found) == 1 else BitMap.union(BitMap(), *found)


# Fewer items than these are counted quickly either way.
_FEW_ITEMS = 1_000
# Looking up an item's values takes as long as intersecting so many bytes of scattered containers with one value.
_LOOKED_UP = 10


def _counted(
    segment: Segment, own: BitMap, dimension: Dimension, slugs: Collection[str] | None, unit: Unit
) -> dict[str, int]:
    values = segment.values[dimension.name]
    wanted = [slug for slug in values if slugs is None or slug in slugs]
    counts = _counted_values(segment, own, dimension, wanted, unit)
    if slugs and dimension.has_sections:
        sections = segment.sections[dimension.name].bitmaps
        counts |= _intersected(segment, own, {slug: sections[slug] for slug in slugs if slug in sections}, unit)
    return counts


def _counted_values(
    segment: Segment, own: BitMap, dimension: Dimension, wanted: Sequence[str], unit: Unit
) -> dict[str, int]:
    values, positions = segment.values[dimension.name], segment.positions
    if unit is Unit.DETERMINATIONS and dimension.of_letters:
        # All items of a letter have the same values, so its first one stands for it.
        own, unit = positions.letters_of(own), Unit.ITEMS
    if _is_scattered(own, len(wanted)):
        codes, places = segment.codes(dimension.name), positions_in(own)
        of_letters = unit is Unit.DETERMINATIONS
        counts = codes.letter_counts(places, positions.letter_of) if of_letters else codes.counts(places)
        return {slug: counts[slug] for slug in wanted}
    return _intersected(segment, own, {slug: values[slug] for slug in wanted}, unit)


def _intersected(segment: Segment, own: BitMap, values: Mapping[str, BitMap], unit: Unit) -> dict[str, int]:
    if unit is Unit.ITEMS:
        return {slug: own.intersection_cardinality(bitmap) for slug, bitmap in values.items()}
    return {slug: len(segment.positions.letters_of(own & bitmap)) for slug, bitmap in values.items()}


def _is_scattered(own: BitMap, values: int) -> bool:
    """Return whether items are so scattered that looking up their values is faster than intersecting bitmaps."""
    if len(own) < _FEW_ITEMS:
        return False
    held = own.get_statistics()
    scattered = held["n_bytes_array_containers"] + held["n_bytes_run_containers"]
    return bool(values * scattered > _LOOKED_UP * len(own))
