"""The versions of a case: another letter speaks for it, after its difference was shown; and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse

from imr_archive.admin.corrections import may_correct, value_text
from imr_archive.admin.review.subject import letter_reading
from imr_archive.ingest.runs.speaking import CannotSpeak, last_change, last_change_undo, letter_speak, speaking_changes
from imr_archive.letters.hashes import record_sha256
from imr_archive.models import Determination, SourceLetter
from imr_archive.vocabulary import SourceState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.admin import AdminSite
    from django.http import HttpRequest, HttpResponse

_SHOWN = 600
_LED_IN = 60


class WhyForm(forms.Form):
    """Why a case is changed as a whole."""

    reason = forms.CharField(max_length=500, widget=forms.TextInput(attrs={"size": 60}))
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


@dataclass(frozen=True, slots=True)
class DifferingValue:
    """One value that two letters, or two states of a case, say differently."""

    name: str
    before: str
    after: str


def speak_view(request: HttpRequest, key: int, site: AdminSite) -> HttpResponse:
    """Show what another letter of a case says otherwise, and let it speak for the case."""
    if not may_correct(request):
        raise PermissionDenied
    aside = (SourceState.DUPLICATE, SourceState.SUPERSEDED)
    letters = SourceLetter.objects.filter(state__in=aside, determination__isnull=False)
    letter = get_object_or_404(letters.defer("content").select_related("determination"), pk=key)
    determination = letter.determination
    if determination is None:
        raise Http404
    reading = letter_reading(letter)
    changes = speaking_changes(determination.pk, reading)
    seen = record_sha256(reading.record)
    form = WhyForm(request.POST or None, initial={"seen": seen})
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            if form.cleaned_data["seen"] != seen:
                raise CannotSpeak("The letter is read otherwise now. Look at the difference again.")
            said = letter_speak(letter, reading=reading, reason=reason, asked_by=request.user.get_username())
            messages.success(request, f"{determination}: {said} It can be undone here.")
            return HttpResponseRedirect(reverse("admin:imr_archive_determination_change", args=[determination.pk]))
        except CannotSpeak as error:
            form.add_error(None, str(error))
    context = {
        "title": f"Let {letter.name} speak for {determination}",
        "values": [_differing(change.field, change.item, change.before, change.after) for change in changes],
        "heads": ("Now", "By this letter"),
        "button": "Let this letter speak for the case",
        "back": reverse("admin:imr_archive_sourceletter_change", args=[letter.pk]),
        "nothing": "Both letters are read alike; only the original and the text would be others.",
    }
    return _answer(request, site, form, SourceLetter._meta, context)


def undo_view(request: HttpRequest, key: int, site: AdminSite) -> HttpResponse:
    """Show the last change that a person made of a determination, and undo it."""
    if not may_correct(request):
        raise PermissionDenied
    determination = get_object_or_404(Determination, pk=key)
    revision = last_change(key)
    if revision is None:
        raise Http404("The last change of the determination was not made by hand.")
    form = WhyForm(request.POST or None, initial={"seen": revision.pk})
    own = reverse("admin:imr_archive_determination_change", args=[key])
    if request.method == "POST" and form.is_valid():
        seen, account = form.cleaned_data["seen"], request.user.get_username()
        number = int(seen) if seen.isascii() and seen.isdecimal() else 0
        try:
            last_change_undo(key, revision=number, reason=form.cleaned_data["reason"], undone_by=account)
            messages.success(request, f"{determination}: undone.")
            return HttpResponseRedirect(own)
        except CannotSpeak as error:
            form.add_error(None, str(error))
    context = {
        "title": f"Undo: {revision.get_kind_display().lower()} by {revision.made_by}",
        "values": _of_revision(revision.changes),
        "heads": ("Now", "After undoing"),
        "button": "Undo this change",
        "back": own,
        "nothing": "No value differs.",
    }
    return _answer(request, site, form, Determination._meta, context)


def _of_revision(changes: Iterable[dict[str, Any]]) -> list[DifferingValue]:
    """Return what undoing a revision changes: long values stand in no list of changes."""
    left_out = "(long)"
    return [
        _differing(each["field"], each["item"], each.get("after", left_out), each.get("before", left_out))
        for each in changes
    ]


def _differing(field: str, item: int | None, before: Any, after: Any) -> DifferingValue:
    name = field.removeprefix("items.").replace("_", " ").replace(".", ", ")
    first, second = _plain(before), _plain(after)
    start = next((at for at, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]), 0)
    cut = max(start - _LED_IN, 0) if max(len(first), len(second)) > _SHOWN else 0
    return DifferingValue(f"Item {item}, {name}" if item else name, _clipped(first, cut), _clipped(second, cut))


def _plain(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        named = (each.get("quote") or each.get("text") or value_text(each) for each in value)
        return "; ".join(map(str, named))
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "not stated"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {words}" for name, words in value.items()) or "not stated"
    return "not stated" if value in (None, "") else str(value)


def _clipped(text: str, start: int) -> str:
    cut = text[start : start + _SHOWN]
    return f"{'…' if start else ''}{cut}{'…' if start + _SHOWN < len(text) else ''}"


def _answer(
    request: HttpRequest, site: AdminSite, form: WhyForm, options: Any, context: dict[str, Any]
) -> TemplateResponse:
    page = {**site.each_context(request), "opts": options, "form": form, **context}
    return TemplateResponse(request, "admin/review/difference.html", page)
