"""Builds a segment from the database's rows: the keys of each value as one array, then positions, then bitmaps."""

from __future__ import annotations

import logging
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import TextField
from django.db.models.functions import Cast
from pyroaring import BitMap

from imr_archive.models import Determination, DisputedItem
from imr_archive.search.facets.dimension import UNKNOWN
from imr_archive.search.facets.dimensions import INDEXED
from imr_archive.search.facets.index.bits import compressed
from imr_archive.search.facets.index.positions import UNDATED, LetterPositions, Positions, letter_order
from imr_archive.search.facets.index.segment import Segment
from imr_archive.search.facets.sections import SectionValues, most_frequent
from imr_archive.search.fulltext.keys import Keys

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from numpy.typing import NDArray

    from imr_archive.search.facets.dimension import Dimension

    Array = NDArray[np.int64]

logger = logging.getLogger(__name__)


def read_segment(determinations: QuerySet[Any] | None = None, *, only: Array | None = None, using: str) -> Segment:
    """Read the items of some determinations, or of all, in a fixed number of queries.

    ``only`` excludes determinations that have joined the queryset since its keys were read.
    """
    items = DisputedItem.objects.using(using).order_by()
    letters = Determination.objects.using(using).order_by()
    if determinations is not None:
        items = items.filter(determination__in=determinations)
        letters = letters.filter(pk__in=determinations)
    columns = items.aggregate(keys=Keys("pk"), letters=Keys("determination"), places=Keys("position"))
    keys, of_letters, places = columns["keys"], columns["letters"], columns["places"]
    days = _days(letters)
    known = np.isin(of_letters, days[:, 0])
    if only is not None:
        known &= np.isin(of_letters, only)
    keys, of_letters, places = keys[known], of_letters[known], places[known]
    day_of = days[np.searchsorted(days[:, 0], of_letters), 1] if len(days) else of_letters
    order = np.lexsort((places, letter_order(day_of, of_letters)))
    keys, of_letters, day_of = keys[order], of_letters[order], day_of[order]
    starts = np.flatnonzero(np.diff(of_letters, prepend=-1))
    found = LetterPositions(of_letters[starts], day_of[starts], np.append(starts, len(keys)))
    positions = Positions(keys, found)
    values = {each.name: _bitmaps(each, positions, determinations, using) for each in INDEXED}
    sections = {each.name: _sections(each, positions, determinations, using) for each in INDEXED if each.has_sections}
    return Segment(positions, values, sections)


def empty_segment() -> Segment:
    """Return a segment without items, for an archive without a stored index."""
    none = np.empty(0, dtype=np.int64)
    return Segment(
        Positions(none, LetterPositions(none, none, np.zeros(1, dtype=np.int64))),
        {each.name: {} for each in INDEXED},
        {each.name: SectionValues({}, {}) for each in INDEXED if each.has_sections},
    )


def _days(letters: QuerySet[Any]) -> Array:
    """Return each determination's key with the day of its decision, by key; leave out those with no possible date."""
    decided = letters.annotate(decided=Cast("decision_date", TextField())).values_list("decided")
    columns = [
        np.column_stack((keys, np.full(len(keys), day)))
        for printed, keys in decided.annotate(keys=Keys("pk"))
        if (day := _ordinal(printed)) is not None
    ]
    days = np.concatenate(columns) if columns else np.empty((0, 2), dtype=np.int64)
    return days[np.argsort(days[:, 0])]


def _ordinal(printed: str | None) -> int | None:
    """Return the number of a day. A date is read as text because SQLite may hold one that does not exist."""
    if printed is None:
        return UNDATED
    try:
        return date.fromisoformat(printed).toordinal()
    except ValueError:
        logger.error("An impossible decision date: its letters are left out; manage.py check_archive names them.")
        return None


def _bitmaps(
    dimension: Dimension, positions: Positions, determinations: QuerySet[Any] | None, using: str
) -> dict[str, BitMap]:
    found: dict[str, BitMap] = {}
    place = positions.items_of_letters if dimension.of_letters else positions.items_at
    for slug, keys in dimension.postings(determinations, using=using):
        bitmap = place(keys)
        if bitmap:
            found[slug] = found[slug] | bitmap if slug in found else bitmap
    if dimension.none_label:
        stated = BitMap.union(*found.values()) if found else BitMap()
        if unstated := positions.everything - stated:
            found[UNKNOWN] = unstated
    return {slug: compressed(bitmap) for slug, bitmap in found.items()}


def _sections(
    dimension: Dimension, positions: Positions, determinations: QuerySet[Any] | None, using: str
) -> SectionValues:
    """Fold the printed forms of each section into one value, named by the most frequent of them."""
    forms: dict[str, list[tuple[str, Array]]] = {}
    for slug, printed, keys in dimension.section_postings(determinations, using=using):
        forms.setdefault(slug, []).append((printed, keys))
    bitmaps, labels = {}, {}
    for slug, found in forms.items():
        if bitmap := positions.items_at(np.concatenate([keys for _, keys in found])):
            bitmaps[slug] = compressed(bitmap)
            labels[slug] = most_frequent((printed, len(keys)) for printed, keys in found)
    return SectionValues(bitmaps, labels)
