"""A forward index of a dimension: values by position. Counts scattered items faster than bitmaps do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imr_archive.search.facets.index.bits import positions_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from pyroaring import BitMap


class ValueCodes:
    """One code for each position, which stands for the set of all its values.

    Items have far fewer distinct sets of values than there are items: first the sets are counted, then the values.
    """

    def __init__(self, values: Mapping[str, BitMap], size: int) -> None:
        self._slugs = [*values]
        sets: list[tuple[int, ...]] = [()]
        codes = np.zeros(size, dtype=np.int32)
        for number, bitmap in enumerate(values.values()):
            positions = positions_in(bitmap)
            before = codes[positions]
            held = _distinct(before, len(sets))
            renamed = np.empty(len(sets), dtype=np.int32)
            renamed[held] = np.arange(len(sets), len(sets) + len(held))
            codes[positions] = renamed[before]
            sets += [(*sets[each], number) for each in held.tolist()]
        # Most of the sets made above were intermediate: subsets of a final one.
        held = _distinct(codes, len(sets))
        sets = [sets[each] for each in held.tolist()]
        renamed = np.zeros(int(held.max(initial=0)) + 1, dtype=np.min_scalar_type(len(sets)))
        renamed[held] = np.arange(len(sets))
        self._codes = renamed[codes]
        self._lengths = np.array([len(each) for each in sets], dtype=np.int64)
        self._ends = np.cumsum(self._lengths)
        self._members = np.array([number for each in sets for number in each], dtype=np.int64)

    def counts(self, positions: NDArray[np.uint32]) -> dict[str, int]:
        """Count, among some positions, those of each value."""
        of_sets = np.bincount(self._codes[positions], minlength=len(self._lengths))
        found = np.bincount(self._members, np.repeat(of_sets, self._lengths), minlength=len(self._slugs))
        return dict(zip(self._slugs, found.astype(np.int64).tolist(), strict=True))

    def letter_counts(self, positions: NDArray[np.uint32], letter_of: NDArray[np.int32]) -> dict[str, int]:
        """Count the distinct letters in which any of the positions has each value."""
        codes = self._codes[positions]
        lengths = self._lengths[codes]
        ends = np.cumsum(lengths)
        places = np.arange(int(lengths.sum())) + np.repeat(self._ends[codes] - ends, lengths)
        letters = np.repeat(letter_of[positions].astype(np.int64), lengths)
        pairs = letters * len(self._slugs) + self._members[places]
        # Nearly sorted already (except within each letter), which makes a stable sort fast.
        pairs.sort(kind="stable")
        is_first = np.diff(pairs, prepend=-1) != 0
        found = np.bincount(pairs[is_first] % len(self._slugs), minlength=len(self._slugs))
        return dict(zip(self._slugs, found.tolist(), strict=True))


def _distinct(codes: NDArray[np.int32], size: int) -> NDArray[np.int64]:
    """Return the codes that occur, of so many, ascending."""
    occurs = np.zeros(size, dtype=bool)
    occurs[codes] = True
    return np.flatnonzero(occurs)
