"""The sitemap: an index of parts, each with the determinations of one range of keys, so that it scales to millions."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from django.db.models import Max, Min
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from imr_archive.models import Determination
from imr_archive.models.determination import reference_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

# A part may have 50,000 addresses by the protocol.
KEYS_OF_PART = 20_000
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_PAGES = ("home", "outcomes", "treatments", "guidelines", "new", "about", "help")


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """List the parts: the pages beside the letters, and the ranges of keys that determinations have."""
    ends = Determination.objects.order_by().aggregate(first=Min("pk"), last=Max("pk"))
    parts = range(ends["first"] // KEYS_OF_PART, ends["last"] // KEYS_OF_PART + 1) if ends["last"] else ()
    addresses = [reverse("web:sitemap-pages"), *(reverse("web:sitemap-part", args=[part]) for part in parts)]
    return _xml(request, "sitemapindex", "sitemap", addresses)


@require_safe
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    """List the pages beside the letters."""
    return _xml(request, "urlset", "url", [reverse(f"web:{name}") for name in _PAGES])


@require_safe
def sitemap_part(request: HttpRequest, part: int) -> HttpResponse:
    """List the determinations of one range of keys, which is read by the primary key alone."""
    if part > 10**12:
        raise Http404("The sitemap has no such part.")
    keys = Determination.objects.filter(pk__gte=part * KEYS_OF_PART, pk__lt=(part + 1) * KEYS_OF_PART)
    rows = keys.order_by("pk").values_list("case_number", "pk")
    return _xml(
        request, "urlset", "url", [reverse("web:determination", args=[reference_of(*row)]) for row in rows.iterator()]
    )


def _xml(request: HttpRequest, root: str, entry: str, addresses: Iterable[str]) -> HttpResponse:
    site = request.build_absolute_uri("/").removesuffix("/")
    listed = "".join(f"<{entry}><loc>{escape(site + address)}</loc></{entry}>\n" for address in addresses)
    content = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {_NAMESPACE}>\n{listed}</{root}>\n'
    return HttpResponse(content, content_type="application/xml; charset=utf-8")
