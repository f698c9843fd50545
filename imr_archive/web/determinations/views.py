"""The page of one determination, and its source letter as a download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from imr_archive.vocabulary import SourceKind
from imr_archive.web.determinations.lookup import determination_or_404, letter_or_404
from imr_archive.web.determinations.page import determination_page
from imr_archive.web.determinations.provenance import AT_VAR, ITEM_VAR
from imr_archive.web.htmx import wants_fragment
from imr_archive.web.question.search import search_of

if TYPE_CHECKING:
    from imr_archive.models import Determination
    from imr_archive.web.htmx import HtmxRequest

_FILE_TYPES = {SourceKind.PDF: ("application/pdf", "pdf"), SourceKind.TEXT: ("text/plain", "txt")}


@require_safe
@vary_on_headers("HX-Request")
def detail(request: HtmxRequest, reference: str) -> HttpResponse:
    """Show one determination; other spellings of its case number, and its id, redirect to its canonical address."""
    determination = determination_or_404(reference)
    if reference != determination.reference:
        query = request.META.get("QUERY_STRING", "")
        address = determination.get_absolute_url()
        return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
    asked = {"at": request.GET.get(AT_VAR, ""), "item": request.GET.get(ITEM_VAR, "")}
    page = determination_page(determination, search_of(request.GET), **asked)
    template = "web/determinations/_source.html" if wants_fragment(request) else "web/determinations/detail.html"
    return render(request, template, {"page": page})


@require_safe
def original(request: HttpRequest, reference: str, letter: int | None = None) -> HttpResponse:
    """Send a file as received, the current one or another of the case; always as a download, never shown inline."""
    determination = determination_or_404(reference)
    found = letter_or_404(determination, letter)
    content_type, extension = _FILE_TYPES.get(SourceKind(found.kind), ("application/octet-stream", "bin"))
    response = HttpResponse(bytes(found.content), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{_file_name(determination, letter)}.{extension}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def source_text(request: HttpRequest, reference: str, letter: int | None = None) -> HttpResponse:
    """Show the text that the parser read, into which every span points."""
    found = letter_or_404(determination_or_404(reference), letter)
    response = HttpResponse(found.text, content_type="text/plain; charset=utf-8")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _file_name(determination: Determination, letter: int | None) -> str:
    return determination.reference if letter is None else f"{determination.reference}-{letter}"
