"""The trees of treatments and of guidelines: each value with its number of items and its overturn rate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.urls import reverse

from imr_archive.analytics.rates import Rate
from imr_archive.search.facets.dimension import UNKNOWN
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME
from imr_archive.search.facets.sections import STEP
from imr_archive.search.facets.selection import Unit
from imr_archive.vocabulary import Outcome
from imr_archive.web.question.active_filters import active_filters
from imr_archive.web.results.rate_summary import OUTCOME_FACETS, RateSummary, rate_summary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imr_archive.web.question.active_filters import ActiveFilter
    from imr_archive.web.question.question import Question
    from imr_archive.web.question.search import Search


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A value with its page, its items, its rate among those with an outcome, and the values below it.

    ``by_other_side`` is the number of items for which the claims administrator cited it; None for treatments.
    """

    label: str
    url: str
    number: int
    rate: Rate
    by_other_side: int | None
    parts: Sequence[TreeNode]


@dataclass(frozen=True, slots=True)
class TreePage:
    """A tree under a question, without the question's own choice in it; the largest values first."""

    question: Question
    filters: Sequence[ActiveFilter]
    problems: Sequence[str]
    rate_summary: RateSummary | None
    nodes: Sequence[TreeNode]


@dataclass(frozen=True, slots=True)
class _Counts:
    names: Mapping[str, str]
    numbers: Mapping[str, int]
    overturned: Mapping[str, int]
    upheld: Mapping[str, int]
    other_side: Mapping[str, int] | None
    page: str
    query: str


def tree_page(search: Search, name: str, page: str, other_side: str = "") -> TreePage:
    """Build the tree of a dimension; ``page`` names the page of a value."""
    question = search.question.showing(Unit.ITEMS).without_values(name)
    search = replace(search, question=question)
    selection = search.without(*OUTCOME_FACETS)
    dimension, outcome = DIMENSION_BY_NAME[name], DIMENSION_BY_NAME["outcome"]
    counts = _Counts(
        names=search.snapshot.names[name],
        numbers=selection.counts(dimension),
        overturned=selection.having(outcome, [Outcome.OVERTURNED]).counts(dimension),
        upheld=selection.having(outcome, [Outcome.UPHELD]).counts(dimension),
        other_side=selection.counts(DIMENSION_BY_NAME[other_side]) if other_side else None,
        page=page,
        query=question.query_string,
    )
    found = {*counts.numbers, *(counts.other_side or ())} - {UNKNOWN}
    return TreePage(
        question=question,
        filters=active_filters(search),
        problems=[*search.problems, *search.unknown_values],
        rate_summary=rate_summary(search),
        nodes=_nodes(counts, [value for value in found if STEP not in value], found),
    )


def _nodes(counts: _Counts, values: Sequence[str], found: set[str]) -> list[TreeNode]:
    nodes = []
    for value in values:
        number = counts.numbers.get(value, 0)
        by_other_side = None if counts.other_side is None else counts.other_side.get(value, 0)
        if number or by_other_side:
            overturned = counts.overturned.get(value, 0)
            rate = Rate(overturned, overturned + counts.upheld.get(value, 0))
            url = reverse(counts.page, args=[value]) + counts.query
            label = counts.names.get(value, value)
            below = [each for each in found if each.rpartition(STEP)[0] == value]
            nodes.append(TreeNode(label, url, number, rate, by_other_side, _nodes(counts, below, found)))
    return sorted(nodes, key=lambda node: (-node.number, -(node.by_other_side or 0), node.label))
