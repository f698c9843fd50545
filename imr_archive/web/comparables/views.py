"""Comparable decisions of an item, and two items side by side. Crawlers are kept out: the pairs are endless."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from imr_archive.web.comparables.lookup import item_or_404
from imr_archive.web.comparables.page import comparables_page
from imr_archive.web.comparables.side_by_side import side_by_side
from imr_archive.web.htmx import wants_fragment

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from imr_archive.web.htmx import HtmxRequest

_CRAWLERS, _KEPT_OUT = "X-Robots-Tag", "noindex, nofollow"
_SIDES = ("a", "b")


@require_safe
@vary_on_headers("HX-Request")
def comparables(request: HtmxRequest, reference: str) -> HttpResponse:
    """Show the decisions nearest to an item, as a page or as a part of the determination's page."""
    page = comparables_page(item_or_404(reference))
    name = "_comparables" if wants_fragment(request) else "comparables"
    response = render(request, f"web/comparables/{name}.html", {"page": page})
    response[_CRAWLERS] = _KEPT_OUT
    return response


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Lay two items side by side, the parameters ``a`` and ``b``; without both, ask for them."""
    asked = {side: request.GET.get(side, "").strip() for side in _SIDES}
    page, problem = None, ""
    if all(asked.values()):
        try:
            page = side_by_side(*asked.values())
        except Http404 as error:
            problem = str(error)
    context = {"asked": asked, "page": page, "problem": problem}
    response = render(request, "web/comparables/compare.html", context, status=404 if problem else 200)
    response[_CRAWLERS] = _KEPT_OUT
    return response
