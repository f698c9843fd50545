"""The list page as JSON: the same parameters, items, counts and order.

An unknown parameter or value is an error (400), as is a page past the last (404).
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import JsonResponse
from django.views.decorators.http import require_safe

from imr_archive.search.facets.dimensions import DIMENSIONS
from imr_archive.search.facets.selection import Unit
from imr_archive.web.exports.records import items_json
from imr_archive.web.question.search import InvalidQuestion, strict_search_of
from imr_archive.web.results.list_page import unit_totals
from imr_archive.web.results.rate_summary import shown_rate
from imr_archive.web.results.result_page import page_keys
from imr_archive.web.suggestions.suggest import suggestions

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from imr_archive.analytics.rates import Rate
    from imr_archive.search.facets.dimensions import Dimension
    from imr_archive.web.question.search import Search

    SearchView = Callable[[HttpRequest, Search], JsonResponse]


def _answers_search(view: SearchView) -> Callable[[HttpRequest], JsonResponse]:
    """Parse the query string for a view; answer 400 with the problems if it is invalid."""

    @require_safe
    @wraps(view)
    def wrapped(request: HttpRequest) -> JsonResponse:
        try:
            search = strict_search_of(request.GET)
        except InvalidQuestion as error:
            return _problems(*error.problems, status=400)
        return view(request, search)

    return wrapped


@_answers_search
def items(request: HttpRequest, search: Search) -> JsonResponse:
    """Answer with a page of disputed items, the totals, and the overturn rate without a chosen outcome.

    With ``show=determinations`` it is a page of determinations, each with all its selected items, and the rate is that
    of determinations overturned in whole or in part.
    """
    question, selection = search.question, search.selection
    keys, number, pages, ranked_among = page_keys(search)
    if number < question.page:
        return _problems(f"There is no page {question.page:,}; the last is {pages:,}.", status=404)
    if question.show is Unit.DETERMINATIONS:
        keys = [key for determination in keys for key in selection.items_of(determination)]

    def page_url(other: int) -> str | None:
        if not 1 <= other <= pages:
            return None
        return request.build_absolute_uri(request.path + question.on_page(other).query_string)

    return JsonResponse(
        {
            "question": question.query_string,
            "notices": [*question.query.notices],
            "found": unit_totals(selection),
            "scope": question.scope.value,
            "overturned": _rate(shown_rate(search), question.show),
            "order": question.order.value,
            "ranked_among": ranked_among,
            "page": number,
            "pages": pages,
            "previous": page_url(number - 1),
            "next": page_url(number + 1),
            "items": items_json(keys, request.build_absolute_uri),
        }
    )


@_answers_search
def facets(request: HttpRequest, search: Search) -> JsonResponse:
    """Answer with every value of every facet and its count, under all filters but the facet's own.

    Of the sections of guidelines, there may be tens of thousands: those below a chosen guideline or section are listed.
    """
    question = search.question
    return JsonResponse(
        {
            "question": question.query_string,
            "notices": [*question.query.notices],
            "counted": question.show.value,
            "facets": [
                {"name": each.name, "title": each.title, "values": _values(search, each)} for each in DIMENSIONS
            ],
        }
    )


@_answers_search
def suggested(request: HttpRequest, search: Search) -> JsonResponse:
    """Answer with what the words of a question may mean: values of facets, a case, words; see ``suggestions``."""
    found = [
        {"kind": each.kind, "label": each.label, "count": each.count, "url": request.build_absolute_uri(each.url)}
        for each in suggestions(search)
    ]
    return JsonResponse({"question": search.question.query_string, "suggestions": found})


def _problems(*problems: str, status: int) -> JsonResponse:
    return JsonResponse({"problems": problems}, status=status)


def _rate(rate: Rate, unit: Unit) -> dict[str, Any]:
    return {
        unit.value: rate.part,
        "of": rate.whole,
        "share": rate.value,
        "interval": [*rate.interval] if rate.whole else None,
        "design_effect": rate.design_effect,
    }


def _values(search: Search, dimension: Dimension) -> list[dict[str, Any]]:
    selection = search.without(dimension.name)
    opened = dimension.opened(search.labels.get(dimension.name, ()))
    values = selection.values(dimension, below=opened)
    counts = selection.counts(dimension, values, search.question.show)
    found = [each for each in dimension.arranged(counts, search.snapshot.names[dimension.name]) if each.count]
    if not dimension.ordered:
        found.sort(key=lambda each: (-each.count, each.label, each.slug))
    return [{"value": each.slug, "label": each.label, "count": each.count} for each in found]
