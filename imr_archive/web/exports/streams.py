"""All items of a question to take away: as CSV for spreadsheets, as JSON Lines for programs; streamed, in their order.

A download reads some hundreds of items at a time, so it takes no more memory for a million than for a page. Each keeps
a thread and a connection busy as long as its reader takes, so a process serves a few at a time and refuses more.
"""

from __future__ import annotations

import csv
import io
import json
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from imr_archive.search.facets.paging import Order
from imr_archive.web.exports.records import DATES, PROFILE, records_in_order
from imr_archive.web.question.strict_filters import BadQuestion, question_of
from imr_archive.web.results.results import ORDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.http import HttpRequest

    from imr_archive.web.exports.records import Record

    Form = Callable[[Iterable[list[Record]]], Iterator[str]]

# Of the threads that gunicorn.conf.py gives a process, half remain for pages.
AT_A_TIME = 2
_RETRY_SECONDS = 60
_free = BoundedSemaphore(AT_A_TIME)

_PLAIN = "text/plain; charset=utf-8"


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Send a row for each item: its facts, and the request in the letter's words."""
    return _download(request, _csv, "csv", "text/csv; charset=utf-8")


@require_safe
def as_ndjson(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Send a JSON object for each item, a line each: everything that was read, the texts with it."""
    return _download(request, _ndjson, "ndjson", "application/x-ndjson")


def _download(
    request: HttpRequest, form: Form, extension: str, content_type: str
) -> HttpResponse | StreamingHttpResponse:
    try:
        state, filterset = question_of(request.GET)
    except BadQuestion as error:
        return HttpResponse("\n".join([*error.problems, ""]), content_type=_PLAIN, status=400)
    headers = {"Content-Disposition": f'attachment; filename="disputed-items.{extension}"'}
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type, headers=headers)
    if not _free.acquire(blocking=False):
        sentence = "Other downloads are on their way; please try again in a minute.\n"
        return HttpResponse(sentence, content_type=_PLAIN, status=503, headers={"Retry-After": str(_RETRY_SECONDS)})
    # Best matches are a matter of the first pages.
    order = ORDERS.get(state.order, Order.NEWEST)
    text = form(records_in_order(filterset.qs, order, request.build_absolute_uri))
    return StreamingHttpResponse(_Download(text), content_type=content_type, headers=headers)


class _Download:
    """What is sent piece by piece; however it ends, read to its end or given up, the next one may begin."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._is_open = True

    def __iter__(self) -> Iterator[str]:
        return self._pieces

    def close(self) -> None:
        """Make room for another download; Django calls it when the answer is closed."""
        if self._is_open:
            self._is_open = False
            _free.release()


def _ndjson(batches: Iterable[list[Record]]) -> Iterator[str]:
    for records in batches:
        yield "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)


def _csv(batches: Iterable[list[Record]]) -> Iterator[str]:
    # Without the mark, spreadsheets take the text for one of their own code page.
    yield "\ufeff" + _lines([COLUMNS])
    for records in batches:
        yield _lines([*map(_cell, row_of(record))] for record in records)


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_JOINT = "; "
COLUMNS = (
    *("case_number", "item", "outcome", "description", "original_request", "authorized"),
    *("treatment", "further_treatments", "body_parts", "laterality", "quantity", "service_from", "service_to"),
    *("reviewer_basis", "reviewer_guidelines", "claims_administrator_basis", "claims_administrator_guidelines"),
    *("determination_outcome", *(f"{name}_date" for name in DATES), "priority", "worker_age", "worker_sex"),
    *(*(f"reviewer_{name}" for name in PROFILE), "layout", "doubts", "url"),
)


def row_of(record: Record) -> list[Any]:
    """Return the values of ``COLUMNS``; lists are joined by semicolons."""
    determination, (first, *further) = record["determination"], record["treatments"] or [None]
    profile = determination["reviewer"]
    return [
        *(determination["case_number"], record["position"], record["outcome"]),
        *(record["description"], record["original_request"], record["authorized"]),
        *(first, _JOINT.join(further), _JOINT.join(record["body_parts"]), record["laterality"], record["quantity"]),
        *(record["service_dates"] or (None, None)),
        *(record["reviewer"]["basis"], _cited(record["reviewer"])),
        *(record["claims_administrator"]["basis"], _cited(record["claims_administrator"])),
        *(determination["outcome"], *(determination["dates"][name] for name in DATES), determination["priority"]),
        *(determination["worker"]["age"], determination["worker"]["sex"]),
        *(_JOINT.join(profile[name]) for name in PROFILE),
        *(determination["layout"], _JOINT.join(record["doubts"]), record["url"]),
    ]


def _cited(side: Record) -> str:
    """Name what a side cites: each guideline with its section."""
    named = (f"{each['title']}, {each['section']}" if each["section"] else each["title"] for each in side["citations"])
    return _JOINT.join(dict.fromkeys(named))


def _cell(value: Any) -> Any:
    """Keep a spreadsheet from reckoning with what a letter prints: "=…" is text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
