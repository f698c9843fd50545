"""The values of an axis under a question: which are shown, their rates, and the list of exactly the items of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from django.urls import reverse

from imr_archive.analytics.breakdown import breakdown, cross_table, shares
from imr_archive.analytics.events import having_value
from imr_archive.analytics.overturn import overturn_rate
from imr_archive.analytics.rates import Rate
from imr_archive.search.facets.dimension import UNKNOWN
from imr_archive.search.facets.dimensions import YEAR
from imr_archive.search.facets.sections import STEP
from imr_archive.search.facets.selection import Unit
from imr_archive.web.outcomes.figures import RateRow
from imr_archive.web.outcomes.parameters import Breakdown, axis_named, without_outcome
from imr_archive.web.results.rate_summary import OUTCOME_FACETS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from imr_archive.analytics.axes import Axis
    from imr_archive.analytics.events import Event
    from imr_archive.search.facets.selection import Selection
    from imr_archive.web.question.question import Question
    from imr_archive.web.question.search import Search

REASON = "reason"


def narrowed(question: Question, axis: Axis, value: str) -> Question:
    """Return the question for one value of an axis, in place of what it has chosen there."""
    for name in axis.names:
        question = question.without_values(name).with_value(name, value)
    return question


@dataclass(frozen=True, eq=False)
class OutcomeRows:
    """Makes the rows of a search. It counts items, whatever unit the list shows, of every outcome.

    ``keeps_outcome``: of the chosen outcome only, as for the reasons of upheld items.
    """

    search: Search
    keeps_outcome: bool = False

    @cached_property
    def question(self) -> Question:
        """The question that rows narrow."""
        question = self.search.question.showing(Unit.ITEMS)
        return question if self.keeps_outcome else without_outcome(question)

    def beside(self, *axes: Axis) -> Selection:
        """Return the items under every condition but the outcome and those on some axes."""
        left_out = () if self.keeps_outcome else OUTCOME_FACETS
        return self.search.without(*left_out, *(name for axis in axes for name in axis.names))

    @property
    def total(self) -> Rate:
        """The overturn rate of the question's items."""
        return overturn_rate(self.beside())

    @property
    def all_counted(self) -> RateRow:
        """The question itself as a row, with the number of its items."""
        size = self.beside().size()
        return RateRow("", "All", Rate(size, size), reverse("web:list") + self.question.query_string)

    def values(self, axis: Axis, most: int) -> tuple[list[str], int]:
        """Return the values with the most items, and the number of those left out."""
        candidates = axis.candidates(self.search.everything, self._chosen(axis))
        counts = axis.counts(self.beside(axis), candidates)
        values = sorted(counts, key=lambda value: (value == UNKNOWN, -counts[value], value))
        return values[:most], max(0, len(values) - most)

    def _chosen(self, axis: Axis) -> dict[str, Collection[str]]:
        """Return the values that the question allows on an axis, by dimension; nothing where it allows all."""
        question = self.search.question
        found: dict[str, Collection[str]] = {}
        for name in filter(question.limits, axis.names):
            allowed = {*self.search.labels.get(name, ())}
            if name == YEAR and question.has_year_range:
                first, last = question.year_from or 0, question.year_to or 9999
                years = {each for each in self.search.everything.values(axis.dimension) if each.isdecimal()}
                in_range = {each for each in years if first <= int(each) <= last}
                allowed = in_range & allowed if question.values(name) else in_range
            found[name] = allowed
        return found

    def rows(self, axis: Axis, values: Sequence[str]) -> list[RateRow]:
        """Return a row for each of some values, in their order (``sorted``); of reasons, the share of items."""
        selection = self.beside(axis)
        of_reasons = axis.name == REASON
        rates = shares(selection, self._events(values)) if of_reasons else breakdown(selection, axis, values)
        return self.sorted(axis, [self._row(axis, value, rate) for value, rate in rates.items() if rate.whole])

    def sorted(self, axis: Axis, rows: Sequence[RateRow]) -> list[RateRow]:
        """Sort rows in the order of their dimension if it has one, else by n, those with too few items last."""
        if axis.dimension.ordered:
            counts = dict.fromkeys((row.value for row in rows), 1)
            arranged = axis.dimension.arranged(counts, self.search.snapshot.names[axis.dimension.name])
            order = {each.slug: place for place, each in enumerate(arranged)}
            return sorted(rows, key=lambda row: order[row.value])
        return sorted(rows, key=lambda row: (row.rate.is_too_few, -row.rate.whole, row.label))

    def columns(self, axis: Axis, most: int) -> list[RateRow]:
        """Return the columns of a matrix: the values with the most items, with their own rates as its margin."""
        return self.rows(axis, self.values(axis, most)[0])

    def counted(self, axis: Axis, rows: Sequence[RateRow]) -> list[RateRow]:
        """Return the rows with the number of all their items, of every outcome or none, in place of their rates."""
        selection = self.beside(axis)
        sizes = axis.counts(selection, [row.value for row in rows])
        return [replace(row, rate=Rate(sizes.get(row.value, 0), sizes.get(row.value, 0))) for row in rows]

    def cells(self, chosen: Breakdown, rows: Sequence[str], columns: Sequence[str]) -> dict[tuple[str, str], RateRow]:
        """Return the cell of each row and column: an overturn rate, or with reasons the share that has the reason."""
        if chosen.split is None:
            return {}
        selection = self.beside(*chosen.axes)
        if chosen.rows.name == REASON:
            table = {
                (row, column): rate
                for column in columns
                for row, rate in shares(chosen.split.having(selection, [column]), self._events(rows)).items()
            }
        elif chosen.split.name == REASON:
            table = {
                (row, column): rate
                for row in rows
                for column, rate in shares(chosen.rows.having(selection, [row]), self._events(columns)).items()
            }
        else:
            table = cross_table(selection, (chosen.rows, rows), (chosen.split, columns))
        return self._linked(chosen, rows, columns, table)

    def _linked(
        self, chosen: Breakdown, rows: Sequence[str], columns: Sequence[str], table: Mapping[tuple[str, str], Rate]
    ) -> dict[tuple[str, str], RateRow]:
        """Return each cell with its label and the list of exactly its items; a page has hundreds."""
        if chosen.split is None:
            return {}
        found, list_url = {}, reverse("web:list")
        labels = {column: self.label(chosen.split, column) for column in columns}
        *others, last = chosen.split.names
        for row in rows:
            question, label = narrowed(self.question, chosen.rows, row), self.label(chosen.rows, row)
            chosen_of_row = question.without_values(last).toggles(last)
            for column in columns:
                url = narrowed(question, chosen.split, column).query_string if others else chosen_of_row(column)
                found[row, column] = RateRow(column, f"{label}, {labels[column]}", table[row, column], list_url + url)
        return found

    def _events(self, reasons: Sequence[str]) -> Mapping[str, Event]:
        return {reason: having_value(self.search.snapshot, REASON, reason) for reason in reasons}

    def label(self, axis: Axis, value: str) -> str:
        """Return the label of a value where it stands alone."""
        return axis.dimension.full_label(value, self.search.snapshot.names[axis.dimension.name]) or value

    def _row(self, axis: Axis, value: str, rate: Rate) -> RateRow:
        question = narrowed(self.question, axis, value)
        deeper = ""
        below = axis_named(axis.dimension.name, question)
        if value != UNKNOWN and below and below.level > axis.level and len(axis.dimensions) == 1:
            is_broken_down = any(
                each.startswith(value + STEP) for each in self.search.everything.values(axis.dimension, below=[value])
            )
            deeper = reverse("web:outcomes") + Breakdown(below).url(question) if is_broken_down else ""
        url = question.query_string
        return RateRow(value, self.label(axis, value), rate, reverse("web:list") + url, deeper, url[1:])
