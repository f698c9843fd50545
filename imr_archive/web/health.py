"""Answers for whoever watches over the site."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import Error, connection
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether the database answers, so that readers can be sent here."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        logger.exception("The database does not answer.")
        return HttpResponse("The database does not answer.\n", content_type="text/plain; charset=utf-8", status=503)
    return HttpResponse("ready\n", content_type="text/plain; charset=utf-8")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Let crawlers read the letters' pages, and keep them out of downloads and the endless combinations of filters."""
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /api/", "Disallow: /disputed-items.", "Disallow: /*?"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
