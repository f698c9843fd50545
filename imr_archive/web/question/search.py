"""A question asked of one snapshot of the archive: the items it selects, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from imr_archive.search.facets.dimension import UNKNOWN
from imr_archive.search.facets.dimensions import ARRIVED, DIMENSIONS, YEAR
from imr_archive.search.facets.selection import Selection
from imr_archive.search.facets.snapshot import current_snapshot
from imr_archive.web.question.filterset import QuestionReader
from imr_archive.web.question.parameters import SINCE_VAR, WORDS_VAR
from imr_archive.web.question.question import Question

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django.http import QueryDict

    from imr_archive.search.facets.dimension import Dimension
    from imr_archive.search.facets.snapshot import Snapshot
    from imr_archive.web.question.filterset import Problem


class InvalidQuestion(ValueError):
    """A query string with unknown parameters or invalid values; ``problems`` say which."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(" ".join(each.message for each in problems))
        self.problems = problems


@dataclass(frozen=True, eq=False)
class Search:
    """A question with the items it selects from a snapshot.

    Every condition holds for one and the same item. ``labels`` name the chosen values that exist, by facet. A facet
    for which only unknown values are chosen selects nothing; beside known values an unknown one changes nothing.
    ``problems`` and ``unknown_values`` are sentences for the reader.
    """

    question: Question
    snapshot: Snapshot
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    unknown_values: tuple[str, ...] = ()

    @classmethod
    def of_everything(cls) -> Search:
        """Return the search that asks for nothing: all items of the archive as it is now."""
        return cls(Question(), current_snapshot())

    @cached_property
    def everything(self) -> Selection:
        """All items of the snapshot."""
        return Selection.of_everything(self.snapshot)

    @cached_property
    def selection(self) -> Selection:
        """The items that fulfil every condition."""
        return self._narrowed(leave_out=())

    def label_of(self, dimension: Dimension, value: str) -> str:
        """Return the label of a chosen value where it stands alone; an unknown value in quotes."""
        known = value in self.labels.get(dimension.name, {})
        label = dimension.full_label(value, self.snapshot.names[dimension.name]) if known else None
        return label or f"“{value}”"

    def without(self, *names: str) -> Selection:
        """Return the items under every condition but the named ones: what a facet counts."""
        return self._narrowed(leave_out=names) if any(map(self.question.limits, names)) else self.selection

    def _narrowed(self, *, leave_out: Collection[str]) -> Selection:
        items = self.everything
        if WORDS_VAR not in leave_out:
            items = items.matching(self.question.query)
        for dimension in DIMENSIONS:
            if dimension.name not in leave_out and self.question.limits(dimension.name):
                items = self._limited(items, dimension)
        if self.question.has_arrival and SINCE_VAR not in leave_out:
            first, last = self.question.since or date.min, self.question.until or date.max
            days = self.everything.values(ARRIVED) - {UNKNOWN}
            items = items.having(ARRIVED, [day for day in days if f"{first}" <= day <= f"{last}"])
        return items

    def _limited(self, items: Selection, dimension: Dimension) -> Selection:
        if self.question.values(dimension.name):
            known = self.labels.get(dimension.name)
            items = items.having(dimension, known) if known else items.none()
        if dimension.name == YEAR and self.question.has_year_range:
            first, last = self.question.year_from or 0, self.question.year_to or date.max.year
            years = (each for each in self.everything.values(dimension) if each.isdecimal())
            items = items.having(dimension, [each for each in years if first <= int(each) <= last])
        return items


def question_of(query: QueryDict) -> Question:
    """Parse a query string as ``search_of`` does, without asking for the values that exist."""
    return QuestionReader(query, {}).question


def search_of(query: QueryDict, snapshot: Snapshot | None = None) -> Search:
    """Parse a query string leniently, as a page does: what is invalid becomes a sentence beside the results."""
    snapshot = snapshot or current_snapshot()
    return _search(QuestionReader(query, snapshot.names), snapshot)


def strict_search_of(query: QueryDict) -> Search:
    """Parse a query string strictly, as downloads and the API do.

    Raise ``InvalidQuestion`` where a page would only show a sentence: a program that misspells a parameter must not
    get the whole archive.
    """
    snapshot = current_snapshot()
    reader = QuestionReader(query, snapshot.names)
    if problems := reader.all_problems:
        raise InvalidQuestion(problems)
    return _search(reader, snapshot)


def _search(reader: QuestionReader, snapshot: Snapshot) -> Search:
    question = reader.question
    return Search(
        question,
        snapshot,
        reader.labels(question),
        problems=reader.problems,
        unknown_values=reader.unknown_values,
    )
