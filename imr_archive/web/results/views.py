"""The result list and the search for facet values by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url

from imr_archive.web.htmx import wants_fragment
from imr_archive.web.question.filter_form import FORM_VAR, read_filter_form
from imr_archive.web.question.parameters import FACET_VARS
from imr_archive.web.question.search import question_of, search_of
from imr_archive.web.results.list_page import facet_page, list_page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from imr_archive.web.htmx import HtmxRequest

# The words by which the values of a facet are searched.
WITHIN_VAR = "within"
MAX_WITHIN = 100


@require_safe
@vary_on_headers("HX-Request")
def determination_list(request: HtmxRequest) -> HttpResponse:
    """Show the disputed items that a question selects, by determination, with facets.

    The form of the filters, sent without scripts, is redirected to the canonical address of its question.
    """
    is_form = FORM_VAR in request.GET
    query = read_filter_form(request.GET) if is_form else request.GET
    if is_form and not wants_fragment(request):
        return redirect(reverse("web:list") + question_of(query).query_string)
    page = list_page(search_of(query))
    if not wants_fragment(request):
        return render(request, "web/results/list.html", {"page": page})
    response = render(request, "web/results/_list_swap.html", {"page": page})
    # A submitted form has a query string of its own; the browser gets the canonical one.
    return push_url(response, page.list_url + page.question.query_string)


@require_safe
@vary_on_headers("HX-Request")
def facet_values(request: HtmxRequest, name: str) -> HttpResponse:
    """Show the values of one facet that are named by some words, with their counts under the question."""
    if name not in FACET_VARS:
        raise Http404(f"There is no facet “{name[:40]}”.")
    page = facet_page(search_of(request.GET), name, request.GET.get(WITHIN_VAR, "")[:MAX_WITHIN])
    # Beside the results the values are check boxes of the filters' form; on a page of their own they are links.
    template = "web/facets/_found_choices.html" if wants_fragment(request) else "web/facets/facet.html"
    return render(request, template, {"page": page})
