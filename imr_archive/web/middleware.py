"""What holds for every page: a time limit of its queries, and the tombstone of a withdrawn determination."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import OperationalError, connection
from django.shortcuts import render

from imr_archive.search.fulltext.backend import backend
from imr_archive.search.fulltext.deadline import OutOfTime, time_limit
from imr_archive.web.api.responses import error_response
from imr_archive.web.determinations.lookup import DeterminationWithdrawn
from imr_archive.web.question.filterset import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)


class DeadlineMiddleware:
    """Limit GET and HEAD requests, queries and work in Python together; writes have no limit.

    The limit is ``STATEMENT_TIMEOUT_SECONDS``. Streamed downloads send their rows after it and are not limited.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request within its time limit."""
        seconds = _seconds(request)
        with time_limit(seconds), backend(connection).deadline(seconds):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with the 503 page if the question ran out of time."""
        if not isinstance(exception, OutOfTime) and not (
            isinstance(exception, OperationalError) and backend(connection).is_out_of_time(exception)
        ):
            return None
        logger.warning("A question ran into its limit of %s seconds.", _seconds(request))
        if request.path_info.startswith("/api/"):
            sentence = f"The question took longer than {_seconds(request):g} seconds; please ask for less."
            return error_response(503, Problem("out-of-time", sentence, None))
        return render(request, "503.html", {"seconds": _seconds(request)}, status=503)


class TombstoneMiddleware:
    """Answer every address of a withdrawn determination with status 410, saying when and why it was withdrawn."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with the tombstone if that is what a view came upon."""
        if not isinstance(exception, DeterminationWithdrawn):
            return None
        return render(request, "web/determinations/withdrawn.html", {"withdrawal": exception.withdrawal}, status=410)


def _seconds(request: HttpRequest) -> float:
    return settings.STATEMENT_TIMEOUT_SECONDS if request.method in ("GET", "HEAD") else 0
