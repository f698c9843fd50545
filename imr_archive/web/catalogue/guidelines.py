"""The page of a guideline source, a guideline or a section: who cites it, what it decides, what is cited with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse

from imr_archive.analytics.axes import AXIS_BY_NAME, SECTION_LEVEL
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME
from imr_archive.search.facets.sections import STEP
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
    subject_of,
    trend_of,
    years_of,
)
from imr_archive.web.catalogue.wordings import CitedForms, cited_forms
from imr_archive.web.outcomes.figures import Bars, RateRow, Trend, bars
from imr_archive.web.outcomes.rows import OutcomeRows
from imr_archive.web.question.search import Search
from imr_archive.web.results.rate_summary import RateSummary, rate_summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.analytics.axes import Axis
    from imr_archive.web.question.active_filters import ActiveFilter
    from imr_archive.web.question.question import Question

_LARGEST = 12
_MOST_PARTS = 80
# The axes of a value as cited by either side, and by both for the same item.
_SIDES = (
    ("Cited by the reviewer", "guideline"),
    ("Cited by the administrator", "ca_guideline"),
    ("Cited by both", "both_guideline"),
)
_SUFFIXES = ("source", "title", "section")


class CitedWith(NamedTuple):
    """Another guideline that the reviewer cited for the same items, with its page and the number of these items."""

    label: str
    url: str
    number: int


@dataclass(frozen=True, slots=True)
class GuidelinePage:
    """A guideline under a question; rates are those of items for which the reviewer cited it, unless a row says else.

    ``parts`` are the guidelines of a source, or the sections of a guideline.
    """

    question: Question
    subject: CatalogueEntry
    crumbs: Sequence[Crumb]
    filters: Sequence[ActiveFilter]
    problems: Sequence[str]
    rate_summary: RateSummary | None
    total: int
    sides: Forest | None
    trend: Trend | None
    parts: Bars | None
    parts_title: str
    parts_below: Sequence[tuple[RateRow, str]]
    treatments: Forest | None
    cited_with: Sequence[CitedWith]
    forms: CitedForms | None
    reasons: Sequence[Forest]
    newest: Sequence[NewestItem]


def guideline_page(subject: CatalogueEntry) -> GuidelinePage:
    """Build the page of a guideline source, a guideline or a section."""
    search, rows = subject.search, subject.rows
    by_side = _sides(subject)
    below = subject.below
    parts = _parts(rows, below) if below else []
    treatment = AXIS_BY_NAME["treatment_subcategory"]
    return GuidelinePage(
        question=subject.question,
        subject=subject,
        crumbs=crumbs(subject, "web:guideline"),
        filters=other_filters(subject),
        problems=[*search.problems, *search.unknown_values],
        rate_summary=rate_summary(search),
        total=search.selection.size(),
        sides=forest(rows, subject.axis, "Who cites it", most=0, total=None, found=by_side),
        trend=_trend(subject),
        parts=bars(parts) if parts else None,
        parts_title="Its guidelines" if subject.axis.level == 1 else "Its sections",
        parts_below=[(row, reverse("web:guideline", args=[row.value])) for row in parts],
        treatments=forest(rows, treatment, "What it decides", most=_LARGEST, total=rows.total, page="web:treatment"),
        cited_with=_cited_with(subject),
        forms=cited_forms(search.selection, subject.value) if STEP in subject.value else None,
        reasons=reasons_of(
            rows, upheld="Why items under it were upheld", overturned="Why items under it were overturned"
        ),
        newest=newest_items(search),
    )


def _parts(rows: OutcomeRows, below: Axis) -> list[RateRow]:
    """Return the values below, with their own labels: the page names what is above them."""
    names = rows.search.snapshot.names["guideline"]
    found = rows.rows(below, rows.values(below, _MOST_PARTS)[0])
    return [replace(row, label=below.dimension.label(row.value, names) or row.value) for row in found]


def _sides(subject: CatalogueEntry) -> list[RateRow]:
    """Return a row for each side that cites it, and for both."""
    suffix = _SUFFIXES[subject.axis.level - 1]
    everything = OutcomeRows(_beside(subject))
    found = []
    for label, name in _SIDES:
        for row in everything.rows(AXIS_BY_NAME[f"{name}_{suffix}"], [subject.value]):
            found.append(RateRow(row.value, label, row.rate, row.list_url))
    return found


def _beside(subject: CatalogueEntry) -> Search:
    labels = {name: value for name, value in subject.search.labels.items() if name not in subject.axis.names}
    return Search(subject.beside, subject.search.snapshot, labels)


def _trend(subject: CatalogueEntry) -> Trend | None:
    by_side = [("reviewer", years_of(subject.rows))]
    beside = _beside(subject)
    other = subject_of(beside, "ca_guideline", subject.value)
    # The labels of the administrator's facet are its own: a section may be cited by the reviewer alone.
    if other and (years := years_of(other.rows)):
        by_side.append(("administrator", years))
    return trend_of(by_side)


def _cited_with(subject: CatalogueEntry) -> list[CitedWith]:
    """Return the guidelines that the reviewer cited beside it; of a source, those of other sources."""
    axis = AXIS_BY_NAME["guideline_title"]
    selection = subject.search.without("outcome", "case_outcome")
    candidates = axis.candidates(selection, {})
    own = STEP.join(subject.value.split(STEP)[: SECTION_LEVEL - 1])
    beside = {each for each in candidates if each != own and not each.startswith(own + STEP)}
    counts = axis.counts(selection, beside)
    names = subject.search.snapshot.names["guideline"]
    dimension = DIMENSION_BY_NAME["guideline"]
    largest = sorted(counts, key=lambda value: (-counts[value], value))[:_LARGEST]
    return [
        CitedWith(dimension.full_label(value, names) or value, reverse("web:guideline", args=[value]), counts[value])
        for value in largest
    ]
