"""Reads the stored matches and scores of the commonest words.

At a million letters, matching or scoring a word that most of them contain takes tenths of a second or seconds; reading
the stored result takes milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyroaring import BitMap

from imr_archive.search.facets.index.parts import read_part
from imr_archive.search.query.stems import stem
from imr_archive.search.query.tree import ITEM_SECTIONS, Section

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imr_archive.search.facets.snapshot import Snapshot
    from imr_archive.search.query.tree import Leaf

# A smaller archive matches and scores any word while a reader waits.
LARGE = 200_000
MATCHES, SCORES = "matches:", "scores:"
# Between the kind and the word: where the word is looked for.
_SCOPES = {ITEM_SECTIONS: "item:", (Section.SUMMARY,): "summary:"}
FLOAT32 = "<f4"


def name_of(kind: str, leaf: Leaf) -> str:
    """Return the name of the part for a leaf that is a single word in the item or in the summary; empty for others."""
    if leaf.also or leaf.within is not None or leaf.in_citations or leaf.case_number:
        return ""
    if len(leaf.runs) != 1 or leaf.runs[0].is_prefix or len(leaf.runs[0].tokens) != 1:
        return ""
    scope = _SCOPES.get(leaf.sections)
    return f"{kind}{scope}{stem(leaf.runs[0].tokens[0])}" if scope else ""


def read_matches(snapshot: Snapshot, leaf: Leaf, *, version: int | None = None) -> BitMap | None:
    """Return the positions in the stored segment (or in that of a version) that match a leaf; None if not stored."""
    payload = _read(snapshot, MATCHES, leaf, version)
    return None if payload is None else BitMap.deserialize(payload)


def read_scores(snapshot: Snapshot, leaf: Leaf, *, version: int | None = None) -> NDArray[np.float32] | None:
    """Return the scores of a leaf, without its rarity, by position in the stored segment (or in that of a version).

    None if they are not stored.
    """
    payload = _read(snapshot, SCORES, leaf, version)
    return None if payload is None else np.frombuffer(payload, dtype=FLOAT32)


def _read(snapshot: Snapshot, kind: str, leaf: Leaf, version: int | None) -> bytes | None:
    name = name_of(kind, leaf)
    if not name or len(snapshot.base.positions.item_keys) < LARGE:
        return None
    return read_part(snapshot.using, version or snapshot.state.version, name)
