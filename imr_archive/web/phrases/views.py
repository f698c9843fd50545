"""The phrases that mark overturned rationales of a treatment. Crawlers are kept out: each page reads many letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from imr_archive.web.phrases.page import phrases_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def phrases(request: HttpRequest, treatment: str) -> HttpResponse:
    """Show what marks overturned rationales of a treatment, of any level."""
    response = render(request, "web/phrases/phrases.html", {"page": phrases_page(treatment)})
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
