"""Ranks the items of a selection by relevance.

Each leaf scores items by their own text and, less, by their letter's summary; the scores of all leaves are added. The
order is total: of equal scores the newest comes first. The snapshot caches the scores of leaves, so that another page
or another filter needs no query of the database.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from django.db import connections

from imr_archive.models.search_indexes import ITEMS, SUMMARIES
from imr_archive.search.facets.index.bits import positions_in
from imr_archive.search.facets.paging import BASE, DELTA, Place
from imr_archive.search.facets.selection import Selection, Unit
from imr_archive.search.facets.words.matches import matching_positions
from imr_archive.search.facets.words.stored import read_scores
from imr_archive.search.fulltext.backend import backend
from imr_archive.search.query.tree import ITEM_SECTIONS, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from pyroaring import BitMap

    from imr_archive.search.facets.index.positions import Positions
    from imr_archive.search.facets.snapshot import Snapshot
    from imr_archive.search.query.parser import SearchQuery
    from imr_archive.search.query.tree import Leaf

    Vector = NDArray[np.float32]
    _SortKey = tuple[float, int, int]

# So many of the best items of a query are cached in order (a champion list), from which pages under any filters come.
CHAMPIONS = 10_000
# Of so many words a backend can score ``most_scored_rows`` rows while a reader waits; of more words, fewer rows.
_USUAL_LEAVES = 4


@dataclass(frozen=True)
class Ranked:
    """One page of keys, best first. ``among``: only so many of the newest items were ranked; None: all were."""

    keys: list[int]
    among: int | None = None


def ranked_page(selection: Selection, query: SearchQuery, unit: Unit, *, offset: int, limit: int) -> Ranked:
    """Return a page of the items, or of the determinations by their best item, of a query with words to rank by."""
    leaves = query.positive_leaves
    most = _bound(selection, leaves)
    found = _ranked(selection, leaves) if most is None else _ranked_newest(selection, leaves, most)
    if unit is Unit.DETERMINATIONS:
        found = _first_of_letters(selection.snapshot, found)
    keys = [selection.key(place, unit) for place in islice(found, offset, offset + limit)]
    return Ranked(keys, most if most is not None and selection.size() > most else None)


def _bound(selection: Selection, leaves: Sequence[Leaf]) -> int | None:
    """Return how many of the newest items are scored while a reader waits; None if all rows of each word are.

    The scores of all rows of a word serve its next queries too, so they are computed where that is quick. A small
    selection by many common words has only its own items scored.
    """
    most = backend(connections[selection.snapshot.using]).most_scored_rows
    if most is None:
        return None
    # Each word is scored apart, so a query of forty has as many rows scored as a usual one.
    most = most * _USUAL_LEAVES // max(len(leaves), _USUAL_LEAVES)
    snapshot = selection.snapshot
    return None if all(_is_scored_quickly(snapshot, leaf, most) for leaf in leaves) else most


def _is_scored_quickly(snapshot: Snapshot, leaf: Leaf, most: int) -> bool:
    """Return whether a leaf matches few items, or its scores are cached or stored."""
    if sum(map(len, matching_positions(snapshot, leaf))) <= most or snapshot.scores.get(leaf) is not None:
        return True
    stored = read_scores(snapshot, leaf)
    return stored is not None and snapshot.scores.put(leaf, _weighed(snapshot, leaf, stored)) is not None


def _ranked_newest(selection: Selection, leaves: tuple[Leaf, ...], number: int) -> Iterator[Place]:
    snapshot = selection.snapshot
    key = None if selection.criteria is None else (selection.criteria, leaves, number)
    order = None if key is None else snapshot.newest.get(key)
    if order is None:
        own = selection.positions[0]
        newest = own[max(0, len(own) - number) :]
        scores = _sum(
            _weighed(snapshot, leaf, scores_among(snapshot, snapshot.base.positions, leaf, newest)) for leaf in leaves
        )
        positions = _sorted(scores, positions_in(newest))
        order = positions, scores[positions]
        if key is not None:
            snapshot.newest.put(key, order)
    positions, held = order
    return _with_changed(selection, leaves, zip(positions.tolist(), held.tolist(), strict=True))


def _ranked(selection: Selection, leaves: tuple[Leaf, ...]) -> Iterator[Place]:
    return _with_changed(selection, leaves, _by_champions(selection.snapshot, leaves, selection.positions[0]))


def _with_changed(
    selection: Selection, leaves: tuple[Leaf, ...], first: Iterable[tuple[int, float]]
) -> Iterator[Place]:
    """Merge the ranked items of the stored segment with the items that changed since, which are always few."""
    snapshot, changed = selection.snapshot, selection.positions[1]
    base, delta = snapshot.base.positions, snapshot.delta.positions
    if not changed:
        return (Place(BASE, position) for position, _ in first)
    scores = _sum(_delta_leaf(snapshot, leaf) for leaf in leaves)
    ranked = merge(
        _keyed(BASE, base, first), _keyed(DELTA, delta, _in_order(scores, changed)), key=lambda each: each[1]
    )
    return (place for place, _ in ranked)


def _keyed(segment: int, positions: Positions, found: Iterable[tuple[int, float]]) -> Iterator[tuple[Place, _SortKey]]:
    """Yield each place with its sort key: the score, then the newest."""
    for position, score in found:
        order = int(positions.letters.order[positions.letter_of[position]])
        yield Place(segment, position), (-score, -order, -position)


def _by_champions(snapshot: Snapshot, leaves: tuple[Leaf, ...], own: BitMap) -> Iterator[tuple[int, float]]:
    """Yield the items that are in the champion list of the query, in order, and then the rest in order."""
    scores = _base_scores(snapshot, leaves)
    champions = snapshot.champions.get(leaves)
    if champions is None:
        champions = snapshot.champions.put(leaves, _best(scores, snapshot.base.positions.everything))
    for position in champions.tolist():
        if position in own:
            yield position, float(scores[position])
    rest = own.copy()
    rest -= type(own)(champions)
    yield from _in_order(scores, rest)


def _best(scores: Vector, everything: BitMap) -> NDArray[np.uint32]:
    """Return the best positions in order: whole groups of equal scores, so that all others score less."""
    if len(scores) <= CHAMPIONS:
        return _sorted(scores, positions_in(everything))
    least = np.partition(scores, len(scores) - CHAMPIONS)[len(scores) - CHAMPIONS]
    return _sorted(scores, np.flatnonzero(scores > least).astype(np.uint32))


def _in_order(scores: Vector, own: BitMap) -> Iterator[tuple[int, float]]:
    for position in _sorted(scores, positions_in(own)).tolist():
        yield position, float(scores[position])


def _sorted(scores: Vector, positions: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Sort positions by score, best first; of equal scores the newest, which has the highest position."""
    newest_first = positions[::-1]
    return newest_first[np.argsort(-scores[newest_first], kind="stable")]


