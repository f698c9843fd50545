"""What common words found and scored in the version before, carried over to the newest.

After an ingest of a few thousand letters into a million, only those few are asked for: all else stands where it stood,
or a few places further on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from django.db import connections

from imr_archive.models import FacetIndex, FacetIndexPart
from imr_archive.search.facets.bits import bitmap_of, positions_in
from imr_archive.search.facets.leaf_matches import found_among
from imr_archive.search.facets.ranking import scores_among
from imr_archive.search.facets.segment import INT64, ITEM_KEYS
from imr_archive.search.facets.stored_words import read_found, read_scores
from imr_archive.search.fulltext.backend import backend

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyroaring import BitMap

    from imr_archive.search.facets.snapshot import Snapshot
    from imr_archive.search.query.tree import Leaf

# The part of a version that holds the keys of the letters that changed since the version before.
_CHANGED = "changed"
# Where more letters than this share have changed, all are asked for as quickly.
_MOST_CHANGED = 1 / 4


def note_changed(version: FacetIndex, letters: NDArray[np.int64]) -> None:
    """Store with a version which letters changed since the one before."""
    version.parts.create(name=_CHANGED, payload=letters.astype(INT64).tobytes())


class CarriedWords:
    """What the version before has stored of words, as it is in a snapshot's version."""

    def __init__(
        self, snapshot: Snapshot, before: int, item_keys: NDArray[np.int64], changed: NDArray[np.int64]
    ) -> None:
        positions = snapshot.base.positions
        self._snapshot = snapshot
        self._before = before
        self._part, self._part_at = positions.part(changed)
        # Where each position of the version before stands now; -1 where it does not, or is to be asked for.
        self._moved = positions.item_places(item_keys)
        is_changed = np.zeros(len(positions.item_keys), dtype=bool)
        is_changed[self._part_at] = True
        self._moved[(self._moved >= 0) & is_changed[self._moved]] = -1

    @classmethod
    def into(cls, snapshot: Snapshot) -> CarriedWords | None:
        """Return the words of the version before; None if there is none, or too many letters changed."""
        version = snapshot.state.version
        before = FacetIndex.objects.using(snapshot.using).filter(pk__lt=version or 0).first()
        changed = _array(snapshot.using, version, _CHANGED)
        item_keys = _array(snapshot.using, before.pk, ITEM_KEYS) if before else None
        if before is None or changed is None or item_keys is None:
            return None
        is_much = len(changed) > _MOST_CHANGED * len(snapshot.base.positions.letters.keys)
        return None if is_much else cls(snapshot, before.pk, item_keys, changed)

    def found(self, leaf: Leaf) -> BitMap | None:
        """Return where in the stored segment a leaf stands; None if the version before doesn't say."""
        stored = read_found(self._snapshot, leaf, version=self._before)
        if stored is None:
            return None
        moved = self._moved[positions_in(stored)]
        again = found_among(self._snapshot.using, leaf, self._part)
        return bitmap_of(np.sort(moved[moved >= 0])) | bitmap_of(self._part_at[positions_in(again)])

    def scores(self, leaf: Leaf) -> NDArray[np.float32] | None:
        """Return the scores of a leaf, before its rarity; None if that is not known from before."""
        if backend(connections[self._snapshot.using]).scores_contain_rarity:
            return None
        stored = read_scores(self._snapshot, leaf, version=self._before)
        if stored is None:
            return None
        vector = np.zeros(len(self._snapshot.base.positions.item_keys), dtype=np.float32)
        vector[self._moved[self._moved >= 0]] = stored[self._moved >= 0]
        vector[self._part_at] = scores_among(self._snapshot, self._part, leaf, self._part.everything)
        return vector


def _array(using: str, version: int | None, name: str) -> NDArray[np.int64] | None:
    payload = FacetIndexPart.objects.using(using).filter(index=version, name=name).values_list("payload", flat=True)
    stored = payload.order_by().first()
    return None if stored is None else np.frombuffer(bytes(stored), dtype=INT64)
