"""The pages of the quarantine: its files by reason, with actions in bulk, and one file with what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse

from imr_archive.admin.own_uploads import visible_letters
from imr_archive.admin.quarantine import actions
from imr_archive.models import SourceLetter
from imr_archive.vocabulary import DiagnosticCode, SourceState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.admin import AdminSite
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from imr_archive.ingest.runs.report import FileResult

MAY_RETRY = "imr_archive.add_sourceletter"
MAY_DROP = "imr_archive.delete_sourceletter"
_LONGEST_TEXT = 500_000


@dataclass(frozen=True, slots=True)
class QuarantineReason:
    """The files of one reason: how many they are, and the first of them."""

    code: str
    label: str
    number: int
    first: int


class ReplaceForm(forms.Form):
    """A better copy of a file."""

    file = forms.FileField(label="A better copy of the file")

    def clean_file(self) -> object:
        """Refuse a file beyond the limit of uploads."""
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_MEGABYTES * 1024 * 1024:
            raise forms.ValidationError(
                f"{file.name} is larger than {settings.UPLOAD_MAX_MEGABYTES} MB, the limit for one letter."
            )
        return file


class PasteForm(forms.Form):
    """The text of a letter."""

    text = forms.CharField(
        label="The text of the letter", widget=forms.Textarea(attrs={"rows": 8}), max_length=_LONGEST_TEXT
    )


def quarantined(request: HttpRequest) -> QuerySet[SourceLetter]:
    """Return the quarantined files that an account may see."""
    return visible_letters(request, SourceLetter.objects.filter(state=SourceState.QUARANTINED))


def quarantine_view(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show the quarantine by reason; retry or drop all files of one reason."""
    if not request.user.has_perm(MAY_RETRY):
        raise PermissionDenied
    if request.method == "POST":
        code = request.POST.get("reason", "")
        keys = [*quarantined(request).filter(reason_code=code).order_by("pk").values_list("pk", flat=True)]
        _act(request, keys)
        return HttpResponseRedirect(request.path)
    context = {
        **site.each_context(request),
        "title": "Quarantine",
        "opts": SourceLetter._meta,
        "reasons": quarantine_reasons(request),
        "may_drop": request.user.has_perm(MAY_DROP),
    }
    return TemplateResponse(request, "admin/quarantine/reasons.html", context)


def quarantine_reasons(request: HttpRequest) -> Sequence[QuarantineReason]:
    """Count the quarantined files by reason, the most frequent first."""
    rows = quarantined(request).order_by().values("reason_code").annotate(number=Count("pk"), first=Min("pk"))
    labels = {code.value: code.label for code in DiagnosticCode}
    found = [
        QuarantineReason(code, labels.get(code, code), number, first)
        for code, number, first in rows.values_list("reason_code", "number", "first")
    ]
    return sorted(found, key=lambda each: (-each.number, each.code))


def file_view(request: HttpRequest, key: int, site: AdminSite) -> HttpResponse:
    """Show one quarantined file; retry it, replace it, read pasted text in its place, or drop it."""
    if not request.user.has_perm(MAY_RETRY):
        raise PermissionDenied
    letter = get_object_or_404(quarantined(request).defer("content"), pk=key)
    replace, paste = ReplaceForm(), PasteForm()
    if "_replace" in request.POST:
        replace = ReplaceForm(request.POST, request.FILES)
        if replace.is_valid():
            file = replace.cleaned_data["file"]
            return _told(request, letter, actions.replace(letter, file, account=request.user.get_username()))
    elif "_paste" in request.POST:
        paste = PasteForm(request.POST)
        if paste.is_valid():
            text = paste.cleaned_data["text"]
            return _told(request, letter, actions.paste(letter, text, account=request.user.get_username()))
    elif request.method == "POST":
        _act(request, [letter.pk])
        return HttpResponseRedirect(_next_address(request, letter))
    context = {
        **site.each_context(request),
        "title": f"Quarantined: {letter.name}",
        "opts": SourceLetter._meta,
        "letter": letter,
        "replace": replace,
        "paste": paste,
        "may_drop": request.user.has_perm(MAY_DROP),
        "megabytes": settings.UPLOAD_MAX_MEGABYTES,
    }
    return TemplateResponse(request, "admin/quarantine/file.html", context)


def _act(request: HttpRequest, keys: Sequence[int]) -> None:
    """Retry or drop files by the button that was pressed."""
    account = request.user.get_username()
    if "_retry" in request.POST:
        messages.info(request, actions.retry(keys, account=account))
    elif "_drop" in request.POST:
        if not request.user.has_perm(MAY_DROP):
            raise PermissionDenied
        messages.success(request, actions.drop(keys, account=account))


def _told(request: HttpRequest, letter: SourceLetter, result: FileResult) -> HttpResponse:
    """Say what became of a file, and go on to the next of the same reason, or stay if it could not be read."""
    messages.info(request, f"{result.file}: {result.status.label.lower()}. {result.reason}")
    is_left = quarantined(request).filter(pk=letter.pk).exists()
    return HttpResponseRedirect(request.path if is_left else _next_address(request, letter))


def _next_address(request: HttpRequest, letter: SourceLetter) -> str:
    keys = quarantined(request).filter(reason_code=letter.reason_code).exclude(pk=letter.pk).only("pk").order_by("pk")
    following = keys.filter(pk__gt=letter.pk).first() or keys.first()
    if following is None:
        return reverse("admin:imr_archive_sourceletter_quarantine")
    return reverse("admin:imr_archive_sourceletter_quarantined", args=[following.pk])
