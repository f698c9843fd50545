"""The outcomes page: the overturn rate of a question by one or two facets, as figures and table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.urls import reverse

from imr_archive.analytics.axes import AXES, AXIS_BY_NAME
from imr_archive.search.facets.dimensions import YEAR
from imr_archive.search.facets.selection import Unit
from imr_archive.web.facets.builder import Facet, build_facets
from imr_archive.web.facets.year_range import YearRange, year_range
from imr_archive.web.outcomes.drawings import FigureKind, kinds_of
from imr_archive.web.outcomes.figures import (
    MOST_SERIES,
    Bars,
    Mark,
    Matrix,
    MatrixCell,
    RateRow,
    Trend,
    bars,
    marks,
    scale_of,
    tint_of,
    trend,
)
from imr_archive.web.outcomes.parameters import Breakdown, presets
from imr_archive.web.outcomes.rows import REASON, OutcomeRows
from imr_archive.web.question.active_filters import ActiveFilter, active_filters, question_in_words
from imr_archive.web.question.parameters import ValueSort, View
from imr_archive.web.results.list_page import unit_totals
from imr_archive.web.results.rate_summary import RateSummary, rate_summary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imr_archive.analytics.axes import Axis
    from imr_archive.web.question.question import Question
    from imr_archive.web.question.search import Search

# A table of more rows helps nobody; the page says how many values it leaves out.
MOST_ROWS = 40
# Of a table of two facets, which is wider.
MOST_LINES = 25
MOST_COLUMNS = 8
# Of values with too few items to say anything.
_MOST_FEW = 8


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a question under a breakdown. ``rows`` are the values of the first axis.

    ``share`` says what the rates of the rows and of the matrix's cells are: the share that was overturned, or that was
    decided for a reason. ``without_value`` and ``without_outcome`` are items that are in no row.
    """

    breakdown: Breakdown
    rows: Sequence[RateRow]
    left_out: int
    without_value: int
    without_outcome: int
    scale: float
    marks: Sequence[Mark]
    total_at: float | None
    trend: Trend | None
    matrix: Matrix | None
    bars: Bars | None
    rows_are_shares: bool
    cells_are_shares: bool


@dataclass(frozen=True, slots=True)
class OutcomesPage:
    """The outcomes page: its figures, and the filters of the list beside them, which ``list_url`` answers."""

    question: Question
    breakdown: Breakdown
    list_url: str
    question_in_words: str
    problems: Sequence[str]
    active_filters: Sequence[ActiveFilter]
    clear_url: str
    rate_summary: RateSummary | None
    figures: Figures
    kinds: Sequence[FigureKind]
    presets: Sequence[tuple[str, str]]
    cited_by: Sequence[tuple[str, str, bool]]
    tabs: Sequence[tuple[str, str]]
    choices: Sequence[Axis]
    hidden_pairs: Sequence[tuple[str, str]]
    query_string: str
    data_version: str
    # What the filters show, as on the list page.
    facets: Sequence[Facet]
    more_facets_are_open: bool
    year_range: YearRange
    value_sorts: Sequence[ValueSort]
    totals: Mapping[str, int]


def outcomes_page(search: Search, chosen: Breakdown) -> OutcomesPage:
    """Build the page of a search under a breakdown; it counts items, whatever unit the list shows."""
    search = replace(search, question=search.question.showing(Unit.ITEMS))
    rows = OutcomeRows(search)
    facets = build_facets(search)
    filters = active_filters(search)
    figures = figures_of(rows, chosen)
    return OutcomesPage(
        question=search.question,
        breakdown=chosen,
        list_url=reverse("web:outcomes"),
        question_in_words=question_in_words(filters),
        problems=[*search.problems, *search.unknown_values, *chosen.problems],
        active_filters=[_here(each, chosen) for each in filters],
        clear_url=chosen.url(search.question.cleared()),
        rate_summary=rate_summary(search),
        figures=figures,
        kinds=kinds_of(figures),
        presets=presets(rows.question),
        cited_by=_cited_by(rows, chosen),
        tabs=_tabs(search.question),
        choices=AXES,
        hidden_pairs=[pair for pair in search.question.pairs if pair[0] not in ("page", "view")],
        query_string=chosen.url(search.question),
        data_version=search.snapshot.data_version,
        facets=facets,
        more_facets_are_open=any(each.selected and not each.is_open for each in facets),
        year_range=year_range(search, next(each for each in facets if each.name == YEAR)),
        value_sorts=tuple(ValueSort),
        totals=unit_totals(search.selection),
    )


