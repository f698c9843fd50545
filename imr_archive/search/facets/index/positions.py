"""Positions: the ranks of disputed items, by which bitmaps refer to them.

Items are ranked by decision date (unknown dates first), determination, and place in the letter. So any page of the
list is a look-up by position, and the items of a letter are adjacent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from pyroaring import BitMap

from imr_archive.search.facets.index.bits import bitmap_of, positions_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.int64]

UNDATED = -1
# A letter's day and key are combined into one number, by which letters are sorted.
_KEY_BITS = 40
_NOT_HERE = -1
# Below one in so many, places are processed one by one.
_FEW = 100
# The sample holds one letter of so many.
SAMPLED = 8


@dataclass(frozen=True)
class LetterPositions:
    """Determinations in order: keys, decision days (ordinals; ``UNDATED``), and the position of each one's first item.

    ``starts`` is one longer than the others: it ends with the number of items.
    """

    keys: Array
    days: Array
    starts: Array

    @cached_property
    def order(self) -> Array:
        """The sort key of each letter, ascending."""
        return letter_order(self.days, self.keys)


def letter_order(days: Array, keys: Array) -> Array:
    """Return the sort keys of letters: by day, unknown dates first, then by key."""
    return (days + 1 << _KEY_BITS) + keys


class Positions:
    """The keys of items and of their letters, by position."""

    def __init__(self, item_keys: Array, letters: LetterPositions) -> None:
        self.item_keys = item_keys
        self.letters = letters
        self.everything = BitMap(range(len(item_keys)))
        counts = np.diff(letters.starts)
        self.letter_of = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        self.ordinals = self._by_ordinal()
        self.by_size = {
            int(size): bitmap_of(np.flatnonzero(np.repeat(counts, counts) == size)) for size in np.unique(counts)
        }
        # Positions without a date come first.
        undated = int(np.searchsorted(letters.days, UNDATED, side="right"))
        self.undated = BitMap(range(int(letters.starts[undated]))) if undated else BitMap()
        self._items = _KeyTable(item_keys)
        self._letters = _KeyTable(letters.keys)

    @cached_property
    def sample(self) -> BitMap:
        """The items of every eighth letter, for estimates over many letters."""
        return bitmap_of(np.flatnonzero(self.letter_of % SAMPLED == 0))

    def _by_ordinal(self) -> tuple[BitMap, ...]:
        """Return the positions of the first items of all letters, of the second ones, and so on."""
        place = np.arange(len(self.item_keys)) - self.letters.starts[self.letter_of]
        return tuple(bitmap_of(np.flatnonzero(place == nth)) for nth in range(int(place.max(initial=-1)) + 1))

    def item_places(self, keys: Array) -> NDArray[np.int32]:
        """Return the position of each item by its key; -1 for an unknown key."""
        return self._items.places(keys)

    def letter_places(self, keys: Array) -> NDArray[np.int32]:
        """Return the place of each letter among the letters by its key; -1 for an unknown key."""
        return self._letters.places(keys)

    def items_at(self, keys: Array) -> BitMap:
        """Return the positions of items by their keys; unknown keys are ignored."""
        return _bitmap_of_many(self.item_places(keys), len(self.item_keys))

    def items_of_letters(self, keys: Array) -> BitMap:
        """Return the positions of all items of letters by the letters' keys; unknown keys are ignored."""
        places = self.letter_places(keys)
        places = places[places != _NOT_HERE]
        if len(places) > len(self.letters.keys) // _FEW:
            chosen = np.zeros(len(self.letters.keys), dtype=bool)
            chosen[places] = True
            return bitmap_of(np.flatnonzero(chosen[self.letter_of]))
        found = BitMap()
        for place in places.tolist():
            found.add_range(int(self.letters.starts[place]), int(self.letters.starts[place + 1]))
        return found

    def subset(self, letters: Array) -> tuple[Positions, NDArray[np.uint32]]:
        """Return the positions of some letters alone, by the letters' keys, and the position here of each of them."""
        places = np.unique(self.letter_places(letters))
        places = places[places != _NOT_HERE]
        counts = np.diff(self.letters.starts)[places]
        starts = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))
        here = positions_in(self.items_of_letters(letters))
        own = LetterPositions(self.letters.keys[places], self.letters.days[places], starts)
        return Positions(self.item_keys[here], own), here

    def letters_of(self, items: BitMap) -> BitMap:
        """Return the letters that have any of the items, each as the position of its first item.

        Each letter's second item is shifted by one to the left, its third by two, and so on, which takes tenths of a
        millisecond at any size.
        """
        firsts = [
            (items & ordinal).shift(-place) if place else items & ordinal for place, ordinal in enumerate(self.ordinals)
        ]
        return BitMap.union(*firsts) if firsts else BitMap()


def _bitmap_of_many(places: NDArray[np.int32], size: int) -> BitMap:
    """Return the bitmap of places in any order, without ``_NOT_HERE``; they are sorted first, which is far faster."""
    places = places[places != _NOT_HERE]
    if len(places) < size // _FEW:
        return bitmap_of(np.sort(places))
    chosen = np.zeros(size, dtype=bool)
    chosen[places] = True
    return bitmap_of(np.flatnonzero(chosen))


class _KeyTable:
    """A direct-address table from keys to places: databases number rows densely, so it is small and the fastest."""

    def __init__(self, keys: Array) -> None:
        self._first = int(keys.min(initial=0))
        self._places = np.full(int(keys.max(initial=-1)) - self._first + 1, _NOT_HERE, dtype=np.int32)
        self._places[keys - self._first] = np.arange(len(keys), dtype=np.int32)

    def places(self, keys: Array) -> NDArray[np.int32]:
        """Return the place of each key; ``_NOT_HERE`` for others."""
        rows = keys - self._first
        is_known = (rows >= 0) & (rows < len(self._places))
        places = np.full(len(keys), _NOT_HERE, dtype=np.int32)
        places[is_known] = self._places[rows[is_known]]
        return places
