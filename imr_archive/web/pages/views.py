"""Pages beside the results: home, help, data and robots.txt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from imr_archive.web.pages.about import about_page
from imr_archive.web.pages.data import data_page
from imr_archive.web.pages.home import help_page, home_page
from imr_archive.web.question.search import search_of

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Introduce the archive."""
    return render(request, "web/pages/home.html", {"page": home_page()})


@require_safe
def show_help(request: HttpRequest) -> HttpResponse:
    """Explain the search language and the terms of the archive."""
    return render(request, "web/pages/help.html", {"page": help_page()})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what the archive covers, what is unknown, and how its figures are made."""
    return render(request, "web/pages/about.html", {"page": about_page()})


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Offer the downloads of a question, and document their columns and the API."""
    return render(request, "web/pages/data.html", {"page": data_page(search_of(request.GET))})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Allow crawlers the letters' pages; keep them out of downloads, comparisons and combinations of filters."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /api/",
        "Disallow: /tray/",
        "Disallow: /comparable/",
        "Disallow: /compare/",
        "Disallow: /treatments/*/phrases/",
        "Disallow: /disputed-items.",
        "Disallow: /determinations.",
        "Disallow: /*?",
        "Disallow: /tray/",
        f"Sitemap: {request.build_absolute_uri(reverse('web:sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
