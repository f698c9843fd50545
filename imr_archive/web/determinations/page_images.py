"""Send a page of a letter as an image, which a worker process draws and the browser keeps."""

from __future__ import annotations

import hashlib
from threading import Lock
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from imr_archive.errors import LetterError
from imr_archive.models import SourceLetter
from imr_archive.page_images.drawing import PageRequest, page_image
from imr_archive.vocabulary import SourceState
from imr_archive.web.determinations.letter_pages import MOST_PAGES, has_page_images, words_on_page
from imr_archive.web.determinations.lookup import determination_or_404
from imr_archive.web.determinations.provenance import AT_VAR
from imr_archive.worker_process import WorkerFailed, WorkerProcess

if TYPE_CHECKING:
    from django.http import HttpRequest

# Drawing takes some 30 ms; a page that takes this long is not one of a letter.
_DRAWING_SECONDS = 5
# How long a request waits for the pages that others have asked for, and when to ask again.
_WAITING_SECONDS = 2
_RETRY_SECONDS = 3
# In the reader's browser only: no proxy may go on showing a letter that is withdrawn.
_SECONDS_KEPT = 24 * 3600
# With a change of the drawing, kept images are asked for again.
_VERSION = "1"

_worker: WorkerProcess[PageRequest, bytes | LetterError] = WorkerProcess(page_image)
_drawing = Lock()


class _Busy(Exception):
    """The worker process draws pages for others."""


@require_safe
def page_image_view(request: HttpRequest, reference: str, number: int) -> HttpResponseBase:
    """Send one page of the current letter, with the words boxed that the address names."""
    determination = determination_or_404(reference)
    letters = SourceLetter.objects.filter(determination=determination, state=SourceState.CURRENT)
    letter = letters.defer("content").first()
    if letter is None or not has_page_images(letter) or not 0 < number <= MOST_PAGES:
        raise Http404(f"The archive has no image of page {number} of determination “{determination}”.")
    said = words_on_page(letter, number, request.GET.get(AT_VAR, ""))
    key = hashlib.sha256(repr((_VERSION, letter.sha256, number, said)).encode()).hexdigest()
    etag = quote_etag(key)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            drawn = _drawn(PageRequest(bytes(letter.content), number, said))
        except _Busy:
            return _busy()
        if isinstance(drawn, LetterError):
            raise Http404(str(drawn))
        response = HttpResponse(drawn, content_type="image/png")
    response["ETag"] = etag
    response["Cache-Control"] = f"private, max-age={_SECONDS_KEPT}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _drawn(asked: PageRequest) -> bytes | LetterError:
    """Draw a page in this server's one worker process; raise ``_Busy`` if it has too much to do."""
    if not _drawing.acquire(timeout=_WAITING_SECONDS):
        raise _Busy
    try:
        [drawn] = _worker.parse([asked], timeout=_DRAWING_SECONDS)
    except WorkerFailed:
        return LetterError("The page can’t be drawn.")
    finally:
        _drawing.release()
    return drawn


def _busy() -> HttpResponse:
    sentence = "Other pages are being drawn; please try again in a moment."
    response = HttpResponse(sentence, status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(_RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response
