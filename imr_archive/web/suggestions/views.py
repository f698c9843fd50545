"""The list of suggestions below the search field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from imr_archive.web.question.search import search_of
from imr_archive.web.suggestions.suggest import suggestions

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Answer with the options of the search field's list for the words and filters of a question."""
    return render(request, "web/suggestions/_options.html", {"suggestions": suggestions(search_of(request.GET))})
