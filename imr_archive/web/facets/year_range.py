"""The range of decision years: its two choices, and a histogram of the years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.search.facets.dimension import UNKNOWN
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME, YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.web.facets.builder import Facet
    from imr_archive.web.question.search import Search

HEIGHT = 40
# Between two bars, as a part of a bar's width.
_GAP = 0.15


@dataclass(frozen=True, slots=True)
class YearBar:
    """A year of the histogram: horizontal positions in percent, vertical ones in pixels from the top."""

    year: int
    x: float
    width: float
    y: float
    height: float
    overturned_y: float
    overturned_height: float
    is_inside: bool


@dataclass(frozen=True, slots=True)
class YearRange:
    """The years that can be chosen, oldest first, and the histogram of those that have items."""

    years: Sequence[int]
    first: int | None
    last: int | None
    bars: Sequence[YearBar]
    height: int = HEIGHT


def year_range(search: Search, facet: Facet) -> YearRange:
    """Build the range from the facet of years."""
    question = search.question
    known = {int(slug) for slug in search.everything.values(DIMENSION_BY_NAME[YEAR]) if slug.isdecimal()}
    years = sorted(known | {year for year in (question.year_from, question.year_to) if year is not None})
    counts = {
        int(value.slug): value for value in facet.values.shown if value.slug != UNKNOWN and value.slug.isdecimal()
    }
    largest = max((value.count for value in counts.values()), default=0) or 1
    step = 100 / max(1, len(known))
    bars = []
    for place, year in enumerate(sorted(known)):
        value = counts.get(year)
        height = round(HEIGHT * value.count / largest, 1) if value else 0.0
        overturned = round(HEIGHT * value.overturned / largest, 1) if value else 0.0
        bars.append(
            YearBar(
                year=year,
                x=round(place * step, 2),
                width=round(step * (1 - _GAP), 2),
                y=HEIGHT - height,
                height=height,
                overturned_y=HEIGHT - overturned,
                overturned_height=overturned,
                is_inside=(question.year_from or 0) <= year <= (question.year_to or year),
            )
        )
    return YearRange(years, question.year_from, question.year_to, bars)
