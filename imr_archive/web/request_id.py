"""The id of a request: in the answer's header, in every log line of it, and taken over from a proxy that sets one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import uuid4

from imr_archive.logs import request_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
_ACCEPTED = re.compile(r"[\w.-]{8,64}", re.ASCII)


class RequestIdMiddleware:
    """Give each request an id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request under its id."""
        given = request.headers.get(HEADER, "")
        token = request_id.set(given if _ACCEPTED.fullmatch(given) else uuid4().hex)
        try:
            response = self.get_response(request)
            response[HEADER] = request_id.get()
        finally:
            request_id.reset(token)
        return response
