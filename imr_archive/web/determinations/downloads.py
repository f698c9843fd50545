"""The source of a determination to take away: the file as received, and its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from imr_archive.models import SourceLetter
from imr_archive.vocabulary import SourceKind, SourceState
from imr_archive.web.views import determination_or_404

if TYPE_CHECKING:
    from django.http import HttpRequest

_KINDS = {SourceKind.PDF: ("application/pdf", "pdf"), SourceKind.TEXT: ("text/plain", "txt")}


@require_safe
def original(request: HttpRequest, reference: str, letter: int | None = None) -> HttpResponse:
    """Send the file as received, never to be shown by the browser itself: the current one, or another of the case."""
    found, name = _letter(reference, letter)
    content_type, extension = _KINDS.get(SourceKind(found.kind), ("application/octet-stream", "bin"))
    response = HttpResponse(bytes(found.content), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{extension}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def source_text(request: HttpRequest, reference: str, letter: int | None = None) -> HttpResponse:
    """Show the text that the parser read and that every span points into."""
    found, _ = _letter(reference, letter)
    response = HttpResponse(found.text, content_type="text/plain; charset=utf-8")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _letter(reference: str, key: int | None) -> tuple[SourceLetter, str]:
    """Return a letter of a determination, the current one if none is named, and the name of its file."""
    determination = determination_or_404(reference)
    letters = SourceLetter.objects.filter(determination=determination)
    letter = letters.filter(state=SourceState.CURRENT).first() if key is None else letters.filter(pk=key).first()
    if letter is None:
        which = "no file" if key is None else f"no letter {key}"
        raise Http404(f"The archive keeps {which} of determination “{determination}”.")
    return letter, determination.reference if key is None else f"{determination.reference}-{key}"
