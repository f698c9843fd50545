"""Reuses the stored matches and scores of common words of the previous index version for the newest one.

After an ingest of a few thousand letters into a million, the database is queried for those letters only: all others
keep their matches, at most at shifted positions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from django.db import connections

from imr_archive.models import FacetIndex
from imr_archive.search.facets.index.bits import bitmap_of, positions_in
from imr_archive.search.facets.index.parts import changed_letters, read_array
from imr_archive.search.facets.index.segment import ITEM_KEYS
from imr_archive.search.facets.words.matches import matches_among
from imr_archive.search.facets.words.ranking import scores_among
from imr_archive.search.facets.words.stored import read_matches, read_scores
from imr_archive.search.fulltext.backend import backend

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyroaring import BitMap

    from imr_archive.search.facets.snapshot import Snapshot
    from imr_archive.search.query.tree import Leaf

# If more than this share of the letters changed, querying all is as fast.
_MOST_CHANGED = 1 / 4


class ReusedWords:
    """The stored results of the previous index version, moved to the positions of a snapshot's version."""

    def __init__(
        self, snapshot: Snapshot, previous: int, item_keys: NDArray[np.int64], changed: NDArray[np.int64]
    ) -> None:
        positions = snapshot.base.positions
        self._snapshot = snapshot
        self._previous = previous
        self._changed, self._changed_at = positions.subset(changed)
        # The new position of each old one; -1 where the item is gone or changed.
        self._moved = positions.item_places(item_keys)
        is_changed = np.zeros(len(positions.item_keys), dtype=bool)
        is_changed[self._changed_at] = True
        self._moved[(self._moved >= 0) & is_changed[self._moved]] = -1

    @classmethod
    def of_previous_version(cls, snapshot: Snapshot) -> ReusedWords | None:
        """Return the results of the previous version; None if there is none, or too many letters changed."""
        version = snapshot.state.version
        previous = FacetIndex.objects.using(snapshot.using).filter(pk__lt=version or 0).first()
        changed = changed_letters(snapshot.using, version)
        item_keys = read_array(snapshot.using, previous.pk, ITEM_KEYS) if previous else None
        if previous is None or changed is None or item_keys is None:
            return None
        is_much = len(changed) > _MOST_CHANGED * len(snapshot.base.positions.letters.keys)
        return None if is_much else cls(snapshot, previous.pk, item_keys, changed)

    def matches(self, leaf: Leaf) -> BitMap | None:
        """Return the positions in the stored segment that match a leaf; None if the previous version has none."""
        stored = read_matches(self._snapshot, leaf, version=self._previous)
        if stored is None:
            return None
        moved = self._moved[positions_in(stored)]
        changed = matches_among(self._snapshot.using, leaf, self._changed)
        return bitmap_of(np.sort(moved[moved >= 0])) | bitmap_of(self._changed_at[positions_in(changed)])

    def scores(self, leaf: Leaf) -> NDArray[np.float32] | None:
        """Return the scores of a leaf without its rarity; None if the previous version has none that hold."""
        if backend(connections[self._snapshot.using]).scores_contain_rarity:
            return None
        stored = read_scores(self._snapshot, leaf, version=self._previous)
        if stored is None:
            return None
        vector = np.zeros(len(self._snapshot.base.positions.item_keys), dtype=np.float32)
        vector[self._moved[self._moved >= 0]] = stored[self._moved >= 0]
        vector[self._changed_at] = scores_among(self._snapshot, self._changed, leaf, self._changed.everything)
        return vector
