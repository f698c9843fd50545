"""Answers 304 without rendering: pages of readers who are not signed in carry an entity tag by the version of the data.

A shared cache may keep these pages but asks each time (``no-cache``), so a withdrawn determination is gone at once.
Pages of those who are signed in are kept by nobody.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers

from imr_archive.search.facets.snapshot import one_state, read_whole_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

# The pages that show what the archive holds, and nothing of who asks.
_PAGES = frozenset({"home", "list", "determination", "outcomes", "compare-outcomes", "treatments", "guidelines"})
_SHARED, _PRIVATE = "public, no-cache", "private, no-store"


class EntityTagMiddleware:
    """Compare the tag of a page before its view runs, and send it with the page, at no further query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request, and say who may keep the answer."""
        with one_state():
            response = self.get_response(request)
        tag = getattr(request, "entity_tag", None)
        if tag and response.status_code == 200:
            response["ETag"] = tag
            response["Cache-Control"] = _SHARED
            patch_vary_headers(response, ("HX-Request", "Cookie"))
        elif settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
            response["Cache-Control"] = _PRIVATE
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], arguments: Any, options: Any
    ) -> HttpResponse | None:
        """Answer 304 if the reader has this page of these data; else the view uses the state that was read."""
        match = request.resolver_match
        is_page = match is not None and match.namespace == "web" and match.url_name in _PAGES
        if not is_page or request.method not in ("GET", "HEAD") or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return None
        tag = _tag(request)
        request.entity_tag = tag  # type: ignore[attr-defined]  # read back in __call__
        return get_conditional_response(request, etag=tag)


def _tag(request: HttpRequest) -> str:
    """Return the tag of a page; it is weak because answers are compressed."""
    asked = (request.build_absolute_uri(), request.headers.get("HX-Request"), request.headers.get("HX-Target"))
    told = (_code_version(), read_whole_state(DEFAULT_DB_ALIAS), timezone.localdate(), asked)
    return f'W/"{hashlib.sha256(repr(told).encode()).hexdigest()[:32]}"'


@cache
def _code_version() -> str:
    """Return a hash of the code and the templates by their sizes and times: another release renders other pages."""
    told = hashlib.sha256()
    for folder in ("imr_archive", "templates", "static"):
        for path in sorted((settings.BASE_DIR / folder).rglob("*.*")):
            if path.suffix in (".py", ".html", ".toml", ".css", ".js", ".json"):
                found = path.stat()
                told.update(f"{path.name} {found.st_size} {int(found.st_mtime)}\n".encode())
    return told.hexdigest()
