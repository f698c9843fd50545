"""The archive for programs: the same parameters, items, counts and order as on the pages.

An unknown parameter or value is an error. ``view``, ``values`` and ``columns``, which shape pages only, are taken so
that the address of a page can be used, and ``show`` says only what facets count.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.http import HttpResponsePermanentRedirect, JsonResponse
from django.urls import is_valid_path, reverse

from imr_archive.models import SourceLetter
from imr_archive.search.facets.dimensions import DIMENSIONS
from imr_archive.search.facets.selection import Unit
from imr_archive.vocabulary import SourceState
from imr_archive.web.api.document import openapi_document
from imr_archive.web.api.parts import CURSOR_VAR, LIMIT_VAR, USUAL_LIMIT, cursor_at, read_part
from imr_archive.web.api.rates import rate_json
from imr_archive.web.api.responses import ApiError, asked_json, endpoint
from imr_archive.web.exports.records import determinations_json, items_json
from imr_archive.web.question.filterset import Problem
from imr_archive.web.question.parameters import PAGE_VAR
from imr_archive.web.question.search import Search, strict_search_of
from imr_archive.web.results.list_page import unit_totals
from imr_archive.web.results.rate_summary import shown_rate
from imr_archive.web.results.result_page import listed_keys
from imr_archive.web.suggestions.suggest import suggestions

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from imr_archive.search.facets.dimension import Dimension
    from imr_archive.web.api.parts import Part


@endpoint
def items(request: HttpRequest) -> JsonResponse:
    """Answer with a part of the disputed items, the totals, and the overturn rate without a chosen outcome."""
    return _listed(request, Unit.ITEMS)


@endpoint
def determinations(request: HttpRequest) -> JsonResponse:
    """Answer with a part of the determinations, each with its selected items.

    The rate is that of determinations overturned in whole or in part.
    """
    return _listed(request, Unit.DETERMINATIONS)


@endpoint
def facets(request: HttpRequest) -> JsonResponse:
    """Answer with every value of every facet and its count, under all filters but the facet's own.

    Of the sections of guidelines, there may be tens of thousands: those below a chosen guideline or section are listed.
    """
    search = strict_search_of(request.GET)
    return JsonResponse(
        {
            **asked_json(search),
            "counted": search.question.show.value,
            "facets": [
                {"name": each.name, "title": each.title, "values": _values(search, each)} for each in DIMENSIONS
            ],
        }
    )


@endpoint
def suggested(request: HttpRequest) -> JsonResponse:
    """Answer with what the words of a question may mean: values of facets, a case, words; see ``suggestions``."""
    search = strict_search_of(request.GET)
    found = [
        {"kind": each.kind, "label": each.label, "count": each.count, "url": request.build_absolute_uri(each.url)}
        for each in suggestions(search)
    ]
    return JsonResponse({**asked_json(search), "suggestions": found})


@endpoint
def versions(request: HttpRequest) -> JsonResponse:
    """Answer with the version of the data, the versions of the parser that read it, and the totals."""
    _refuse_parameters(request)
    everything = Search.of_everything().everything
    parsers = everything.cached("parser versions", _parser_versions)
    return JsonResponse(
        {
            "api": "v1",
            "data_version": everything.snapshot.data_version,
            "parser_versions": parsers,
            "totals": unit_totals(everything),
        }
    )


@endpoint
def openapi(request: HttpRequest) -> JsonResponse:
    """Answer with the OpenAPI document of these addresses."""
    _refuse_parameters(request)
    return JsonResponse(openapi_document(request.build_absolute_uri(reverse("api:root"))))


@endpoint
def unknown(request: HttpRequest) -> HttpResponse:
    """Answer 404; an address that only lacks its last slash is redirected."""
    if not request.path_info.endswith("/") and is_valid_path(f"{request.path_info}/"):
        return _redirected(f"{request.path}/", request)
    raise ApiError(404, Problem("not-found", "The API has no such address; see openapi.json.", None))


@endpoint
def former(request: HttpRequest) -> HttpResponse:
    """Redirect an address from before the API had versions."""
    return _redirected(request.path.replace("/api/", "/api/v1/", 1), request)


def _redirected(path: str, request: HttpRequest) -> HttpResponse:
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return HttpResponsePermanentRedirect(path + query, preserve_request=True)


def _refuse_parameters(request: HttpRequest) -> None:
    if request.GET:
        name = next(iter(request.GET))
        raise ApiError(400, Problem("unknown-parameter", "There are no parameters here.", name))


def _listed(request: HttpRequest, unit: Unit) -> JsonResponse:
    part, query = read_part(request.GET)
    found = strict_search_of(query)
    search = replace(found, question=found.question.showing(unit).on_page(found.question.page))
    question, selection = search.question, search.selection
    offset = (question.page - 1) * part.limit if part.offset is None else part.offset
    size = selection.size(unit)
    if offset and offset >= size:
        parameter = PAGE_VAR if part.offset is None else CURSOR_VAR
        raise ApiError(404, Problem("past-the-end", f"The list ends after {size:,} {unit.label}.", parameter))
    keys, ranked_among = listed_keys(search, offset=offset, limit=part.limit)
    address = request.build_absolute_uri
    is_items = unit is Unit.ITEMS
    records = items_json(keys, address) if is_items else determinations_json(selection, keys, address)
    return JsonResponse(
        {
            **asked_json(search),
            "found": unit_totals(selection),
            "rate": rate_json(shown_rate(search), unit),
            "order": question.order.value,
            "ranked_among": ranked_among,
            "next": _next_url(request, search, offset + part.limit, part) if offset + part.limit < size else None,
            unit.value: records,
        }
    )


def _next_url(request: HttpRequest, search: Search, offset: int, part: Part) -> str:
    """Return the address of the next part. The order of a list is total, so that no item is skipped or repeated."""
    query = search.question.on_page(1).query_string
    limit = f"&{LIMIT_VAR}={part.limit}" if part.limit != USUAL_LIMIT else ""
    cursor = f"{'&' if query else '?'}{CURSOR_VAR}={cursor_at(offset)}"
    return request.build_absolute_uri(f"{request.path}{query}{cursor}{limit}")


def _values(search: Search, dimension: Dimension) -> list[dict[str, Any]]:
    selection = search.without(dimension.name)
    opened = dimension.opened(search.labels.get(dimension.name, ()))
    values = selection.values(dimension, below=opened)
    counts = selection.counts(dimension, values, search.question.show)
    found = [each for each in dimension.arranged(counts, search.snapshot.names[dimension.name]) if each.count]
    if not dimension.ordered:
        found.sort(key=lambda each: (-each.count, each.label, each.slug))
    return [{"value": each.slug, "label": each.label, "count": each.count} for each in found]


def _parser_versions() -> list[str]:
    """Return the versions of the parser that read the current letters."""
    letters = SourceLetter.objects.filter(state=SourceState.CURRENT).order_by("parser_version")
    return [*letters.values_list("parser_version", flat=True).distinct()]
