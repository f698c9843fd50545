"""The list page and the page of one facet: everything that their templates show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from imr_archive.analytics.overturn import overturn_rate
from imr_archive.models import Determination
from imr_archive.search.facets.dimensions import YEAR
from imr_archive.search.facets.selection import Unit
from imr_archive.search.query.parser import parse_query
from imr_archive.search.query.tree import printed
from imr_archive.web.facets.builder import Facet, build_facets
from imr_archive.web.facets.value_finder import find_values
from imr_archive.web.facets.year_range import YearRange, year_range
from imr_archive.web.question.active_filters import ActiveFilter, active_filters, question_in_words
from imr_archive.web.question.parameters import USUAL_COLUMNS, Sort, TableColumn, ValueSort, View
from imr_archive.web.results.alternatives import Alternative, alternatives
from imr_archive.web.results.explanation import LeafCount, OtherScope, leaf_counts, other_scope
from imr_archive.web.results.pager import Pager, pager
from imr_archive.web.results.rate_summary import RateSummary, rate_summary
from imr_archive.web.results.result_page import ResultPage, result_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from imr_archive.search.facets.selection import Selection
    from imr_archive.search.query.parser import SearchQuery
    from imr_archive.search.query.tree import Leaf
    from imr_archive.web.question.question import Question
    from imr_archive.web.question.search import Search


@dataclass(frozen=True, slots=True)
class ListPage:
    """The list page. URLs are query strings that follow ``list_url``.

    ``read_as`` is the query as it was parsed, ``also_searched`` the synonyms of each leaf, and ``named_case`` the
    determination whose case number was typed as words.
    """

    question: Question
    list_url: str
    question_in_words: str
    totals: Mapping[str, int]
    results: ResultPage
    pager: Pager | None
    problems: Sequence[str]
    read_as: str
    leaf_counts: Sequence[LeafCount]
    also_searched: Sequence[tuple[str, Sequence[str]]]
    exact_url: str
    other_scope: OtherScope | None
    alternatives: Sequence[Alternative]
    named_case: Determination | None
    facets: Sequence[Facet]
    more_facets_are_open: bool
    year_range: YearRange
    value_sorts: Sequence[ValueSort]
    active_filters: Sequence[ActiveFilter]
    clear_url: str
    first_page_url: str
    rate_summary: RateSummary | None
    leaves: Sequence[Leaf]
    units: Sequence[tuple[Unit, str]]
    views: Sequence[tuple[View, str]]
    outcomes_url: str
    columns: Sequence[tuple[TableColumn, bool]]
    sorts: Sequence[tuple[Sort, str]]
    archive_is_empty: bool
    data_version: str
    today: date


@dataclass(frozen=True, slots=True)
class FacetPage:
    """The values of one facet whose names contain the words of ``within``."""

    question: Question
    list_url: str
    question_in_words: str
    facet: Facet
    within: str


def list_page(search: Search) -> ListPage:
    """Build the list page of a search."""
    question, query = search.question, search.question.query
    totals = unit_totals(search.selection)
    results = result_page(search)
    filters = active_filters(search)
    facets = build_facets(search)
    return ListPage(
        question=question,
        list_url=reverse("web:list"),
        question_in_words=question_in_words(filters),
        totals=totals,
        results=results,
        pager=pager(question, results),
        problems=[*search.problems, *query.notices, *search.unknown_values, *filter(None, [results.problem])],
        read_as=printed(parse_query(question.words).root, joint=" AND "),
        leaf_counts=leaf_counts(search),
        also_searched=[(leaf.printed, leaf.also_printed) for leaf in query.leaves if leaf.also_printed],
        exact_url=question.searched_exactly(not question.exact).query_string,
        other_scope=other_scope(search),
        alternatives=alternatives(search) if question.is_narrowed and not totals["items"] else [],
        named_case=_named_case(query),
        facets=facets,
        more_facets_are_open=any(each.selected and not each.is_open for each in facets),
        year_range=year_range(search, next(each for each in facets if each.name == YEAR)),
        value_sorts=tuple(ValueSort),
        active_filters=filters,
        clear_url=question.cleared().query_string,
        first_page_url=question.on_page(1).query_string,
        rate_summary=rate_summary(search),
        leaves=query.positive_leaves,
        units=[(unit, question.showing(unit).query_string) for unit in Unit],
        views=[(view, question.viewed_as(view).query_string) for view in View],
        outcomes_url=reverse("web:outcomes") + question.on_page(1).query_string,
        columns=[(column, column in (question.columns or USUAL_COLUMNS)) for column in TableColumn],
        sorts=[
            (sort, question.sorted_by(sort).query_string)
            for sort in Sort
            if sort is not Sort.RELEVANCE or query.positive_leaves
        ],
        archive_is_empty=not totals["items"] and not overturn_rate(search.everything).whole,
        data_version=search.snapshot.data_version,
        today=timezone.localdate(),
    )


def facet_page(search: Search, name: str, within: str) -> FacetPage:
    """Build the page of the facet's values that are named by some words, with their counts under the question."""
    return FacetPage(
        question=search.question,
        list_url=reverse("web:list"),
        question_in_words=question_in_words(active_filters(search)),
        facet=find_values(search, name, within),
        within=within,
    )


def unit_totals(selection: Selection) -> dict[str, int]:
    """Count a selection in each unit."""
    return {unit.value: selection.size(unit) for unit in Unit}


def _named_case(query: SearchQuery) -> Determination | None:
    """Return the determination whose case number was typed: letters seldom print it where words are searched."""
    numbers = {leaf.case_number for leaf in query.leaves}
    number = numbers.pop() if len(numbers) == 1 else ""
    return Determination.objects.numbered(number).order_by("pk").first() if number else None
