"""Matches a query: leaves and their and, or, not → bitmaps of item positions, one for each segment.

A leaf matches an item if the item's own text, its letter's summary or a guideline cited for it contains the words, or
if its letter has the case number.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import connections
from django.db.models import Q
from pyroaring import BitMap

from imr_archive.models import Determination, GuidelineCitation
from imr_archive.models.search_indexes import CITATIONS, GUIDELINES, ITEMS, SUMMARIES
from imr_archive.search.facets.words.stored import read_matches
from imr_archive.search.fulltext.backend import backend
from imr_archive.search.fulltext.expressions import RowMatches
from imr_archive.search.fulltext.keys import Keys
from imr_archive.search.query.tree import ITEM_SECTIONS, And, Leaf, Node, Not, Or, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from imr_archive.search.facets.index.positions import Positions
    from imr_archive.search.facets.snapshot import Snapshot

    Bitmaps = tuple[BitMap, BitMap]


_SUMMARY = (Section.SUMMARY,)


def matching_positions(snapshot: Snapshot, node: Node) -> Bitmaps:
    """Return the positions of the items that match a query: and, or and not combine items."""
    match node:
        case Leaf():
            return _leaf_positions(snapshot, node)
        case Not(part):
            base, delta = matching_positions(snapshot, part)
            return snapshot.live[0] - base, snapshot.live[1] - delta
        case And(parts):
            found = [matching_positions(snapshot, part) for part in parts]
            return BitMap.intersection(*(each[0] for each in found)), BitMap.intersection(*(each[1] for each in found))
        case Or(parts):
            found = [matching_positions(snapshot, part) for part in parts]
            return BitMap.union(*(each[0] for each in found)), BitMap.union(*(each[1] for each in found))


def _leaf_positions(snapshot: Snapshot, leaf: Leaf) -> Bitmaps:
    if leaf.in_text and not leaf.sections:
        # A page shows the counts of both scopes, so the matches in the item are computed once for both.
        found = [_leaf_positions(snapshot, replace(leaf, sections=each)) for each in (ITEM_SECTIONS, _SUMMARY)]
        return found[0][0] | found[1][0], found[0][1] | found[1][1]
    delta = snapshot.delta.positions
    return (
        snapshot.matches[0].get_or_make(leaf, lambda: _stored_or_matched(snapshot, leaf)),
        snapshot.matches[1].get_or_make(leaf, lambda: matches_among(snapshot.using, leaf, delta)),
    )


def _stored_or_matched(snapshot: Snapshot, leaf: Leaf) -> BitMap:
    stored = read_matches(snapshot, leaf)
    return base_matches(snapshot, leaf) if stored is None else stored


def base_matches(snapshot: Snapshot, leaf: Leaf) -> BitMap:
    """Query the database for the positions in the stored segment that match a leaf."""
    return _found(snapshot.using, leaf, snapshot.base.positions, is_all=True)


def matches_among(using: str, leaf: Leaf, positions: Positions) -> BitMap:
    """Query the database for the positions of a few letters that match a leaf, in the range of their keys."""
    return _found(using, leaf, positions, is_all=False)


def _found(using: str, leaf: Leaf, positions: Positions, *, is_all: bool) -> BitMap:
    if not len(positions.item_keys):
        return BitMap()
    return BitMap.union(*_ways(using, leaf, positions, is_all))


def _ways(using: str, leaf: Leaf, positions: Positions, is_all: bool) -> Iterator[BitMap]:
    engine = backend(connections[using])
    if leaf.in_citations:
        yield positions.items_at(_citing_items(using, leaf, None if is_all else _range(positions.item_keys)))
    if leaf.in_text and ITEMS.columns_in(leaf.sections):
        between = None if is_all else _range(positions.item_keys)
        yield positions.items_at(engine.matching_keys(ITEMS, leaf, between=between))
    if leaf.in_text and SUMMARIES.columns_in(leaf.sections):
        between = None if is_all else _range(positions.letters.keys)
        yield positions.items_of_letters(engine.matching_keys(SUMMARIES, leaf, between=between))
    if leaf.case_number:
        numbered = Determination.objects.using(using).numbered(leaf.case_number).order_by()
        yield positions.items_of_letters(numbered.aggregate(keys=Keys("pk"))["keys"])


def _citing_items(using: str, leaf: Leaf, between: tuple[int, int] | None) -> NDArray[np.int64]:
    cited = Q(RowMatches("pk", CITATIONS, leaf)) | Q(RowMatches("guideline_id", GUIDELINES, leaf))
    citations = GuidelineCitation.objects.using(using).order_by().filter(cited)
    if between:
        citations = citations.filter(item__gte=between[0], item__lte=between[1])
    keys: NDArray[np.int64] = citations.aggregate(keys=Keys("item"))["keys"]
    return keys


def _range(keys: NDArray[np.int64]) -> tuple[int, int]:
    return int(keys.min()), int(keys.max())
