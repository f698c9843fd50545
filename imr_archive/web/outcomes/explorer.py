"""The outcomes page: the overturn rate of a question by one or two facets, as figure and table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.urls import reverse

from imr_archive.analytics.breakdown import breakdown, cross_table
from imr_archive.analytics.overturn import overturn_rate
from imr_archive.search.facets.dimension import UNKNOWN
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME, YEAR
from imr_archive.search.facets.sections import STEP
from imr_archive.search.facets.selection import Unit
from imr_archive.web.outcomes.figures import MOST_SERIES, Mark, RateRow, Trend, marks, scale_of, tint_of, trend
from imr_archive.web.outcomes.parameters import CHOICES, Breakdown, without_outcome
from imr_archive.web.question.active_filters import ActiveFilter, active_filters, question_in_words
from imr_archive.web.results.rate_summary import OUTCOME_FACETS, RateSummary, rate_summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.analytics.rates import Rate
    from imr_archive.search.facets.dimension import Dimension
    from imr_archive.search.facets.selection import Selection
    from imr_archive.web.question.question import Question
    from imr_archive.web.question.search import Search

# A table of more rows helps nobody; the page says how many values it leaves out.
MOST_ROWS = 40
MOST_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One cell of the matrix; ``tint`` from 0 (too few items) to 8."""

    row: RateRow
    tint: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Two dimensions: a line of cells for each row, with the margins of both."""

    columns: Sequence[RateRow]
    lines: Sequence[tuple[RateRow, Sequence[MatrixCell]]]


@dataclass(frozen=True, slots=True)
class OutcomesPage:
    """The outcomes page. ``rows`` are the values of the first dimension, by n or in the dimension's own order."""

    question: Question
    breakdown: Breakdown
    list_url: str
    question_in_words: str
    problems: Sequence[str]
    active_filters: Sequence[ActiveFilter]
    clear_url: str
    rate_summary: RateSummary | None
    rows: Sequence[RateRow]
    left_out: int
    scale: float
    marks: Sequence[Mark]
    total_at: float
    trend: Trend | None
    matrix: Matrix | None
    tabs: Sequence[tuple[str, str]]
    choices: Sequence[Dimension]
    hidden_pairs: Sequence[tuple[str, str]]
    csv_url: str


def outcomes_page(search: Search, chosen: Breakdown) -> OutcomesPage:
    """Build the page of a search under a breakdown; it counts items, whatever unit the list shows."""
    search = replace(search, question=search.question.showing(Unit.ITEMS))
    question = without_outcome(search.question)
    selection = search.without(*OUTCOME_FACETS)
    rows, left_out = _rows(search, question, selection, chosen.rows, MOST_ROWS)
    filters = active_filters(search)
    total = overturn_rate(selection)
    scale = scale_of([total, *(row.rate for row in rows)])
    matrix = _matrix(search, question, selection, chosen, rows) if chosen.split and rows else None
    url = chosen.url(question)
    return OutcomesPage(
        question=search.question,
        breakdown=chosen,
        list_url=reverse("web:list"),
        question_in_words=question_in_words(filters),
        problems=[*search.problems, *search.unknown_values, *chosen.problems],
        active_filters=[_here(each, search, chosen) for each in filters],
        clear_url=chosen.url(question.cleared()),
        rate_summary=rate_summary(search),
        rows=rows,
        left_out=left_out,
        scale=scale,
        marks=marks(rows, scale),
        total_at=round(min(100.0, 100 * (total.value or 0.0) / scale), 2),
        trend=_trend(rows, matrix) if chosen.rows.name == YEAR else None,
        matrix=matrix,
        tabs=_tabs(question),
        choices=CHOICES,
        hidden_pairs=[pair for pair in question.pairs if pair[0] not in ("page", "view")],
        csv_url=reverse("web:outcomes-csv") + url,
    )


def _here(each: ActiveFilter, search: Search, chosen: Breakdown) -> ActiveFilter:
    """Keep the breakdown when a filter is removed."""
    joint = "&" if each.remove_url else "?"
    split = f"&split={chosen.split.name}" if chosen.split else ""
    return each._replace(remove_url=f"{each.remove_url}{joint}rows={chosen.rows.name}{split}")


def _tabs(question: Question) -> list[tuple[str, str]]:
    """Return the other views of the same question."""
    from_start = replace(question, page=1)
    return [(view.label, reverse("web:list") + from_start.viewed_as(view).query_string) for view in type(question.view)]