def _base_scores(snapshot: Snapshot, leaves: tuple[Leaf, ...]) -> Vector:
    if (held := snapshot.scores.get(leaves)) is not None:
        return held
    return snapshot.scores.put(leaves, _sum(_base_leaf(snapshot, leaf) for leaf in leaves))


def _base_leaf(snapshot: Snapshot, leaf: Leaf) -> Vector:
    if (held := snapshot.scores.get(leaf)) is not None:
        return held
    stored = read_scores(snapshot, leaf if leaf.sections else replace(leaf, sections=ITEM_SECTIONS))
    if stored is None:
        scores = base_scores(snapshot, leaf)
    else:
        scores = stored if leaf.sections else stored + base_scores(snapshot, replace(leaf, sections=(Section.SUMMARY,)))
    return snapshot.scores.put(leaf, _weighed(snapshot, leaf, scores))


def base_scores(snapshot: Snapshot, leaf: Leaf) -> Vector:
    """Compute the scores of a leaf, without its rarity, by position in the stored segment."""
    return _scored(snapshot, snapshot.base.positions, leaf)


def scores_among(snapshot: Snapshot, positions: Positions, leaf: Leaf, among: BitMap) -> Vector:
    """Compute the scores of a leaf, without its rarity, at some positions; the values at others are undefined."""
    return _scored(snapshot, positions, leaf, among=among)


def _weighed(snapshot: Snapshot, leaf: Leaf, scores: Vector) -> Vector:
    found, items = sum(map(len, matching_positions(snapshot, leaf))), sum(map(len, snapshot.live))
    weight = backend(connections[snapshot.using]).rarity(found, items)
    return scores if weight == 1.0 else scores * np.float32(weight)


def _delta_leaf(snapshot: Snapshot, leaf: Leaf) -> Vector:
    if (held := snapshot.delta_scores.get(leaf)) is not None:
        return held
    delta = snapshot.delta.positions
    scores = scores_among(snapshot, delta, leaf, delta.everything)
    return snapshot.delta_scores.put(leaf, _weighed(snapshot, leaf, scores))


def _scored(snapshot: Snapshot, positions: Positions, leaf: Leaf, *, among: BitMap | None = None) -> Vector:
    """Query the database for the scores of a leaf by position; ``among`` limits the positions that are needed."""
    engine = backend(connections[snapshot.using])
    vector = np.zeros(len(positions.item_keys), dtype=np.float32)
    if not len(vector) or (among is not None and not among):
        return vector
    if ITEMS.columns_in(leaf.sections):
        keys = None if among is None else positions.item_keys[positions_in(among)]
        found = engine.leaf_scores(ITEMS, leaf, among=keys)
        places = positions.item_places(found.keys)
        vector[places[places >= 0]] += found.scores[places >= 0]
    if SUMMARIES.columns_in(leaf.sections):
        letters = None
        if among is not None:
            letters = positions.letters.keys[np.unique(positions.letter_of[positions_in(among)])]
        found = engine.leaf_scores(SUMMARIES, leaf, among=letters)
        places = positions.letter_places(found.keys)
        of_letters = np.zeros(len(positions.letters.keys), dtype=np.float32)
        of_letters[places[places >= 0]] = found.scores[places >= 0]
        vector += of_letters[positions.letter_of]
    return vector


def _sum(vectors: Iterable[Vector]) -> Vector:
    total, *others = vectors
    for vector in others:
        total = total + vector
    return total


def _first_of_letters(snapshot: Snapshot, places: Iterator[Place]) -> Iterator[Place]:
    """Yield the first place of each letter."""
    seen: set[tuple[int, int]] = set()
    for place in places:
        letter = place.segment, int(snapshot.segments[place.segment].positions.letter_of[place.position])
        if letter not in seen:
            seen.add(letter)
            yield place
