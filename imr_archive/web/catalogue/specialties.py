"""The page of specialties: overturn rates raw, and with the same treatment mix for all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imr_archive.analytics.axes import AXIS_BY_NAME
from imr_archive.analytics.breakdown import cross_table, mix_of
from imr_archive.analytics.standardisation import standardise
from imr_archive.search.facets.selection import Unit
from imr_archive.web.outcomes.figures import RateRow, scale_of
from imr_archive.web.outcomes.rows import OutcomeRows
from imr_archive.web.question.active_filters import active_filters
from imr_archive.web.results.rate_summary import RateSummary, rate_summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.analytics.standardisation import StandardisedRate
    from imr_archive.web.question.active_filters import ActiveFilter
    from imr_archive.web.question.question import Question
    from imr_archive.web.question.search import Search

_MOST = 25


@dataclass(frozen=True, slots=True)
class SpecialtyMark:
    """A specialty: its raw rate, and the rate with the treatment mix of all; positions in percent of the scale."""

    row: RateRow
    standardised: StandardisedRate | None
    raw_at: float
    point: float
    low: float
    width: float


@dataclass(frozen=True, slots=True)
class SpecialtiesPage:
    """The specialties under a question, sorted by n; those with too few items last, without a standardised rate."""

    question: Question
    filters: Sequence[ActiveFilter]
    problems: Sequence[str]
    rate_summary: RateSummary | None
    marks: Sequence[SpecialtyMark]
    left_out: int
    scale: float
    total_at: float


def specialties_page(search: Search) -> SpecialtiesPage:
    """Build the page of a question."""
    search = replace(search, question=search.question.showing(Unit.ITEMS))
    rows = OutcomeRows(search)
    axis, treatment = AXIS_BY_NAME["specialty"], AXIS_BY_NAME["treatment_subcategory"]
    values, left_out = rows.values(axis, _MOST)
    found = rows.rows(axis, values)
    selection = rows.beside(axis)
    standard = mix_of(selection, treatment, treatment.candidates(search.everything, {}))
    enough = [row.value for row in found if not row.rate.is_too_few]
    table = cross_table(selection, (axis, enough), (treatment, standard))
    standardised = {
        value: standardise({stratum: table[value, stratum] for stratum in standard}, standard) for value in enough
    }
    scale = scale_of([rows.total, *(row.rate for row in found)])
    return SpecialtiesPage(
        question=search.question,
        filters=active_filters(search),
        problems=[*search.problems, *search.unknown_values],
        rate_summary=rate_summary(search),
        marks=[_mark(row, standardised.get(row.value), scale) for row in found],
        left_out=left_out,
        scale=scale,
        total_at=_at(rows.total.value or 0.0, scale),
    )


def _mark(row: RateRow, standardised: StandardisedRate | None, scale: float) -> SpecialtyMark:
    low, high = (_at(share, scale) for share in (standardised or row.rate).interval)
    return SpecialtyMark(
        row,
        standardised,
        raw_at=_at(row.rate.value or 0.0, scale),
        point=_at(standardised.value, scale) if standardised else 0.0,
        low=low,
        width=round(high - low, 2),
    )


def _at(share: float, scale: float) -> float:
    return round(min(100.0, 100 * share / scale), 2)