def figures_of(rows: OutcomeRows, chosen: Breakdown) -> Figures:
    """Return the figures of a question under a breakdown."""
    values, left_out = rows.values(chosen.rows, MOST_LINES if chosen.split else MOST_ROWS)
    found = rows.rows(chosen.rows, values)
    if not chosen.rows.dimension.ordered:
        enough = [row for row in found if not row.rate.is_too_few]
        few = [row for row in found if row.rate.is_too_few]
        left_out += len(few[_MOST_FEW:])
        found = [*enough, *few[:_MOST_FEW]]
    total = rows.total
    rows_are_shares = chosen.rows.name == REASON
    scale = scale_of([*([] if rows_are_shares else [total]), *(row.rate for row in found)])
    matrix = matrix_of(rows, chosen, found) if chosen.split and found else None
    selection = rows.beside()
    return Figures(
        breakdown=chosen,
        rows=found,
        left_out=left_out,
        without_value=chosen.rows.without_value(selection),
        without_outcome=selection.size() - total.whole,
        scale=scale,
        marks=marks(found, scale),
        total_at=None if rows_are_shares else round(min(100.0, 100 * (total.value or 0.0) / scale), 2),
        trend=_trend(found, matrix) if chosen.rows.name == YEAR else None,
        matrix=matrix,
        bars=bars(found) if chosen.rows.cited and not chosen.split and found else None,
        rows_are_shares=rows_are_shares,
        cells_are_shares=REASON in [axis.name for axis in chosen.axes],
    )


def _here(each: ActiveFilter, chosen: Breakdown) -> ActiveFilter:
    """Keep the breakdown when a filter is removed."""
    joint = "&" if each.remove_url else "?"
    kept = "&".join(f"{name}={value}" for name, value in chosen.pairs)
    return each._replace(remove_url=f"{each.remove_url}{joint}{kept}")


def _cited_by(rows: OutcomeRows, chosen: Breakdown) -> list[tuple[str, str, bool]]:
    """Return the same level of guidelines as cited by either side and by both: label, query string, whether shown."""
    if not chosen.rows.cited:
        return []
    suffix = chosen.rows.name.rpartition("_")[2]
    sides = (("reviewer", "guideline"), ("administrator", "ca_guideline"), ("both", "both_guideline"))
    axes = [(label, AXIS_BY_NAME[f"{name}_{suffix}"]) for label, name in sides]
    return [(label, Breakdown(axis, chosen.split).url(rows.question), axis is chosen.rows) for label, axis in axes]


def _tabs(question: Question) -> list[tuple[str, str]]:
    """Return the other views of the same question."""
    from_start = replace(question, page=1)
    return [(view.label, reverse("web:list") + from_start.viewed_as(view).query_string) for view in View]


def _trend(rows: Sequence[RateRow], matrix: Matrix | None) -> Trend | None:
    """Draw the years, oldest first: one line, or one for each of the largest columns of the matrix."""
    years = sorted((row for row in rows if row.value.isdecimal()), key=lambda row: row.value)
    if len(years) < 2:
        return None
    if matrix is None:
        return trend([("all items", years)], years)
    series = []
    by_size = sorted(matrix.columns, key=lambda column: -column.rate.whole)[:MOST_SERIES]
    for place, column in enumerate(matrix.columns):
        if column in by_size:
            cells = [
                replace(cells[place].row, value=line.value) for line, cells in matrix.lines if line.value.isdecimal()
            ]
            series.append((column.label, sorted(cells, key=lambda row: row.value)))
    return trend(series, years)


def matrix_of(rows: OutcomeRows, chosen: Breakdown, found: Sequence[RateRow]) -> Matrix | None:
    """Return the matrix of some rows by the largest values of the second axis, with both margins."""
    if chosen.split is None:
        return None
    columns = rows.columns(chosen.split, MOST_COLUMNS)
    cells = rows.cells(chosen, [row.value for row in found], [column.value for column in columns])
    is_of_reasons = REASON in [axis.name for axis in chosen.axes]
    if is_of_reasons:
        # The margins of shares are the numbers of items.
        columns, found = rows.counted(chosen.split, columns), rows.counted(chosen.rows, found)
    scale = scale_of([cell.rate for cell in cells.values()])
    lines = []
    for row in found:
        of_row = [cells[row.value, column.value] for column in columns]
        lines.append((row, [MatrixCell(cell, tint_of(cell.rate, scale)) for cell in of_row]))
    total = RateRow("", "All", rows.total, reverse("web:list") + rows.question.query_string)
    if is_of_reasons:
        total = rows.all_counted
    return Matrix(columns, lines, total)
