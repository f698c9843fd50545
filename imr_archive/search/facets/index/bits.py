"""Converts roaring bitmaps from and to arrays of positions and bytes."""

from __future__ import annotations

import json
from array import array
from typing import TYPE_CHECKING, Any

import numpy as np
from pyroaring import BitMap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

# Run containers intersect slowly; they are worth it where they take so many times less space.
_WORTH = 4
# From an array of this type the bitmap reads all numbers at once, instead of one by one.
_UINT32 = "I"


def bitmap_of(positions: NDArray[Any]) -> BitMap:
    """Return the bitmap of an array of positions, in any order; without run containers, which intersect slowly."""
    return BitMap(array(_UINT32, np.ascontiguousarray(positions, dtype=np.uint32).tobytes()), optimize=False)


def compressed(bitmap: BitMap) -> BitMap:
    """Return a bitmap for long use: with run containers if these take far less space, because they intersect slowly."""
    bitmap.shrink_to_fit()
    runs = BitMap(bitmap)
    runs.run_optimize()
    return runs if len(runs.serialize()) * _WORTH < len(bitmap.serialize()) else bitmap


def positions_in(bitmap: BitMap) -> NDArray[np.uint32]:
    """Return the positions of a bitmap, ascending."""
    return np.frombuffer(bitmap.to_array(), dtype=np.uint32)


def bitmaps_to_bytes(bitmaps: Mapping[str, BitMap]) -> bytes:
    """Write named bitmaps: a line of JSON with names and lengths, then the bitmaps as CRoaring writes them."""
    written = {name: bitmap.serialize() for name, bitmap in bitmaps.items()}
    table = json.dumps([[name, len(content)] for name, content in written.items()])
    return table.encode() + b"\n" + b"".join(written.values())


def bitmaps_from_bytes(payload: bytes) -> dict[str, BitMap]:
    """Read what ``bitmaps_to_bytes`` wrote."""
    table, _, content = payload.partition(b"\n")
    bitmaps = {}
    start = 0
    for name, length in json.loads(table):
        bitmaps[name] = BitMap.deserialize(content[start : start + length])
        start += length
    return bitmaps
