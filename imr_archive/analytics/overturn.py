"""The overturn rate of a selection of items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imr_archive.analytics.rates import Rate
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME
from imr_archive.vocabulary import Outcome

if TYPE_CHECKING:
    from imr_archive.search.facets.selection import Selection


def overturn_rate(selection: Selection) -> Rate:
    """Return the overturn rate of the selected items that state an outcome."""
    counts = selection.counts(DIMENSION_BY_NAME["outcome"])
    overturned = counts.get(Outcome.OVERTURNED, 0)
    return Rate(overturned, overturned + counts.get(Outcome.UPHELD, 0))