def _rows(
    search: Search, question: Question, selection: Selection, dimension: Dimension, most: int
) -> tuple[list[RateRow], int]:
    """Return the rows of a dimension and how many values are left out: by n, those with too few items last."""
    counts = selection.counts(dimension, _candidates(search, selection, dimension))
    found = {value: number for value, number in counts.items() if number and (value != UNKNOWN or dimension.none_label)}
    values = sorted(found, key=lambda value: (value == UNKNOWN, -found[value], value))[:most]
    return rate_rows(search, question, selection, dimension, values), len(found) - len(values)


def rate_rows(
    search: Search, question: Question, selection: Selection, dimension: Dimension, values: Sequence[str]
) -> list[RateRow]:
    """Return a row for each of some values: in the dimension's order if it has one, else by n, too few items last."""
    rates = breakdown(selection, dimension, values)
    rows = [_row(search, question, dimension, value, rate) for value, rate in rates.items() if rate.whole]
    if dimension.ordered:
        counts = dict.fromkeys(values, 1)
        order = [each.slug for each in dimension.arranged(counts, search.snapshot.names[dimension.name])]
        rows.sort(key=lambda row: order.index(row.value))
    else:
        rows.sort(key=lambda row: (row.rate.is_too_few, -row.rate.whole, row.label))
    return rows


def _candidates(search: Search, selection: Selection, dimension: Dimension) -> set[str]:
    """Return the values that a breakdown shows: below the chosen ones if there are any, else the top of the tree."""
    chosen = search.labels.get(dimension.name, {})
    values = selection.values(dimension, below=chosen)
    if not any(STEP in value for value in values):
        return {*chosen} or values
    below = {value for value in values if value.rpartition(STEP)[0] in chosen}
    return below or {*chosen} or {value for value in values if STEP not in value}


def _row(search: Search, question: Question, dimension: Dimension, value: str, rate: Rate) -> RateRow:
    narrowed = question.with_value(dimension.name, value)
    label = dimension.full_label(value, search.snapshot.names[dimension.name]) or value
    deeper = ""
    if value != UNKNOWN and any(each.startswith(value + STEP) for each in _below(search, dimension, value)):
        deeper = reverse("web:outcomes") + Breakdown(dimension).url(narrowed)
    return RateRow(value, label, rate, reverse("web:list") + narrowed.query_string, deeper, narrowed.query_string[1:])


def _below(search: Search, dimension: Dimension, value: str) -> set[str]:
    is_tree = any(STEP in each for each in search.snapshot.names[dimension.name])
    return search.everything.values(dimension, below=[value]) if is_tree else set()


def _trend(rows: Sequence[RateRow], matrix: Matrix | None) -> Trend | None:
    """Draw the years, oldest first: one line, or one for each of the largest columns of the matrix."""
    years = sorted((row for row in rows if row.value.isdecimal()), key=lambda row: row.value)
    if len(years) < 2:
        return None
    if matrix is None:
        return trend([("all items", years)], years)
    series = []
    for place, column in enumerate(matrix.columns[:MOST_SERIES]):
        cells = [replace(cells[place].row, value=line.value) for line, cells in matrix.lines if line.value.isdecimal()]
        series.append((column.label, sorted(cells, key=lambda row: row.value)))
    return trend(series, years)


def _matrix(
    search: Search, question: Question, selection: Selection, chosen: Breakdown, rows: Sequence[RateRow]
) -> Matrix | None:
    if chosen.split is None:
        return None
    columns, _ = _rows(search, question, selection, chosen.split, MOST_COLUMNS)
    table = cross_table(
        selection, (chosen.rows, [row.value for row in rows]), (chosen.split, [column.value for column in columns])
    )
    scale = scale_of([*table.values()])
    lines = []
    for row in rows:
        narrowed = question.with_value(chosen.rows.name, row.value)
        cells = []
        for column in columns:
            rate = table[row.value, column.value]
            url = reverse("web:list") + narrowed.with_value(chosen.split.name, column.value).query_string
            cells.append(
                MatrixCell(RateRow(column.value, f"{row.label}, {column.label}", rate, url), tint_of(rate, scale))
            )
        lines.append((row, cells))
    return Matrix(columns, lines)


def treatment_categories(search: Search) -> set[str]:
    """Return the treatments that standardised rates are stratified by: the two upper levels' subcategories."""
    treatment = DIMENSION_BY_NAME["treatment"]
    return {value for value in search.everything.values(treatment) if value.count(STEP) == 1}
