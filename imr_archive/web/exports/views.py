"""Downloads of all items, or of all determinations, of a question: CSV, XLSX, JSON Lines.

A download is streamed in the order of the list, some hundreds or thousands of rows at a time, so a million items take
no more memory than a page; a workbook grows in a temporary file. Each keeps a thread and a connection busy until its
reader has it, so a process serves only a few at once.
"""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import TYPE_CHECKING, NamedTuple

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from imr_archive.search.facets.paging import Order
from imr_archive.search.facets.selection import Unit
from imr_archive.web.exports.about import about_download, file_stem
from imr_archive.web.exports.options import read_options
from imr_archive.web.exports.records import determinations_in_order, items_in_order
from imr_archive.web.exports.rows import rows_in_order
from imr_archive.web.exports.streams import csv_text, ndjson_text, zipped
from imr_archive.web.exports.workbook import MAX_ROWS, workbook
from imr_archive.web.question.filterset import Problem
from imr_archive.web.question.search import InvalidQuestion, strict_search_of
from imr_archive.web.results.result_page import ORDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from imr_archive.web.exports.options import ExportOptions
    from imr_archive.web.question.filterset import Problem
from imr_archive.web.question.search import Search

# Of the threads that gunicorn.conf.py gives a process, most remain for pages; ``web.serving`` ends a stalled download.
MAX_DOWNLOADS = 6
_RETRY_SECONDS = 60
_free = BoundedSemaphore(MAX_DOWNLOADS)

_PLAIN = "text/plain; charset=utf-8"
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ndjson": "application/x-ndjson",
}
_ZIP = "application/zip"


class _DownloadRequest(NamedTuple):
    """What is downloaded, and in what form."""

    search: Search
    unit: Unit
    options: ExportOptions
    form: str

    @property
    def is_zipped(self) -> bool:
        """Return whether the description needs an archive; a workbook has a sheet for it."""
        return self.options.with_about and self.form != "xlsx"


@require_safe
def items(request: HttpRequest, form: str) -> HttpResponse | StreamingHttpResponse:
    """Send the disputed items of a question."""
    return _download(request, Unit.ITEMS, form)


@require_safe
def determinations(request: HttpRequest, form: str) -> HttpResponse | StreamingHttpResponse:
    """Send the determinations of a question."""
    return _download(request, Unit.DETERMINATIONS, form)


def _download(request: HttpRequest, unit: Unit, form: str) -> HttpResponse | StreamingHttpResponse:
    try:
        options, question = read_options(request.GET, unit)
        search = strict_search_of(question)
        asked = _DownloadRequest(search, unit, options, form)
        _refuse_too_many(asked)
    except InvalidQuestion as error:
        return HttpResponse("".join(f"{each.message}\n" for each in error.problems), content_type=_PLAIN, status=400)
    extension = "zip" if asked.is_zipped else form
    content_type = _ZIP if asked.is_zipped else CONTENT_TYPES[form]
    name = f"{file_stem(search, unit)}.{extension}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type, headers=headers)
    if not _free.acquire(blocking=False):
        sentence = "Other downloads are on their way; please try again in a minute.\n"
        return HttpResponse(sentence, content_type=_PLAIN, status=503, headers={"Retry-After": str(_RETRY_SECONDS)})
    return StreamingHttpResponse(_Download(_pieces(request, asked)), content_type=content_type, headers=headers)


def _refuse_too_many(asked: _DownloadRequest) -> None:
    rows = asked.search.selection.size(asked.unit)
    if asked.form == "xlsx" and rows > MAX_ROWS:
        sentence = f"A workbook is made of at most {MAX_ROWS:,} rows, and these are {rows:,}; please take CSV."
        raise InvalidQuestion((Problem("too-many-rows", sentence, None),))


def _pieces(request: HttpRequest, asked: _DownloadRequest) -> Iterator[str] | Iterator[bytes]:
    search, unit, options = asked.search, asked.unit, asked.options
    address = request.build_absolute_uri
    # Relevance ranks only the first pages.
    order = ORDERS.get(search.question.order, Order.NEWEST)
    if asked.form == "ndjson":
        records = items_in_order if unit is Unit.ITEMS else determinations_in_order
        text = ndjson_text(records(search.selection, order, address))
    else:
        header = [each.name for each in options.columns]
        rows = rows_in_order(search.selection, order, unit, options.columns, address)
        if asked.form == "xlsx":
            about = about_download(search, unit, options.columns, address)
            return workbook(unit.label.capitalize(), header, rows, about)
        text = csv_text(header, rows)
    if not asked.is_zipped:
        return text
    about = about_download(search, unit, options.columns, address)
    return zipped(f"{file_stem(search, unit)}.{asked.form}", text, about)


class _Download:
    """The pieces of a download. Closing it, whether it was read to its end or aborted, frees its slot."""

    def __init__(self, pieces: Iterator[str] | Iterator[bytes]) -> None:
        self._pieces = pieces
        self._is_open = True

    def __iter__(self) -> Iterator[str] | Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        """Free the slot; Django calls this when the response is closed."""
        if self._is_open:
            self._is_open = False
            _free.release()
