"""What the pages of treatments and guidelines share: a value under a question, its rate, trend and newest items."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse

from imr_archive.analytics.axes import AXIS_BY_NAME, axis_below
from imr_archive.models import DisputedItem
from imr_archive.search.facets.dimension import UNKNOWN
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME, YEAR
from imr_archive.search.facets.paging import Order
from imr_archive.search.facets.sections import STEP
from imr_archive.search.facets.selection import Unit
from imr_archive.vocabulary import Outcome
from imr_archive.web.outcomes.explorer import matrix_of
from imr_archive.web.outcomes.figures import Mark, Matrix, RateRow, Trend, marks, scale_of, trend
from imr_archive.web.outcomes.parameters import Breakdown, without_outcome
from imr_archive.web.outcomes.rows import OutcomeRows, narrowed
from imr_archive.web.question.active_filters import ActiveFilter, active_filters
from imr_archive.web.question.search import Search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.analytics.axes import Axis
    from imr_archive.analytics.rates import Rate
    from imr_archive.web.question.question import Question

_NEWEST = 6


class Crumb(NamedTuple):
    """A value above the one of the page, with the address of its page."""

    label: str
    url: str


class NewestItem(NamedTuple):
    """One of the newest items: its case, its request, how and when it was decided."""

    case: str
    url: str
    request: str
    outcome: str
    decided: date | None


@dataclass(frozen=True, slots=True)
class Forest:
    """Some values as dots with intervals on one scale, and the same breakdown in the explorer."""

    title: str
    marks: Sequence[Mark]
    scale: float
    total_at: float | None
    url: str = ""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """What a page is about: a value of a facet, under the other filters of a question."""

    search: Search
    axis: Axis
    value: str
    label: str

    @property
    def rows(self) -> OutcomeRows:
        """The rows of the question that has the value."""
        return OutcomeRows(self.search)

    @property
    def question(self) -> Question:
        """The question that has the value, of every outcome."""
        return self.rows.question

    @property
    def beside(self) -> Question:
        """The question without the value: what stays when the page of another value is opened."""
        question = self.question
        for name in self.axis.names:
            question = question.without_values(name)
        return question

    @property
    def below(self) -> Axis | None:
        """The axis of the values one level below it; None at the last level."""
        [name] = self.axis.names
        found = axis_below(name, [self.value])
        return found if found and found.level > self.axis.level else None

    @property
    def list_url(self) -> str:
        """The list of its items."""
        return reverse("web:list") + self.question.query_string


def subject_of(search: Search, name: str, value: str) -> CatalogueEntry | None:
    """Return a value of a dimension as what a page is about; None if there is no such value."""
    # A section may be cited by one side alone; its names are those of the facets in which it stands.
    sides = ("guideline", "ca_guideline") if DIMENSION_BY_NAME[name].has_sections else (name,)
    labels_found = (DIMENSION_BY_NAME[each].label(value, search.snapshot.names[each]) for each in (name, *sides))
    label = next(filter(None, labels_found), None) if value != UNKNOWN else None
    if label is None:
        return None
    axis = next(each for each in AXIS_BY_NAME.values() if each.names == (name,) and each.level == value.count(STEP) + 1)
    question = narrowed(without_outcome(search.question.showing(Unit.ITEMS)), axis, value)
    labels = {**search.labels, name: {value: label}}
    return CatalogueEntry(
        Search(question, search.snapshot, labels, search.problems, search.unknown_values), axis, value, label
    )


def crumbs(subject: CatalogueEntry, page: str) -> list[Crumb]:
    """Return the values above a value, the topmost first."""
    names = subject.search.snapshot.names[subject.axis.dimension.name]
    steps = subject.value.split(STEP)
    above = [STEP.join(steps[:length]) for length in range(1, len(steps))]
    return [Crumb(subject.axis.dimension.label(each, names) or each, reverse(page, args=[each])) for each in above]


def other_filters(subject: CatalogueEntry) -> list[ActiveFilter]:
    """Return the filters beside the value, each with the page's query string without it."""
    return active_filters(replace(subject.search, question=subject.beside))


def forest(
    rows: OutcomeRows,
    axis: Axis,
    title: str,
    *,
    most: int,
    total: Rate | None,
    page: str = "",
    found: Sequence[RateRow] | None = None,
) -> Forest | None:
    """Return the values of an axis with the most items, or some rows, as dots with intervals; None without any.

    ``page`` names the pages that the values have of their own.
    """
    found = rows.rows(axis, rows.values(axis, most)[0]) if found is None else found
    if not found:
        return None
    found = [replace(row, deeper_url=reverse(page, args=[row.value]) if page else "") for row in found]
    rates = [row.rate for row in found] + ([total] if total else [])
    scale = scale_of(rates)
    total_at = round(min(100.0, 100 * (total.value or 0.0) / scale), 2) if total else None
    url = reverse("web:outcomes") + Breakdown(axis).url(rows.question)
    return Forest(title, marks(found, scale), scale, total_at, url)


def years_of(rows: OutcomeRows) -> list[RateRow]:
    """Return a row for each known decision year, the oldest first."""
    axis = AXIS_BY_NAME[YEAR]
    known = [value for value in rows.values(axis, 60)[0] if value.isdecimal()]
    return sorted(rows.rows(axis, known), key=lambda row: row.value)


def trend_of(series: Sequence[tuple[str, Sequence[RateRow]]]) -> Trend | None:
    """Draw series of years; the bars are those of the first."""
    return trend(series, series[0][1]) if len(series[0][1]) > 1 else None


def sources_matrix(rows: OutcomeRows) -> tuple[Matrix | None, str]:
    """Return the matrix of the administrator's by the reviewer's guideline sources, and its explorer address."""
    chosen = Breakdown(AXIS_BY_NAME["ca_guideline_source"], AXIS_BY_NAME["guideline_source"])
    found = rows.rows(chosen.rows, rows.values(chosen.rows, 8)[0])
    return (matrix_of(rows, chosen, found) if found else None), reverse("web:outcomes") + chosen.url(rows.question)


def reasons_of(rows: OutcomeRows, *, upheld: str, overturned: str) -> list[Forest]:
    """Return the reasons of the items of each outcome under its title, those of an outcome without any left out."""
    found = (_reasons(rows, Outcome.UPHELD, upheld), _reasons(rows, Outcome.OVERTURNED, overturned))
    return [each for each in found if each]


def _reasons(rows: OutcomeRows, outcome: Outcome, title: str) -> Forest | None:
    """Return the reasons of the items of one outcome, as the share of these items that has each."""
    search = rows.search
    labels = {**search.labels, "outcome": {outcome.value: outcome.label}}
    asked = replace(search, question=search.question.with_value("outcome", outcome), labels=labels)
    decided = OutcomeRows(asked, keeps_outcome=True)
    axis = AXIS_BY_NAME["reason"]
    found = [row for row in decided.rows(axis, decided.values(axis, 20)[0]) if row.rate.part]
    found.sort(key=lambda row: (row.value == UNKNOWN, -row.rate.part))
    return forest(decided, axis, title, most=0, total=None, found=found[:8])


def newest_items(search: Search) -> list[NewestItem]:
    """Return the newest items."""
    keys = search.selection.page(Order.NEWEST, Unit.ITEMS, offset=0, limit=_NEWEST)
    items = DisputedItem.objects.select_related("determination", "text").order_by().in_bulk(keys)
    return [
        NewestItem(
            str(item.determination),
            item.get_absolute_url(),
            item.text.description,
            Outcome(item.outcome).label if item.outcome else "",
            item.determination.decision_date,
        )
        for key in keys
        if (item := items.get(key))
    ]
