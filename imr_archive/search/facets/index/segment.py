"""Segments: immutable sets of items with a bitmap for each value of each dimension, and their stored form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from imr_archive.search.facets.index.bits import bitmaps_from_bytes, bitmaps_to_bytes
from imr_archive.search.facets.index.codes import ValueCodes
from imr_archive.search.facets.index.positions import LetterPositions, Positions
from imr_archive.search.facets.sections import SectionValues

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyroaring import BitMap

# The prefix of the names of the parts that hold a dimension's values.
VALUES = "dimension:"
# The prefix of the names of the parts that hold the sections of a dimension's guidelines.
SECTIONS = "sections:"
# The names of the parts that hold arrays, and the arrays' type.
ITEM_KEYS = "items"
ARRAYS = (ITEM_KEYS, "letters", "days", "starts")
INT64 = "<i8"


@dataclass(frozen=True, eq=False)
class Segment:
    """Positions, and for each dimension and value the bitmap of the positions that have it.

    ``sections`` are the values of the third level of the dimensions of guidelines.
    """

    positions: Positions
    values: Mapping[str, Mapping[str, BitMap]]
    sections: Mapping[str, SectionValues]
    _codes: dict[str, ValueCodes] = field(default_factory=dict, repr=False)

    def bitmap(self, dimension: str, slug: str) -> BitMap | None:
        """Return the positions that have a value of a dimension, a section included; None if there are none."""
        found = self.values[dimension].get(slug)
        if found is None and dimension in self.sections:
            found = self.sections[dimension].bitmaps.get(slug)
        return found

    def slugs(self, dimension: str) -> set[str]:
        """Return all values of a dimension, sections included."""
        sections = self.sections[dimension].bitmaps if dimension in self.sections else ()
        return {*self.values[dimension], *sections}

    def codes(self, dimension: str) -> ValueCodes:
        """Return a dimension's forward index without sections, computed at first use."""
        if dimension not in self._codes:
            self._codes[dimension] = ValueCodes(self.values[dimension], len(self.positions.item_keys))
        return self._codes[dimension]

    def parts(self) -> dict[str, bytes]:
        """Serialize the segment into named parts."""
        letters = self.positions.letters
        arrays = (self.positions.item_keys, letters.keys, letters.days, letters.starts)
        parts = {name: array.astype(INT64).tobytes() for name, array in zip(ARRAYS, arrays, strict=True)}
        parts |= {f"{VALUES}{name}": bitmaps_to_bytes(bitmaps) for name, bitmaps in self.values.items()}
        return parts | {f"{SECTIONS}{name}": sections.to_bytes() for name, sections in self.sections.items()}

    @classmethod
    def from_parts(cls, parts: Mapping[str, bytes]) -> Segment:
        """Deserialize what ``parts`` returned."""
        items, keys, days, starts = (np.frombuffer(parts[name], dtype=INT64) for name in ARRAYS)
        values = {
            name.removeprefix(VALUES): bitmaps_from_bytes(payload)
            for name, payload in parts.items()
            if name.startswith(VALUES)
        }
        sections = {
            name.removeprefix(SECTIONS): SectionValues.from_bytes(payload)
            for name, payload in parts.items()
            if name.startswith(SECTIONS)
        }
        return cls(Positions(items, LetterPositions(keys, days, starts)), values, sections)
