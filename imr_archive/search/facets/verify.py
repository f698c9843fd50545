"""Verifies the facet index, with what changed since, against the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from django.db import DEFAULT_DB_ALIAS

from imr_archive.search.facets.dimensions import INDEXED
from imr_archive.search.facets.index.bits import positions_in
from imr_archive.search.facets.index.loading import read_segment
from imr_archive.search.facets.index.parts import damaged_parts
from imr_archive.search.facets.selection import Selection
from imr_archive.search.facets.snapshot import current_snapshot, forget_snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from imr_archive.search.facets.index.segment import Segment


def index_faults(using: str = DEFAULT_DB_ALIAS) -> Iterator[str]:
    """Yield a sentence for each way in which the index differs from the rows.

    The index is read as any new process reads it, and compared with the rows dimension by dimension.
    """
    if damaged := [*damaged_parts(using)]:
        yield from damaged
        return
    forget_snapshots()
    held = Selection.of_everything(current_snapshot(using))
    rows = read_segment(using=using)
    stored, expected = np.sort(held.item_keys()), np.sort(rows.positions.item_keys)
    if not np.array_equal(stored, expected):
        missing, extra = len(np.setdiff1d(expected, stored)), len(np.setdiff1d(stored, expected))
        yield f"{missing:,} items are missing in it, and it has {extra:,} that are gone"
        return
    for dimension in INDEXED:
        slugs = {*held.values(dimension), *held.sections(dimension), *rows.slugs(dimension.name)}
        differing = sum(
            not np.array_equal(np.sort(held.having(dimension, [slug]).item_keys()), _keys(rows, dimension.name, slug))
            for slug in slugs
        )
        if differing:
            yield f"{differing:,} values of the facet “{dimension.title}” have other items than the rows say"


def _keys(rows: Segment, dimension: str, slug: str) -> NDArray[np.int64]:
    having = rows.bitmap(dimension, slug)
    keys: NDArray[np.int64] = rows.positions.item_keys[positions_in(having)] if having else np.empty(0, dtype=np.int64)
    return np.sort(keys)
