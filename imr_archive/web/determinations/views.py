"""The page of one determination, its citations, and its source letter as a download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from imr_archive.vocabulary import SourceKind
from imr_archive.web.determinations.citation import citations_of
from imr_archive.web.determinations.lookup import determination_or_404, letter_or_404
from imr_archive.web.determinations.page import determination_page
from imr_archive.web.determinations.provenance import AT_VAR, ITEM_VAR, SOURCE_VAR
from imr_archive.web.htmx import wants_fragment
from imr_archive.web.question.search import search_of

if TYPE_CHECKING:
    from imr_archive.models import Determination
    from imr_archive.web.htmx import HtmxRequest

_CITATION_TYPES = {"bib": "application/x-bibtex", "ris": "application/x-research-info-systems"}
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
    address = request.build_absolute_uri(determination.get_absolute_url())
    asked = {"at": AT_VAR, "item": ITEM_VAR, "source": SOURCE_VAR}
    asked = {name: request.GET.get(variable, "") for name, variable in asked.items()}
    page = determination_page(determination, search_of(request.GET), address=address, **asked)
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


@require_safe
def cite(request: HttpRequest, reference: str, form: str) -> HttpResponse:
    """Send the citation of a determination, or of the item that the address names, as BibTeX or RIS."""
    determination = determination_or_404(reference)
    asked = request.GET.get(ITEM_VAR, "")
    found = citations_of(determination, [*determination.items.order_by("position")])
    citation = found[0] if not asked else next((each for each in found if str(each.item) == asked), None)
    if citation is None or form not in _CITATION_TYPES:
        raise Http404(f"Determination “{determination}” has no such citation.")
    address = request.build_absolute_uri(determination.get_absolute_url())
    if citation.item is not None:
        address += f"?{ITEM_VAR}={citation.item}"
    content = citation.bibtex(address) if form == "bib" else citation.ris(address)
    response = HttpResponse(content, content_type=f"{_CITATION_TYPES[form]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{citation.key}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _file_name(determination: Determination, letter: int | None) -> str:
    return determination.reference if letter is None else f"{determination.reference}-{letter}"
