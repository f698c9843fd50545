"""Source letters in the admin: the files as received, the quarantine and the originals."""

from __future__ import annotations

import io
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join

from imr_archive.admin.corrections import may_correct
from imr_archive.admin.own_uploads import visible_letters
from imr_archive.admin.quarantine.views import MAY_RETRY, file_view, quarantine_view
from imr_archive.admin.readonly import ReadOnlyAdmin
from imr_archive.admin.review.pages import pages_view
from imr_archive.admin.review.versions import speak_view
from imr_archive.admin.review.views import letter_review, list_review
from imr_archive.admin.wording import moment_column
from imr_archive.ingest.runs.held import held_publish, publishing_run
from imr_archive.ingest.runs.reinstating import PROCESSES
from imr_archive.models import SourceLetter
from imr_archive.models.source_letter import WIDE_COLUMNS
from imr_archive.parsing.parser import PARSER_VERSION
from imr_archive.vocabulary import DiagnosticCode, HoldCode, Severity, SourceState

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.urls import URLPattern
    from django.utils.safestring import SafeString


# What can be done with a letter: the page, and the words of its link.
_NEXT_STEPS = {
    SourceState.HELD: ("review", "Review and publish"),
    SourceState.QUARANTINED: ("quarantined", "Retry, replace, paste or drop"),
    SourceState.DUPLICATE: ("speak", "Let this letter speak for the case"),
    SourceState.SUPERSEDED: ("speak", "Let this letter speak for the case"),
}
# States of letters that belong to no determination yet.
WAITING = (SourceState.QUARANTINED, SourceState.HELD)
received = moment_column("received_at", "received")


class ReasonedActionForm(ActionForm):
    """The choice of an action on letters, with the reason that publishing asks for."""

    reason = forms.CharField(required=False, label="Reason", max_length=500)


class ReasonFilter(admin.SimpleListFilter):
    """Why letters are quarantined or held; the codes are known, so that no list has to be searched for them."""

    title = "reason"
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Name the codes that cost or hold a letter."""
        errors = [(code.value, code.label) for code in DiagnosticCode if code.severity is Severity.ERROR]
        return [*errors, *HoldCode.choices()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SourceLetter]) -> QuerySet[SourceLetter]:
        """Keep the letters of one reason."""
        return queryset.filter(reason_code=self.value()) if self.value() else queryset


class ParserFilter(admin.SimpleListFilter):
    """Letters read by the current parser version, or by an older one; `reparse` reads the latter again."""

    title = "parser"
    parameter_name = "parser"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Name the two."""
        return [("present", f"Version {PARSER_VERSION}"), ("older", "Older versions")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SourceLetter]) -> QuerySet[SourceLetter]:
        """Keep the letters of one of them."""
        if self.value() == "present":
            return queryset.filter(parser_version=PARSER_VERSION)
        return queryset.exclude(parser_version=PARSER_VERSION) if self.value() == "older" else queryset


