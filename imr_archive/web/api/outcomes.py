"""Outcomes for programs: the numbers of the outcomes page, with the same parameters ``rows`` and ``split``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import JsonResponse

from imr_archive.web.api.responses import ApiError, asked_json, endpoint
from imr_archive.web.outcomes.explorer import figures_of
from imr_archive.web.outcomes.parameters import BREAKDOWN_VARS, ROWS_VAR, read_breakdown
from imr_archive.web.outcomes.rows import OutcomeRows
from imr_archive.web.question.filterset import INVALID_VALUE, Problem
from imr_archive.web.question.search import strict_search_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from imr_archive.analytics.rates import Rate
    from imr_archive.web.outcomes.figures import RateRow


@endpoint
def outcomes(request: HttpRequest) -> JsonResponse:
    """Answer with the rates of a question by one or two axes, as on the outcomes page."""
    query = request.GET.copy()
    asked = {name: _one(name, query.pop(name, [])) for name in BREAKDOWN_VARS}
    search = strict_search_of(query)
    chosen = read_breakdown(asked, search.question)
    if chosen.problems:
        raise ApiError(400, *(Problem(INVALID_VALUE, each, ROWS_VAR) for each in chosen.problems))
    rows = OutcomeRows(search)
    figures = figures_of(rows, chosen)
    matrix = figures.matrix

    def row_json(row: RateRow) -> dict[str, Any]:
        url = request.build_absolute_uri(row.list_url)
        return {"value": row.value, "label": row.label, **_rate_json(row.rate), "url": url}

    return JsonResponse(
        {
            **asked_json(search),
            "rows": chosen.rows.name,
            "split": chosen.split.name if chosen.split else None,
            "rates_are": "reason" if figures.cells_are_shares else "overturned",
            "total": _rate_json(rows.total),
            "values": [row_json(row) for row in figures.rows],
            "left_out": figures.left_out,
            "without_value": figures.without_value,
            "without_outcome": figures.without_outcome,
            "columns": [row_json(column) for column in matrix.columns] if matrix else [],
            "cells": [
                {"row": row.value, "column": cell.row.value, **_rate_json(cell.row.rate)}
                for row, cells in (matrix.lines if matrix else ())
                for cell in cells
            ],
        }
    )


def _one(name: str, values: Sequence[str]) -> str:
    if len(values) > 1 or any(each != each.strip() for each in values):
        raise ApiError(400, Problem(INVALID_VALUE, f"“{name}” is one name.", name))
    return values[0] if values else ""


def _rate_json(rate: Rate) -> dict[str, Any]:
    return {
        "part": rate.part,
        "of": rate.whole,
        "share": rate.value,
        "interval": [*rate.interval] if rate.whole else None,
        "design_effect": rate.design_effect,
        "too_few": rate.is_too_few,
    }
