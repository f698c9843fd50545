"""Requests by HTMX, which swaps a fragment of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request that passed django-htmx's middleware."""

    htmx: HtmxDetails


def wants_fragment(request: HtmxRequest) -> bool:
    """Return whether to answer with a fragment; to restore a page from history, HTMX needs the whole page."""
    return bool(request.htmx) and not request.htmx.history_restore_request
