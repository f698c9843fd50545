"""What the list's page shows, as JSON: the same parameters, the same items, counts and order.

A parameter or value that does not exist is an error (400), as is a page beyond the last (404).
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import JsonResponse
from django.views.decorators.http import require_safe

from imr_archive.search.facets.dimensions import DIMENSIONS
from imr_archive.search.facets.selection import Unit
from imr_archive.web.exports.records import records_of
from imr_archive.web.question.strict_filters import BadQuestion, Question, question_of
from imr_archive.web.results.rate_summary import overturn_rate
from imr_archive.web.results.results import page_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from imr_archive.analytics.rates import Rate
    from imr_archive.search.facets.dimensions import Dimension

    Answer = Callable[[HttpRequest, Question], JsonResponse]


def _asked(answer: Answer) -> Callable[[HttpRequest], JsonResponse]:
    """Let a view answer a question; what is none is refused with the sentences that say why."""

    @require_safe
    @wraps(answer)
    def view(request: HttpRequest) -> JsonResponse:
        try:
            question = question_of(request.GET)
        except BadQuestion as error:
            return JsonResponse({"problems": error.problems}, status=400)
        return answer(request, question)

    return view


@_asked
def items(request: HttpRequest, question: Question) -> JsonResponse:
    """Answer with a page of disputed items, the counts of all, and their overturn rate, a chosen outcome left out.

    With ``show=determinations`` the page is one of letters, each with all its items that were found.
    """
    state, filterset = question
    selection = filterset.qs
    keys, number, pages, ranked_among = page_keys(selection, state)
    if number < state.page:
        return JsonResponse({"problems": [f"There is no page {state.page:,}; the last is {pages:,}."]}, status=404)
    if state.show is Unit.DETERMINATIONS:
        keys = [key for determination in keys for key in selection.items_of(determination)]

    def page(other: int) -> str | None:
        if not 1 <= other <= pages:
            return None
        return request.build_absolute_uri(request.path + state.on_page(other).query_string)

    return JsonResponse(
        {
            "question": state.query_string,
            "notices": [*state.query.notices],
            "found": {unit.value: selection.size(unit) for unit in Unit},
            "overturned": _rate(overturn_rate(filterset.without("outcome"))),
            "order": state.order.value,
            "ranked_among": ranked_among,
            "page": number,
            "pages": pages,
            "previous": page(number - 1),
            "next": page(number + 1),
            "items": records_of(keys, request.build_absolute_uri),
        }
    )


@_asked
def facets(request: HttpRequest, question: Question) -> JsonResponse:
    """Answer with every value of every facet and its count, under all filters but the facet's own."""
    state = question.state
    return JsonResponse(
        {
            "question": state.query_string,
            "notices": [*state.query.notices],
            "counted": state.show.value,
            "facets": [
                {"name": each.name, "title": each.title, "values": _values(question, each)} for each in DIMENSIONS
            ],
        }
    )


def _rate(rate: Rate) -> dict[str, Any]:
    interval = [*rate.interval] if rate.whole else None
    return {"items": rate.part, "of": rate.whole, "share": rate.value, "interval": interval}


def _values(question: Question, dimension: Dimension) -> list[dict[str, Any]]:
    state, filterset = question
    counts = filterset.without(dimension.name).counts(dimension, unit=state.show)
    found = [each for each in dimension.arranged(counts, filterset.names(dimension)) if each.count]
    if not dimension.ordered:
        found.sort(key=lambda each: (-each.count, each.label, each.slug))
    return [{"value": each.slug, "label": each.label, "count": each.count} for each in found]