@admin.register(SourceLetter)
class SourceLetterAdmin(ReadOnlyAdmin):
    """The files as received. They come by an upload or a run; only quarantined and held ones may be deleted."""

    list_display = ["name", "became", "case", "reason", "kind", "size", received]
    list_filter = ["state", ReasonFilter, ParserFilter, "kind", "received_at"]
    list_select_related = ["determination"]
    actions = ["publish"]
    action_form = ReasonedActionForm
    search_fields = ["name", "determination__case_number", "sha256__exact"]
    search_help_text = "By file name, case number, or the whole SHA-256."
    fieldsets = [
        (None, {"fields": ["name", "original", "became", "next_step", "case", "reason_code", "reason"]}),
        ("File", {"fields": ["kind", "size", "sha256", received]}),
        ("Parser", {"fields": ["parser_version", "found", "remarks", "text", "spans"]}),
    ]
    readonly_fields = ["original", "became", "next_step", "case", "found", "remarks", received]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SourceLetter]:
        """Return the letters that the account may see, without bytes and text until one is opened."""
        return visible_letters(request, super().get_queryset(request)).defer(*WIDE_COLUMNS)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Link determinations to the page that the account may open."""
        return [_case_column(request) if column == "case" else column for column in self.list_display]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return the computed fields."""
        return [_case_column(request) if column == "case" else column for column in self.readonly_fields]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Link the determination to the page that the account may open."""
        columns: dict[Any, str] = {"case": _case_column(request)}
        left_out = "" if obj and _may_act(request, obj) else "next_step"
        return [
            (title, {**options, "fields": [columns.get(name, name) for name in options["fields"] if name != left_out]})
            for title, options in self.fieldsets
        ]

    # -- What is shown of a letter ------------------------------------------------------------------------------------

    @admin.display(description="state", ordering="state")
    def became(self, letter: SourceLetter) -> SafeString | str:
        """Name the state of the letter."""
        if letter.state not in (*WAITING, SourceState.WITHDRAWN) and letter.determination is None:
            return "Without a determination"
        return format_html('<span class="badge {}">{}</span>', letter.state, letter.state.capitalize())

    @admin.display(description="next step")
    def next_step(self, letter: SourceLetter) -> SafeString:
        """Link to the page on which a letter is published, made readable, or speaks for its case."""
        page, text = _NEXT_STEPS[SourceState(letter.state)]
        address = reverse(f"admin:imr_archive_sourceletter_{page}", args=[letter.pk])
        return format_html('<a href="{}">{}</a>', address, text)

    @admin.display(description="determination", ordering="determination__case_number")
    def case(self, letter: SourceLetter) -> SafeString | None:
        """Link to the determination in the admin."""
        if letter.determination is None:
            return None
        address = reverse("admin:imr_archive_determination_change", args=[letter.determination.pk])
        return format_html('<a href="{}">{}</a>', address, letter.determination)

    @admin.display(description="determination", ordering="determination__case_number")
    def public_case(self, letter: SourceLetter) -> SafeString | None:
        """Link to the public page of the determination, for accounts that may not open the one in the admin."""
        if letter.determination is None:
            return None
        return format_html('<a href="{}">{}</a>', letter.determination.get_absolute_url(), letter.determination)

    @admin.display(description="original file")
    def original(self, letter: SourceLetter) -> SafeString:
        """Link to the download of the bytes as received."""
        address = reverse("admin:imr_archive_sourceletter_original", args=[letter.pk])
        return format_html('<a href="{}">Download</a>', address)

    @admin.display(description="parser's remarks", empty_value="none")
    def remarks(self, letter: SourceLetter) -> SafeString | None:
        """List what the parser remarked, with the place in the text."""
        lines = (
            (DiagnosticCode(remark["code"]).severity.label, remark["message"], _place(remark))
            for remark in letter.diagnostics
        )
        listed = format_html_join("", "<li>{}: {} {}</li>", lines)
        return format_html("<ul>{}</ul>", listed) if listed else None

    @admin.display(description="found by the screen", empty_value="nothing")
    def found(self, letter: SourceLetter) -> SafeString | None:
        """List what the screen found, with the place in the text."""
        lines = ((finding["message"], _place(finding)) for finding in letter.findings or ())
        listed = format_html_join("", "<li>{} {}</li>", lines)
        return format_html("<ul>{}</ul>", listed) if listed else None

    def view_on_site(self, letter: SourceLetter) -> str | None:
        """Return the address of the determination's page, if the letter became one."""
        return letter.determination.get_absolute_url() if letter.determination else None

    # -- What may be done with it -------------------------------------------------------------------------------------

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether a letter may be deleted: quarantined and held ones only, those of determinations are kept."""
        allowed = admin.ModelAdmin.has_delete_permission(self, request, obj)
        return allowed and (obj is None or obj.state in WAITING)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Return whether the account may publish held letters: it may change what is public."""
        return request.user.has_perm("imr_archive.change_determination")

    @admin.action(description="Publish held letters", permissions=["publish"])
    def publish(self, request: HttpRequest, letters: QuerySet[SourceLetter]) -> None:
        """Publish the chosen letters that are held, as a run that keeps who did it and why."""
        reason = request.POST.get("reason", "").strip()
        keys = [*letters.filter(state=SourceState.HELD).order_by("pk").values_list("pk", flat=True)]
        if not reason or not keys:
            sentence = "Say why the letters may be published." if keys else "None of these letters is held."
            self.message_user(request, sentence, messages.ERROR)
            return
        run = publishing_run({"keys": keys}, reason=reason[:500], started_by=request.user.get_username())
        results = [*held_publish(run, processes=PROCESSES)]
        address = reverse("admin:imr_archive_ingestrun_change", args=[run.pk])
        counts = Counter(result.status.label.lower() for result in results)
        said = ", ".join(f"{status} {number:,}" for status, number in counts.items())
        self.message_user(request, format_html('Published: {} (<a href="{}">run {}</a>).', said, address, run.pk))

    def get_urls(self) -> list[URLPattern]:
        """Add the download of the original, the review of held letters, and the quarantine."""
        wrap, site = self.admin_site.admin_view, self.admin_site
        named = "imr_archive_sourceletter"
        return [
            path("<int:key>/original/", wrap(self.original_view), name=f"{named}_original"),
            path("<int:key>/pages.png", wrap(pages_view), name=f"{named}_pages"),
            path("<int:key>/review/", wrap(partial(letter_review, site=site)), name=f"{named}_review"),
            path("<int:key>/speak/", wrap(partial(speak_view, site=site)), name=f"{named}_speak"),
            path("<int:key>/quarantine/", wrap(partial(file_view, site=site)), name=f"{named}_quarantined"),
            path("quarantine/", wrap(partial(quarantine_view, site=site)), name=f"{named}_quarantine"),
            path("work/<slug:kind>/", wrap(partial(list_review, site=site)), name=f"{named}_work"),
            *super().get_urls(),
        ]

    def original_view(self, request: HttpRequest, key: int) -> FileResponse:
        """Serve the bytes as received, always as an attachment: a foreign file must not run in the browser."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        letter = get_object_or_404(visible_letters(request, SourceLetter.objects.only("name", "content")), pk=key)
        content = io.BytesIO(bytes(letter.content))
        return FileResponse(content, as_attachment=True, filename=letter.name, content_type="application/octet-stream")


def _may_act(request: HttpRequest, letter: SourceLetter) -> bool:
    """Return whether the account may do something about a letter that waits, or that does not speak for its case."""
    if letter.state == SourceState.QUARANTINED:
        return request.user.has_perm(MAY_RETRY)
    return letter.state in _NEXT_STEPS and may_correct(request)


def _case_column(request: HttpRequest) -> str:
    return "case" if request.user.has_perm("imr_archive.view_determination") else "public_case"


def _place(remark: dict[str, Any]) -> str:
    start, end = remark["start"], remark["end"]
    return "" if start is None else f"(characters {start:,} to {end:,})"
