"""Segments: immutable sets of items with a bitmap for each value of each dimension, and their stored form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from imr_archive.search.facets.bits import bitmaps_from_bytes, bitmaps_to_bytes
from imr_archive.search.facets.codes import ValueCodes
from imr_archive.search.facets.positions import Letters, Positions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyroaring import BitMap

# The prefix of the names of the parts that hold a dimension's values.
VALUES = "dimension:"
# The names of the parts that hold arrays, and the arrays' type.
ITEM_KEYS = "items"
ARRAYS = (ITEM_KEYS, "letters", "days", "starts")
INT64 = "<i8"


@dataclass(frozen=True, eq=False)
class Segment:
    """Positions, and for each dimension and value the bitmap of the positions that have it."""

    positions: Positions
    values: Mapping[str, Mapping[str, BitMap]]
    _codes: dict[str, ValueCodes] = field(default_factory=dict, repr=False)

    def codes(self, dimension: str) -> ValueCodes:
        """Return a dimension's forward index, computed at first use."""
        if dimension not in self._codes:
            self._codes[dimension] = ValueCodes(self.values[dimension], len(self.positions.item_keys))
        return self._codes[dimension]

    def parts(self) -> dict[str, bytes]:
        """Serialize the segment into named parts."""
        letters = self.positions.letters
        arrays = (self.positions.item_keys, letters.keys, letters.days, letters.starts)
        parts = {name: array.astype(INT64).tobytes() for name, array in zip(ARRAYS, arrays, strict=True)}
        return parts | {f"{VALUES}{name}": bitmaps_to_bytes(bitmaps) for name, bitmaps in self.values.items()}

    @classmethod
    def from_parts(cls, parts: Mapping[str, bytes]) -> Segment:
        """Deserialize what ``parts`` returned."""
        items, keys, days, starts = (np.frombuffer(parts[name], dtype=INT64) for name in ARRAYS)
        values = {
            name.removeprefix(VALUES): bitmaps_from_bytes(payload)
            for name, payload in parts.items()
            if name.startswith(VALUES)
        }
        return cls(Positions(items, Letters(keys, days, starts)), values)
