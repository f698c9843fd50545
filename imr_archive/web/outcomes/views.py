"""Outcomes: the page, its table as CSV, and the comparison of two questions."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url

from imr_archive.search.facets.snapshot import current_snapshot
from imr_archive.spreadsheets import safe_cell
from imr_archive.web.formatting import midsentence
from imr_archive.web.htmx import wants_fragment
from imr_archive.web.outcomes.comparing import comparison_page
from imr_archive.web.outcomes.drawings import drawing_of, kinds_of
from imr_archive.web.outcomes.explorer import Figures, figures_of, outcomes_page
from imr_archive.web.outcomes.parameters import read_breakdown
from imr_archive.web.outcomes.rows import OutcomeRows
from imr_archive.web.question.active_filters import active_filters, question_in_words
from imr_archive.web.question.filter_form import FORM_VAR, read_filter_form
from imr_archive.web.question.search import question_of, search_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from imr_archive.web.htmx import HtmxRequest
    from imr_archive.web.outcomes.figures import RateRow

# Which figure of the page is asked for.
FIGURE_VAR = "figure"
_COLUMNS = ("overturned", "n", "rate", "low", "high", "address")


@require_safe
@vary_on_headers("HX-Request")
def outcomes(request: HtmxRequest) -> HttpResponse:
    """Show the overturn rate of a question by one or two facets, with the filters of the list beside it.

    The form of the filters, sent without scripts, is redirected to the canonical address of its question.
    """
    is_form = FORM_VAR in request.GET
    query = read_filter_form(request.GET) if is_form else request.GET
    if is_form and not wants_fragment(request):
        question = question_of(query)
        return redirect(reverse("web:outcomes") + read_breakdown(request.GET.dict(), question).url(question))
    search = search_of(query)
    page = outcomes_page(search, read_breakdown(request.GET.dict(), search.question))
    if not wants_fragment(request):
        return render(request, "web/outcomes/outcomes.html", {"page": page})
    response = render(request, "web/outcomes/_outcomes_swap.html", {"page": page})
    # A submitted form has a query string of its own; the browser gets the canonical one.
    return push_url(response, page.list_url + page.query_string)


@require_safe
def outcomes_csv(request: HttpRequest) -> HttpResponse:
    """Send the figure's table as CSV: rates and 95 % intervals as shares from 0 to 1."""
    figures = _figures(request)
    output = io.StringIO()
    writer = csv.writer(output)
    names = [axis.name for axis in figures.breakdown.axes]
    part = "having" if figures.cells_are_shares else _COLUMNS[0]
    writer.writerow([*names, part, *_COLUMNS[1:]])
    for values, row in _table(figures):
        interval = row.rate.interval
        numbers = (row.rate.part, row.rate.whole, row.rate.value, interval.low, interval.high)
        writer.writerow([*map(safe_cell, values), *numbers, request.build_absolute_uri(row.list_url)])
    headers = {"Content-Disposition": f'attachment; filename="imr-outcomes-by-{"-".join(names)}.csv"'}
    # A byte order mark, without which spreadsheets misread dashes.
    return HttpResponse("\ufeff" + output.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
def outcomes_svg(request: HttpRequest) -> HttpResponse:
    """Send one figure of the page as an SVG file with its own styles; links are absolute."""
    search = search_of(request.GET)
    rows, chosen = OutcomeRows(search), read_breakdown(request.GET.dict(), search.question)
    figures = figures_of(rows, chosen)
    asked = request.GET.get(FIGURE_VAR, "")
    kind = next((each for each in kinds_of(figures) if each.value == asked), None)
    if kind is None:
        raise Http404("This page has no such figure.")
    by = " and ".join(midsentence(axis.title) for axis in chosen.axes)
    words = question_in_words(active_filters(search))
    origin = request.build_absolute_uri("/").removesuffix("/")
    context = {
        "drawing": drawing_of(figures, kind),
        "figures": figures,
        "title": f"Outcomes by {by}{f': {words}' if words else ''}",
        "data_version": search.snapshot.data_version,
        "today": timezone.localdate(),
        "origin": origin,
        "address": origin + reverse("web:outcomes") + chosen.url(rows.question),
    }
    names = "-".join(axis.name for axis in chosen.axes)
    headers = {"Content-Disposition": f'inline; filename="imr-outcomes-by-{names}-{kind.value}.svg"'}
    # Styles stand in the file itself, which is only drawn: it runs no script and loads nothing.
    headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    content = render_to_string("web/outcomes/svg/figure.svg", context, request).strip()
    return HttpResponse(content, content_type="image/svg+xml; charset=utf-8", headers=headers)


def _figures(request: HttpRequest) -> Figures:
    search = search_of(request.GET)
    return figures_of(OutcomeRows(search), read_breakdown(request.GET.dict(), search.question))


def _table(figures: Figures) -> Iterator[tuple[list[str], RateRow]]:
    if figures.matrix is None:
        yield from (([row.label], row) for row in figures.rows)
        return
    for line, cells in figures.matrix.lines:
        for column, cell in zip(figures.matrix.columns, cells, strict=True):
            yield [line.label, column.label], cell.row


@require_safe
def compare_outcomes(request: HttpRequest) -> HttpResponse:
    """Compare the overturn rates of two questions, the parameters ``a`` and ``b``, each a query string."""
    page = comparison_page(request.GET.get("a", ""), request.GET.get("b", ""), current_snapshot())
    return render(request, "web/outcomes/compare.html", {"page": page})
