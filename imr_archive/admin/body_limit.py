"""The limit of request bodies: a large one is refused before any of it is read or written to a temporary file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

MEGABYTE = 1024 * 1024
# Enough for every form of the admin but the upload.
FORM_BYTES = MEGABYTE
# The page on which a quarantined file is replaced.
_REPLACES = re.compile(r"/imr_archive/sourceletter/\d+/quarantine/$")
MAY_UPLOAD = "imr_archive.add_sourceletter"
# Of accounts that may upload, bodies of up to so many times their limit are read to the end.
_READ_OVER = 4
_BLOCK = 1 << 16


class BodyLimitMiddleware:
    """Refuse a body by its announced length. Only accounts that may upload may send more than a form.

    The check of the CSRF token reads the whole body, temporary files included, before any view asks who sent it; so the
    limit stands in front of it. A body without a length is read as empty by Django.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request, or answer 413."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        size = int(length[:18]) if length.isascii() and length.isdigit() else 0
        if size <= FORM_BYTES or size <= _limit(request):
            return self.get_response(request)
        may_upload = _limit(request) > FORM_BYTES
        if may_upload and size <= _READ_OVER * _limit(request):
            # A browser shows the answer only once it has sent everything.
            body_read_over(request)
        return render(
            request, "413.html", {"megabytes": settings.UPLOAD_MAX_MEGABYTES if may_upload else 0}, status=413
        )


def body_read_over(request: HttpRequest) -> None:
    """Read what is left of a body, and keep nothing of it."""
    while request.read(_BLOCK):
        pass


def _limit(request: HttpRequest) -> int:
    if not request.user.has_perm(MAY_UPLOAD):
        return FORM_BYTES
    if request.path == reverse("admin:uploads") or _REPLACES.search(request.path):
        return settings.UPLOAD_MAX_MEGABYTES * MEGABYTE + FORM_BYTES
    return FORM_BYTES
