"""Treatments, guidelines and specialties: the trees, and a page for each value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME
from imr_archive.web.catalogue.guidelines import guideline_page
from imr_archive.web.catalogue.profile import CatalogueEntry, subject_of
from imr_archive.web.catalogue.specialties import specialties_page
from imr_archive.web.catalogue.treatments import treatment_page
from imr_archive.web.catalogue.tree import tree_page
from imr_archive.web.question.search import search_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def treatments(request: HttpRequest) -> HttpResponse:
    """Show the tree of treatments."""
    page = tree_page(search_of(request.GET), "treatment", "web:treatment")
    return render(request, "web/catalogue/treatments.html", {"page": page})


@require_safe
def treatment(request: HttpRequest, value: str) -> HttpResponse:
    """Show one treatment."""
    return render(
        request, "web/catalogue/treatment.html", {"page": treatment_page(_subject(request, "treatment", value))}
    )


@require_safe
def guidelines(request: HttpRequest) -> HttpResponse:
    """Show the sources and their guidelines."""
    page = tree_page(search_of(request.GET), "guideline", "web:guideline", other_side="ca_guideline")
    return render(request, "web/catalogue/guidelines.html", {"page": page})


@require_safe
def guideline(request: HttpRequest, value: str) -> HttpResponse:
    """Show one source, guideline or section; a bare guideline of an old address is redirected to its source's."""
    search = search_of(request.GET)
    current = DIMENSION_BY_NAME["guideline"].current(value, search.snapshot.names["guideline"])
    if current != value:
        return redirect(reverse("web:guideline", args=[current]) + search.question.query_string)
    return render(
        request, "web/catalogue/guideline.html", {"page": guideline_page(_subject(request, "guideline", value))}
    )


@require_safe
def specialties(request: HttpRequest) -> HttpResponse:
    """Show the overturn rates by the reviewer's specialty, raw and standardised."""
    return render(request, "web/catalogue/specialties.html", {"page": specialties_page(search_of(request.GET))})


def _subject(request: HttpRequest, name: str, value: str) -> CatalogueEntry:
    subject = subject_of(search_of(request.GET), name, value)
    if subject is None:
        raise Http404(f"There is no {name} “{value[:80]}”.")
    return subject
