"""The page of a treatment: how often it is overturned, what decides it and why, and by which names it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.analytics.axes import AXIS_BY_NAME
from imr_archive.web.catalogue.profile import (
    CatalogueEntry,
    Crumb,
    Forest,
    NewestItem,
    crumbs,
    forest,
    newest_items,
    other_filters,
    reasons_of,
    sources_matrix,
    trend_of,
    years_of,
)
from imr_archive.web.catalogue.wordings import READ, PrintedForm, other_names, request_wordings
from imr_archive.web.outcomes.figures import Bars, Matrix, Trend, bars
from imr_archive.web.results.rate_summary import RateSummary, rate_summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.analytics.axes import Axis
    from imr_archive.analytics.rates import Rate
    from imr_archive.web.outcomes.rows import OutcomeRows
    from imr_archive.web.question.active_filters import ActiveFilter
    from imr_archive.web.question.question import Question

_LARGEST = 12


@dataclass(frozen=True, slots=True)
class TreatmentPage:
    """A treatment under a question. Every number is that of the list that it links to."""

    question: Question
    subject: CatalogueEntry
    crumbs: Sequence[Crumb]
    filters: Sequence[ActiveFilter]
    problems: Sequence[str]
    rate_summary: RateSummary | None
    total: int
    names: Sequence[str]
    wordings: Sequence[PrintedForm]
    wordings_read: int
    trend: Trend | None
    below: Forest | None
    sections: Bars | None
    matrix: Matrix | None
    matrix_url: str
    body_parts: Forest | None
    reasons: Sequence[Forest]
    newest: Sequence[NewestItem]


def treatment_page(subject: CatalogueEntry) -> TreatmentPage:
    """Build the page of a treatment."""
    search, rows = subject.search, subject.rows
    total, below = rows.total, subject.below
    sections = AXIS_BY_NAME["guideline_section"]
    found = rows.rows(sections, rows.values(sections, _LARGEST)[0])
    matrix, matrix_url = sources_matrix(rows)
    size = search.selection.size()
    return TreatmentPage(
        question=subject.question,
        subject=subject,
        crumbs=crumbs(subject, "web:treatment"),
        filters=other_filters(subject),
        problems=[*search.problems, *search.unknown_values],
        rate_summary=rate_summary(search),
        total=size,
        names=other_names(subject.value),
        wordings=request_wordings(search.selection, subject.value),
        wordings_read=min(READ, size),
        trend=trend_of([("all items", years_of(rows))]),
        below=_below(rows, below, total) if below else None,
        sections=bars(found) if found else None,
        matrix=matrix,
        matrix_url=matrix_url,
        body_parts=forest(rows, AXIS_BY_NAME["body_part"], "By body part", most=_LARGEST, total=total),
        reasons=reasons_of(rows, upheld="Why it was upheld", overturned="Why it was overturned"),
        newest=newest_items(search),
    )


def _below(rows: OutcomeRows, axis: Axis, total: Rate) -> Forest | None:
    return forest(rows, axis, "What it consists of", most=20, total=total, page="web:treatment")
