"""The tray: up to fifty items that a reader collects. The browser keeps it; the server shows and exports its items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from imr_archive.web.question.question import Question
from imr_archive.web.tray.entries import MOST, TrayItems, tray_items
from imr_archive.web.tray.files import as_ris, as_rtf, as_text, as_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

ITEMS_VAR, FORM_VAR, NOTE_PREFIX = "items", "form", "note-"
LONGEST_NOTE = 2_000
_PLAIN = "text/plain; charset=utf-8"
# By the form's name: what makes the file, its content type, and the ending of its name.
FORMS: dict[str, tuple[Callable[..., bytes], str, str]] = {
    "text": (as_text, _PLAIN, "txt"),
    "rtf": (as_rtf, "application/rtf", "rtf"),
    "ris": (as_ris, "application/x-research-info-systems; charset=utf-8", "ris"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
}


@dataclass(frozen=True, slots=True)
class TrayPage:
    """The page of a tray: the items that its address names, or none where the browser's own tray is shown."""

    question: Question
    found: TrayItems
    is_shared: bool
    list_url: str
    most: int = MOST
    longest_note: int = LONGEST_NOTE


@require_safe
def tray(request: HttpRequest) -> HttpResponse:
    """Show the items that the address names; without any, the page that shows what the browser keeps."""
    references = request.GET.get(ITEMS_VAR, "")
    page = TrayPage(Question(), tray_items(references), bool(references.strip()), reverse("web:list"))
    return render(request, "web/tray/tray.html", {"page": page})


@require_safe
def tray_list(request: HttpRequest) -> HttpResponse:
    """Answer with the list of the items that the address names, for the page to put in its place."""
    return render(request, "web/tray/_items.html", {"found": tray_items(request.GET.get(ITEMS_VAR, ""))})


@csrf_exempt  # it changes nothing: the items and notes come by POST only because they may be long
@require_POST
def tray_export(request: HttpRequest) -> HttpResponse:
    """Send the items that a form names, with the reader's notes, as a file."""
    form = request.POST.get(FORM_VAR, "")
    if form not in FORMS:
        sentence = f"A tray can’t be had as “{form[:40]}”; choose {', '.join(FORMS)}.\n"
        return HttpResponse(sentence, content_type=_PLAIN, status=400)
    notes = {
        name.removeprefix(NOTE_PREFIX): str(note)[:LONGEST_NOTE]
        for name, note in request.POST.items()
        if name.startswith(NOTE_PREFIX)
    }
    found = tray_items(request.POST.get(ITEMS_VAR, ""), notes)
    if not found.entries:
        return HttpResponse("The tray names no item of the archive.\n", content_type=_PLAIN, status=400)
    write, content_type, ending = FORMS[form]
    response = HttpResponse(write(found.entries, request.build_absolute_uri), content_type=content_type)
    name = f"imr-tray-{len(found.entries)}-{timezone.localdate():%Y-%m-%d}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
