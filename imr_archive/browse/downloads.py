"""The source of a determination to take away: the file as received, and its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from imr_archive.browse.views import determination_or_404
from imr_archive.models import SourceLetter
from imr_archive.vocabulary import SourceKind, SourceState

if TYPE_CHECKING:
    from django.http import HttpRequest

_KINDS = {SourceKind.PDF: ("application/pdf", "pdf"), SourceKind.TEXT: ("text/plain", "txt")}


@require_safe
def original(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the file as received, never to be shown by the browser itself."""
    letter, name = _current_letter(reference)
    content_type, extension = _KINDS.get(SourceKind(letter.kind), ("application/octet-stream", "bin"))
    response = HttpResponse(bytes(letter.content), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{extension}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def source_text(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the text that the parser read and that every span points into."""
    letter, _ = _current_letter(reference)
    response = HttpResponse(letter.text, content_type="text/plain; charset=utf-8")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _current_letter(reference: str) -> tuple[SourceLetter, str]:
    determination = determination_or_404(reference)
    letter = SourceLetter.objects.filter(determination=determination, state=SourceState.CURRENT).first()
    if letter is None:
        raise Http404(f"The archive keeps no file of determination “{determination}”.")
    return letter, determination.reference
