"""Comparable decisions for programs: the numbers and sentences of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, JsonResponse

from imr_archive.search.facets.selection import Unit
from imr_archive.web.api.rates import rate_json
from imr_archive.web.api.responses import ApiError, endpoint
from imr_archive.web.comparables.lookup import item_or_404
from imr_archive.web.comparables.page import comparables_page
from imr_archive.web.determinations.lookup import DeterminationWithdrawn
from imr_archive.web.question.filterset import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from imr_archive.models import DisputedItem
    from imr_archive.web.comparables.page import ComparableRow

ITEM_PARAMETER = "item"


@endpoint
def comparables(request: HttpRequest) -> JsonResponse:
    """Answer with the decisions nearest to the item that is named, and with their outcome mix."""
    page = comparables_page(_item(request))
    absolute = request.build_absolute_uri
    return JsonResponse(
        {
            "data_version": page.data_version,
            "item": page.item.reference,
            "url": absolute(page.item_url),
            "compared": page.compared,
            "nearest": page.nearest,
            "rate": rate_json(page.rate, Unit.ITEMS),
            **{outcome.value: [_row(each, absolute) for each in rows] for outcome, rows in page.sides},
        }
    )


def _item(request: HttpRequest) -> QuerySet[DisputedItem]:
    if others := [name for name in request.GET if name != ITEM_PARAMETER]:
        raise ApiError(400, Problem("unknown-parameter", "There is one parameter here: item.", others[0]))
    reference = request.GET.get(ITEM_PARAMETER, "")
    if not reference.strip():
        sentence = "An item is needed: its case number and its number in the letter, such as CM16-0224814-1."
        raise ApiError(400, Problem("missing-parameter", sentence, ITEM_PARAMETER))
    try:
        return item_or_404(reference)
    except Http404 as error:
        raise ApiError(404, Problem("not-found", str(error), ITEM_PARAMETER)) from None
    except DeterminationWithdrawn as error:
        sentence = f"Determination {error.withdrawal.reference} was withdrawn."
        raise ApiError(410, Problem("withdrawn", sentence, ITEM_PARAMETER)) from None


def _row(row: ComparableRow, absolute: Callable[[str], str]) -> dict[str, Any]:
    return {
        "item": row.reference,
        "url": absolute(row.url),
        "compare_url": absolute(row.compare_url),
        "outcome": row.outcome.value,
        "decided": row.decided.isoformat() if row.decided else None,
        "request": row.request,
        "nearness": row.nearness,
        "why": row.why,
    }
