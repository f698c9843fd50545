"""The pages of a letter that was received as a PDF, drawn by a process of their own and kept by the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from imr_archive.admin.own_uploads import visible_letters
from imr_archive.ingest.pipeline.pool import ParserPool
from imr_archive.ingest.runs.reinstating import PROCESSES
from imr_archive.models import SourceLetter
from imr_archive.page_images.drawing import pages_image
from imr_archive.vocabulary import SourceKind

if TYPE_CHECKING:
    from django.http import HttpRequest

_SECONDS_KEPT = 3600


@require_safe
def pages_view(request: HttpRequest, key: int) -> HttpResponse:
    """Send the pages of a PDF as one image; the bytes of a letter never change, so that the browser may keep it."""
    if not request.user.has_perm("imr_archive.view_sourceletter"):
        raise PermissionDenied
    letters = visible_letters(request, SourceLetter.objects.filter(kind=SourceKind.PDF)).only("content")
    letter = get_object_or_404(letters, pk=key)
    pool: ParserPool[bytes, bytes] = ParserPool(PROCESSES, _itself, pages_image)
    with pool:
        drawn = next((each[1] for each in pool.parsed([bytes(letter.content)]) if each is not None), None)
    if not isinstance(drawn, bytes):
        raise Http404(str(drawn or "The pages can't be drawn."))
    response = HttpResponse(drawn, content_type="image/png")
    response["Cache-Control"] = f"private, max-age={_SECONDS_KEPT}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _itself(content: bytes) -> bytes:
    return content
