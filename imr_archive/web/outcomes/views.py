"""Outcomes: the page, its table as CSV, and the comparison of two questions."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from imr_archive.search.facets.snapshot import current_snapshot
from imr_archive.web.outcomes.comparing import comparison_page
from imr_archive.web.outcomes.explorer import OutcomesPage, outcomes_page
from imr_archive.web.outcomes.parameters import read_breakdown
from imr_archive.web.question.search import search_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from imr_archive.web.outcomes.figures import RateRow

_COLUMNS = ("overturned", "n", "rate", "low", "high", "address")


@require_safe
def outcomes(request: HttpRequest) -> HttpResponse:
    """Show the overturn rate of a question by one or two facets."""
    page = outcomes_page(search_of(request.GET), read_breakdown(request.GET.dict()))
    return render(request, "web/outcomes/outcomes.html", {"page": page})


@require_safe
def outcomes_csv(request: HttpRequest) -> HttpResponse:
    """Send the figure's table as CSV: rates and 95 % intervals as shares from 0 to 1."""
    page = outcomes_page(search_of(request.GET), read_breakdown(request.GET.dict()))
    output = io.StringIO()
    writer = csv.writer(output)
    names = [page.breakdown.rows.name] + ([page.breakdown.split.name] if page.breakdown.split else [])
    writer.writerow([*names, *_COLUMNS])
    for values, row in _table(page):
        interval = row.rate.interval
        figures = (row.rate.part, row.rate.whole, row.rate.value, interval.low, interval.high)
        writer.writerow([*map(_safe, values), *figures, request.build_absolute_uri(row.list_url)])
    headers = {"Content-Disposition": f'attachment; filename="imr-outcomes-by-{"-".join(names)}.csv"'}
    # A byte order mark, without which spreadsheets misread dashes.
    return HttpResponse("\ufeff" + output.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _table(page: OutcomesPage) -> Iterator[tuple[list[str], RateRow]]:
    if page.matrix is None:
        yield from (([row.label], row) for row in page.rows)
        return
    for line, cells in page.matrix.lines:
        for column, cell in zip(page.matrix.columns, cells, strict=True):
            yield [line.label, column.label], cell.row


def _safe(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠") else text


@require_safe
def compare_outcomes(request: HttpRequest) -> HttpResponse:
    """Compare the overturn rates of two questions, the parameters ``a`` and ``b``, each a query string."""
    page = comparison_page(request.GET.get("a", ""), request.GET.get("b", ""), current_snapshot())
    return render(request, "web/outcomes/compare.html", {"page": page})
