"""The overturn rate of a selection: of its items, or of its determinations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imr_archive.analytics.events import overturned
from imr_archive.analytics.rates import Rate
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME
from imr_archive.search.facets.selection import Selection, Unit
from imr_archive.vocabulary import CaseOutcome

if TYPE_CHECKING:
    from imr_archive.analytics.design_effect import LetterSums


def overturn_rate(selection: Selection) -> Rate:
    """Return the overturn rate of the selected items that state an outcome, with the design effect of their letters."""
    return selection.cached("overturn rate", lambda: _overturn_rate(selection))


def _overturn_rate(selection: Selection) -> Rate:
    event = overturned(selection.snapshot)
    return event.rate(event.group(selection.positions))


def case_overturn_rate(selection: Selection) -> Rate:
    """Return the share of the selected determinations that were overturned in whole or in part.

    Only determinations with an outcome count. They are independent, so there is no design effect.
    """
    counts = selection.counts(DIMENSION_BY_NAME["case_outcome"], unit=Unit.DETERMINATIONS)
    some = counts.get(CaseOutcome.OVERTURNED, 0) + counts.get(CaseOutcome.PARTIALLY_OVERTURNED, 0)
    return Rate(some, some + counts.get(CaseOutcome.UPHELD, 0))


def letter_sums(selection: Selection) -> LetterSums:
    """Return the sums over the letters of a selection, estimated from a sample of letters if it has many items."""
    event = overturned(selection.snapshot)
    return selection.cached("letter sums", lambda: event.group(selection.positions).sums(event))
