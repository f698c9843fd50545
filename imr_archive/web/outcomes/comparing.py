"""A against B: two questions side by side, raw and with the treatment mix of both together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.urls import reverse

from imr_archive.analytics.axes import AXIS_BY_NAME
from imr_archive.analytics.breakdown import mix_of, standardised_rate
from imr_archive.analytics.comparison import Difference
from imr_archive.analytics.overturn import overturn_rate
from imr_archive.search.facets.selection import Unit
from imr_archive.web.outcomes.figures import Mark, RateRow, marks, scale_of
from imr_archive.web.outcomes.parameters import without_outcome
from imr_archive.web.question.active_filters import active_filters, question_in_words
from imr_archive.web.question.search import search_of
from imr_archive.web.results.rate_summary import OUTCOME_FACETS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.analytics.standardisation import StandardisedRate
    from imr_archive.search.facets.snapshot import Snapshot
    from imr_archive.web.question.search import Search

MAX_QUESTION = 4_000


@dataclass(frozen=True, slots=True)
class ComparisonPage:
    """Two questions with their rates, the difference and one sentence.

    ``standardised`` has the two rates with the treatment mix of both questions' items together; None where a question
    shares no treatment with it.
    """

    first: str
    second: str
    rows: Sequence[RateRow]
    marks: Sequence[Mark]
    scale: float
    difference: Difference
    sentence: str
    shared_items: int
    standardised: Sequence[tuple[str, StandardisedRate]]
    problems: Sequence[str]


def comparison_page(first: str, second: str, snapshot: Snapshot) -> ComparisonPage:
    """Compare two questions, given as query strings, on one snapshot."""
    searches = [search_of(QueryDict(each[:MAX_QUESTION]), snapshot) for each in (first, second)]
    rows = [_row(search, name) for search, name in zip(searches, "AB", strict=True)]
    scale = scale_of([row.rate for row in rows])
    difference = Difference(rows[0].rate, rows[1].rate)
    return ComparisonPage(
        first=first,
        second=second,
        rows=rows,
        marks=marks(rows, scale),
        scale=scale,
        difference=difference,
        sentence=difference.sentence("A", "B"),
        shared_items=_shared(*searches),
        standardised=_standardised(searches, rows),
        problems=[problem for search in searches for problem in (*search.problems, *search.unknown_values)],
    )


def _row(search: Search, name: str) -> RateRow:
    question = without_outcome(search.question.showing(Unit.ITEMS))
    words = question_in_words(each for each in active_filters(search) if each.phrase not in ("outcome", "whole case"))
    url = reverse("web:list") + question.query_string
    return RateRow(name, words or "all items", overturn_rate(search.without(*OUTCOME_FACETS)), url)


def _shared(one: Search, other: Search) -> int:
    """Count the items that both questions select: a comparison of overlapping sets says less than it seems to."""
    pairs = zip(one.without(*OUTCOME_FACETS).positions, other.without(*OUTCOME_FACETS).positions, strict=True)
    return sum(first.intersection_cardinality(second) for first, second in pairs)


def _standardised(searches: Sequence[Search], rows: Sequence[RateRow]) -> list[tuple[str, StandardisedRate]]:
    treatment = AXIS_BY_NAME["treatment_subcategory"]
    selections = [search.without(*OUTCOME_FACETS) for search in searches]
    strata = treatment.candidates(searches[0].everything, {})
    mixes = [mix_of(selection, treatment, strata) for selection in selections]
    standard = {value: sum(mix.get(value, 0) for mix in mixes) for value in sorted({*mixes[0], *mixes[1]})}
    # Only strata that both have: otherwise the two would be standardised to different mixes.
    standard = {value: number for value, number in standard.items() if all(mix.get(value) for mix in mixes)}
    rates = [standardised_rate(selection, treatment, standard) for selection in selections]
    return [(row.value, rate) for row, rate in zip(rows, rates, strict=True) if rate] if all(rates) else []
