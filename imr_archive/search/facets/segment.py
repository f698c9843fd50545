"""Items that never change, with a bitmap of positions for every value of every dimension, and how they are stored."""

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

# How the name of a part begins that holds a dimension's values.
VALUES = "dimension:"
# The parts that hold arrays, and how these are stored.
ITEM_KEYS = "items"
ARRAYS = (ITEM_KEYS, "letters", "days", "starts")
INT64 = "<i8"


@dataclass(frozen=True, eq=False)
class Segment:
    """Positions, and by dimension and slug the positions that have a value."""

    positions: Positions
    values: Mapping[str, Mapping[str, BitMap]]
    _codes: dict[str, ValueCodes] = field(default_factory=dict, repr=False)

    def codes(self, dimension: str) -> ValueCodes:
        """Return a dimension's values by position, worked out when they are first asked for."""
        if dimension not in self._codes:
            self._codes[dimension] = ValueCodes(self.values[dimension], len(self.positions.item_keys))
        return self._codes[dimension]

    def parts(self) -> dict[str, bytes]:
        """Write the segment as named parts, to be stored."""
        letters = self.positions.letters
        arrays = (self.positions.item_keys, letters.keys, letters.days, letters.starts)
        parts = {name: array.astype(INT64).tobytes() for name, array in zip(ARRAYS, arrays, strict=True)}
        return parts | {f"{VALUES}{name}": bitmaps_to_bytes(bitmaps) for name, bitmaps in self.values.items()}

    @classmethod
    def from_parts(cls, parts: Mapping[str, bytes]) -> Segment:
        """Read what ``parts`` wrote."""
        items, keys, days, starts = (np.frombuffer(parts[name], dtype=INT64) for name in ARRAYS)
        values = {
            name.removeprefix(VALUES): bitmaps_from_bytes(payload)
            for name, payload in parts.items()
            if name.startswith(VALUES)
        }
        return cls(Positions(items, Letters(keys, days, starts)), values)
