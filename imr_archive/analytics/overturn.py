"""The overturn rate of a selection: of its items, or of its determinations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyroaring import BitMap

from imr_archive.analytics.design_effect import LetterSums, design_effect
from imr_archive.analytics.rates import Rate
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME
from imr_archive.search.facets.index.bits import positions_in
from imr_archive.search.facets.selection import Selection, Unit
from imr_archive.vocabulary import CaseOutcome, Outcome

if TYPE_CHECKING:
    from imr_archive.search.facets.index.segment import Segment

# Above this number of items, sums are estimated from every eighth letter: the design effect is then off by about 2 %.
_MANY_ITEMS = 100_000


def overturn_rate(selection: Selection) -> Rate:
    """Return the overturn rate of the selected items that state an outcome, with the design effect of their letters."""
    counts = selection.counts(DIMENSION_BY_NAME["outcome"])
    overturned = counts.get(Outcome.OVERTURNED, 0)
    whole = overturned + counts.get(Outcome.UPHELD, 0)
    general = letter_sums(Selection.of_everything(selection.snapshot)).correlation
    return Rate(overturned, whole, design_effect(letter_sums(selection), general))


def case_overturn_rate(selection: Selection) -> Rate:
    """Return the share of the selected determinations that were overturned in whole or in part.

    Only determinations with an outcome count. They are independent, so there is no design effect.
    """
    counts = selection.counts(DIMENSION_BY_NAME["case_outcome"], unit=Unit.DETERMINATIONS)
    overturned = counts.get(CaseOutcome.OVERTURNED, 0) + counts.get(CaseOutcome.PARTIALLY_OVERTURNED, 0)
    return Rate(overturned, overturned + counts.get(CaseOutcome.UPHELD, 0))


def letter_sums(selection: Selection) -> LetterSums:
    """Return the sums over the letters of a selection, estimated from a sample of letters if it has many items."""
    return selection.cached("letter sums", lambda: _letter_sums(selection))


def _letter_sums(selection: Selection) -> LetterSums:
    sums = LetterSums()
    for segment, items in zip(selection.snapshot.segments, selection.positions, strict=True):
        sums += _sums_of(segment, items & segment.positions.sample if len(items) > _MANY_ITEMS else items)
    return sums


def _sums_of(segment: Segment, items: BitMap) -> LetterSums:
    """Return the sums over letters. Items of one letter have adjacent positions, so each letter is one run."""
    outcomes = segment.values["outcome"]
    overturned = items & outcomes.get(Outcome.OVERTURNED, BitMap())
    stated = overturned | (items & outcomes.get(Outcome.UPHELD, BitMap()))
    if not stated:
        return LetterSums()
    letter_of = segment.positions.letter_of
    letters = letter_of[positions_in(stated)]
    starts = np.flatnonzero(np.diff(letters, prepend=-1))
    sizes = np.diff(starts, append=len(letters))
    places = np.searchsorted(letters[starts], letter_of[positions_in(overturned)])
    return LetterSums.of_letters(sizes, np.bincount(places, minlength=len(starts)))
