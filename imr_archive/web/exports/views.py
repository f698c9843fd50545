"""Downloads of all items of a question, as CSV for spreadsheets or JSON Lines for programs.

A download is streamed in the order of the list, a few hundred items at a time, so a million items take no more memory
than a page. Each keeps a thread and a connection busy until its reader has it, so a process serves only a few at once.
"""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from imr_archive.search.facets.paging import Order
from imr_archive.web.exports.records import items_in_order
from imr_archive.web.exports.streams import csv_text, ndjson_text
from imr_archive.web.question.search import InvalidQuestion, strict_search_of
from imr_archive.web.results.result_page import ORDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.http import HttpRequest

    from imr_archive.web.exports.records import ItemJson

    Format = Callable[[Iterable[list[ItemJson]]], Iterator[str]]

# Of the threads that gunicorn.conf.py gives a process, half remain for pages.
MAX_DOWNLOADS = 2
_RETRY_SECONDS = 60
_free = BoundedSemaphore(MAX_DOWNLOADS)

_PLAIN = "text/plain; charset=utf-8"


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Send a row for each item: its facts, and the request in the letter's words."""
    return _download(request, csv_text, "csv", "text/csv; charset=utf-8")


@require_safe
def as_ndjson(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Send a JSON object for each item, one a line: everything that was read, with the texts."""
    return _download(request, ndjson_text, "ndjson", "application/x-ndjson")


def _download(
    request: HttpRequest, text_format: Format, extension: str, content_type: str
) -> HttpResponse | StreamingHttpResponse:
    try:
        search = strict_search_of(request.GET)
    except InvalidQuestion as error:
        return HttpResponse("\n".join([*error.problems, ""]), content_type=_PLAIN, status=400)
    headers = {"Content-Disposition": f'attachment; filename="disputed-items.{extension}"'}
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type, headers=headers)
    if not _free.acquire(blocking=False):
        sentence = "Other downloads are on their way; please try again in a minute.\n"
        return HttpResponse(sentence, content_type=_PLAIN, status=503, headers={"Retry-After": str(_RETRY_SECONDS)})
    # Relevance ranks only the first pages.
    order = ORDERS.get(search.question.order, Order.NEWEST)
    text = text_format(items_in_order(search.selection, order, request.build_absolute_uri))
    return StreamingHttpResponse(_Download(text), content_type=content_type, headers=headers)


class _Download:
    """The pieces of a download. Closing it, whether it was read to its end or aborted, frees its slot."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._is_open = True

    def __iter__(self) -> Iterator[str]:
        return self._pieces

    def close(self) -> None:
        """Free the slot; Django calls this when the response is closed."""
        if self._is_open:
            self._is_open = False
            _free.release()
