"""How the API answers: headers, errors of one form, and 304 where the archive has not changed."""

from __future__ import annotations

import hashlib
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt

from imr_archive.search.facets.snapshot import current_snapshot
from imr_archive.web.question.filterset import Problem
from imr_archive.web.question.search import InvalidQuestion

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from imr_archive.web.question.search import Search

    View = Callable[[HttpRequest], HttpResponse]

# The version of the form of the answers: it rises when the same data would be answered otherwise.
FORM_VERSION = 1
METHODS = "GET, HEAD, OPTIONS"
_PREFLIGHT_SECONDS = "86400"


class ApiError(Exception):
    """An answer with a status other than 200."""

    def __init__(self, status: int, *problems: Problem) -> None:
        super().__init__(" ".join(each.message for each in problems))
        self.status = status
        self.problems = problems


def endpoint(view: View) -> View:
    """Make a view of the API: read-only, readable from other sites, with an entity tag and errors of one form."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        return _readable_elsewhere(_answer(view, request))

    return wrapped


def asked_json(search: Search) -> dict[str, Any]:
    """Return what every answer to a question says of it."""
    question = search.question
    return {
        "question": question.query_string,
        "notices": [*question.query.notices],
        "scope": question.scope.value,
        "data_version": search.snapshot.data_version,
    }


def error_response(status: int, *problems: Problem) -> JsonResponse:
    """Return an answer that says what is wrong."""
    return JsonResponse({"errors": [each._asdict() for each in problems]}, status=status)


def _answer(view: View, request: HttpRequest) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": METHODS})
    if request.method not in ("GET", "HEAD"):
        response: HttpResponse = error_response(
            405, Problem("method-not-allowed", f"The API is only read: {METHODS}.", None)
        )
        response["Allow"] = METHODS
        return response
    tag = _entity_tag(request)
    if unchanged := get_conditional_response(request, etag=tag):
        return unchanged
    try:
        response = view(request)
    except InvalidQuestion as error:
        return error_response(400, *error.problems)
    except ApiError as error:
        return error_response(error.status, *error.problems)
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache"
    return response


def _entity_tag(request: HttpRequest) -> str:
    """Return the tag of an address under one version of the data; it is weak because answers are compressed."""
    told: tuple[Any, ...] = (FORM_VERSION, current_snapshot().data_version, request.build_absolute_uri())
    return f'W/"{hashlib.sha256(repr(told).encode()).hexdigest()[:32]}"'


def _readable_elsewhere(response: HttpResponse) -> HttpResponse:
    """Allow scripts of every site to read the answer; it is the same for everybody."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = METHODS
    response["Access-Control-Expose-Headers"] = "ETag"
    response["Access-Control-Max-Age"] = _PREFLIGHT_SECONDS
    return response
