"""A facet index of many times as many letters: each letter of an index so many times, shuffled within its day."""

from __future__ import annotations

import numpy as np
from pyroaring import BitMap

from imr_archive.search.facets.index.bits import bitmap_of, compressed, positions_in
from imr_archive.search.facets.index.positions import LetterPositions, Positions
from imr_archive.search.facets.index.segment import Segment
from imr_archive.search.facets.sections import SectionValues


def repeated(segment: Segment, times: int, *, seed: int = 77) -> Segment:
    """Return the segment with each letter ``times`` times. Letters of a day are shuffled: copies are not neighbours."""
    letters = segment.positions.letters
    count = len(letters.keys)
    source = np.repeat(np.arange(count), times)
    chance = np.random.default_rng(seed)
    source = source[np.lexsort((chance.random(len(source)), letters.days[source]))]
    sizes = np.diff(letters.starts)[source]
    starts = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(sizes)))
    items = int(starts[-1])
    # The position that each item has in the segment.
    origin = np.repeat(letters.starts[source] - starts[:-1], sizes) + np.arange(items)
    keys = np.arange(1, len(source) + 1, dtype=np.int64)
    positions = Positions(np.arange(1, items + 1, dtype=np.int64), LetterPositions(keys, letters.days[source], starts))

    def of_all(bitmap: BitMap) -> BitMap:
        has = np.zeros(len(segment.positions.item_keys), dtype=bool)
        has[positions_in(bitmap)] = True
        return compressed(bitmap_of(np.flatnonzero(has[origin])))

    return Segment(
        positions,
        {name: {slug: of_all(each) for slug, each in values.items()} for name, values in segment.values.items()},
        {
            name: SectionValues({slug: of_all(each) for slug, each in sections.bitmaps.items()}, sections.labels)
            for name, sections in segment.sections.items()
        },
    )
