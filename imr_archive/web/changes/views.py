"""What is new in the archive, its corrections and withdrawals, and the feeds of both."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe

from imr_archive.models.timeline import Cursor
from imr_archive.search.facets.snapshot import current_snapshot
from imr_archive.web.changes import feeds
from imr_archive.web.changes.pages import corrections_page, day_page, new_page
from imr_archive.web.question.filterset import IsoDayField
from imr_archive.web.question.parameters import SINCE_VAR
from imr_archive.web.question.search import InvalidQuestion, strict_search_of

if TYPE_CHECKING:
    from django.http import HttpRequest

BEFORE_VAR = "before"


def _version_tag(request: HttpRequest, *arguments: object, **named: object) -> str:
    """Return the entity tag of an address under one version of the data; it is weak because answers are compressed."""
    told = (current_snapshot().data_version, request.build_absolute_uri())
    return f'W/"{hashlib.sha256(repr(told).encode()).hexdigest()[:32]}"'


@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """Show by day how many determinations were added, changed, corrected and withdrawn."""
    since, problems = None, []
    try:
        since = IsoDayField(required=False).clean(request.GET.get(SINCE_VAR, ""))
    except ValidationError as error:
        problems = [*error.messages]
    return render(request, "web/changes/new.html", {"page": new_page(since, problems)})


@require_safe
def new_day(request: HttpRequest, day: str) -> HttpResponse:
    """Show what was changed, corrected and withdrawn on one day."""
    try:
        of: date | None = IsoDayField(required=False).clean(day)
    except ValidationError as error:
        raise Http404(error.messages[0]) from error
    if of is None or not date.min < of < date.max:
        raise Http404(f"“{day[:20]}” is no day.")
    page = day_page(of, Cursor.read(request.GET.get(BEFORE_VAR, "")))
    return render(request, "web/changes/changes.html", {"page": page})


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """Show all corrections and withdrawals."""
    page = corrections_page(Cursor.read(request.GET.get(BEFORE_VAR, "")))
    return render(request, "web/changes/changes.html", {"page": page})


@require_safe
@condition(etag_func=_version_tag)
def corrections_feed(request: HttpRequest) -> HttpResponse:
    """Answer with the corrections and withdrawals as Atom."""
    return feeds.corrections_feed(request)


@require_safe
@condition(etag_func=_version_tag)
def question_feed(request: HttpRequest) -> HttpResponse:
    """Answer with what arrives for a question as Atom."""
    try:
        search = strict_search_of(request.GET)
    except InvalidQuestion as error:
        sentences = "".join(f"{each.message}\n" for each in error.problems)
        return HttpResponse(sentences, content_type="text/plain; charset=utf-8", status=400)
    return feeds.question_feed(request, search)
