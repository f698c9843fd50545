"""The page for an error that nothing else answers: 503 with a sentence if the database is away, 500 otherwise."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error as default_server_error

from imr_archive.database_errors import database_failure, is_damaged_value, is_unavailable
from imr_archive.web.api.responses import error_response
from imr_archive.web.question.filterset import Problem

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)

_RETRY_SECONDS = "5"
_DAMAGED = "What is stored of this determination is damaged, so it cannot be shown. All others can."


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer the request whose exception is being handled; Django calls it inside its ``except`` block."""
    error = sys.exc_info()[1]
    if error is not None and is_damaged_value(error):
        return _unavailable(request, _DAMAGED, is_passing=False)
    if not isinstance(error, (DatabaseError, InterfaceError)) or not is_unavailable(error):
        return default_server_error(request)
    response = _unavailable(request, database_failure(error, was_connected=False), is_passing=True)
    response["Retry-After"] = _RETRY_SECONDS
    return response


def _unavailable(request: HttpRequest, sentence: str, *, is_passing: bool) -> HttpResponse:
    logger.error("503: %s", sentence)
    response: HttpResponse
    if request.path_info.startswith("/api/"):
        response = error_response(503, Problem("unavailable", sentence, None))
    else:
        # Without the request: its user would be looked up in the database.
        response = HttpResponse(
            render_to_string("unavailable.html", {"sentence": sentence, "is_passing": is_passing}), status=503
        )
    response["Cache-Control"] = "no-store"
    return response
