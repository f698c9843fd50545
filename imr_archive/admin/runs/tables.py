"""Ingest runs in the admin: what each was asked to do, and the result of each file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin
from django.urls import path, reverse
from django.utils.html import format_html

from imr_archive.admin.own_uploads import visible_run_files, visible_runs
from imr_archive.admin.readonly import ReadOnlyAdmin
from imr_archive.admin.runs.pages import run_page
from imr_archive.admin.runs.views import progress_view, resume_view, undo_view
from imr_archive.admin.wording import asked_for, duration, moment_column
from imr_archive.models import DroppedFile, IngestRun, IngestRunFile
from imr_archive.models.source_letter import WIDE_COLUMNS_OF_LETTER
from imr_archive.vocabulary import DiagnosticCode, FileStatus

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.urls import URLPattern
    from django.utils.safestring import SafeString


started, finished = moment_column("started_at", "started"), moment_column("finished_at", "finished")


@admin.register(IngestRun)
class IngestRunAdmin(ReadOnlyAdmin):
    """The runs, newest first."""

    list_display = ["number", "status", started, "took", "started_by", "files_seen", "what_became"]
    list_filter = ["status", "started_at"]
    search_fields = ["started_by"]
    search_help_text = "By the account that started it."
    fieldsets = [
        (None, {"fields": ["status", "failure", "files_seen", "what_became", "faults"]}),
        ("Work", {"fields": ["started_by", started, finished, "took", "a_second", "process"]}),
        ("Asked for", {"fields": ["asked", "parser_version"]}),
    ]
    readonly_fields = ["files_seen", "what_became", "faults", started, finished, "took", "a_second", "asked"]
    change_form_template = "admin/runs/run.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[IngestRun]:
        """Return the runs that the account may see."""
        return visible_runs(request, super().get_queryset(request))

    def get_urls(self) -> list[URLPattern]:
        """Add the progress of a run, and the pages that resume and undo it."""
        views = (("progress", progress_view), ("undo", undo_view), ("resume", resume_view))
        own = [
            path(
                f"<int:key>/{name}/",
                self.admin_site.admin_view(partial(view, site=self.admin_site)),
                name=f"imr_archive_ingestrun_{name}",
            )
            for name, view in views
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Show a run with its files, and what can be done with it."""
        run = self.get_object(request, object_id)
        page = {"page": run_page(request, run), "title": str(run), "subtitle": None}
        return super().change_view(request, object_id, form_url, page)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Leave out what a run has nothing to say of."""
        empty = {name for name in ("failure", "process", "errors") if obj and not getattr(obj, name)}
        empty |= {"faults"} if "errors" in empty else set()
        return [
            (title, {**options, "fields": [field for field in options["fields"] if field not in empty]})
            for title, options in self.fieldsets
        ]

    @admin.display(description="run", ordering="pk")
    def number(self, run: IngestRun) -> str:
        """Name the run as commands do."""
        return str(run.pk)

    @admin.display(description="files")
    def files_seen(self, run: IngestRun) -> SafeString:
        """Link the number of files to their list."""
        address = reverse("admin:imr_archive_ingestrunfile_changelist")
        return format_html('<a href="{}?{}">{}</a>', address, urlencode({"run__id__exact": run.pk}), f"{run.total:,}")

    @admin.display(description="what became of them")
    def what_became(self, run: IngestRun) -> str:
        """Count the files by status."""
        counts = (f"{status.label} {number:,}" for status in FileStatus if (number := run.counts.get(status.value)))
        return ", ".join(counts)

    @admin.display(description="reasons for quarantine", empty_value="none")
    def faults(self, run: IngestRun) -> str | None:
        """Count the quarantined files by reason."""
        return "; ".join(f"{DiagnosticCode(code).label}: {number:,}" for code, number in run.errors.items()) or None

    @admin.display(description="took", ordering="seconds")
    def took(self, run: IngestRun) -> str:
        """Say how long it worked, without the pauses between resumptions."""
        return duration(run.seconds)

    @admin.display(description="files a second")
    def a_second(self, run: IngestRun) -> str:
        """Say how fast it went."""
        return f"{run.rate:,.1f}"

    @admin.display(description="asked for")
    def asked(self, run: IngestRun) -> str:
        """Say what the run was asked to do."""
        return asked_for(run.arguments)


@admin.register(IngestRunFile)
class IngestRunFileAdmin(ReadOnlyAdmin):
    """The files of runs; reached from a run, since all of them together say little."""

    list_display = ["name", "status", "stage", "code", "reason", "source_letter"]
    list_filter = ["status", "stage", "code"]
    list_select_related = ["run"]
    search_fields = ["name", "sha256__exact"]
    search_help_text = "By file name, or by the whole SHA-256."
    fields = ["run", "name", "status", "stage", "code", "reason", "source_letter", "sha256"]
    readonly_fields = ["source_letter"]
    ordering = ["pk"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Keep the list off the index."""
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Let a run's page ask for its files."""
        return lookup == "run__id__exact" or super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[IngestRunFile]:
        """Return the files that the account may see, without the wide columns of their letters."""
        files = visible_run_files(request, super().get_queryset(request))
        return files.select_related("letter").defer(*WIDE_COLUMNS_OF_LETTER)

    @admin.display(description="source letter", empty_value="no bytes were kept")
    def source_letter(self, file: IngestRunFile) -> SafeString | None:
        """Link to the letter."""
        if file.letter is None:
            return None
        address = reverse("admin:imr_archive_sourceletter_change", args=[file.letter.pk])
        return format_html('<a href="{}">{}</a>', address, file.letter.name)


@admin.register(DroppedFile)
class DroppedFileAdmin(ReadOnlyAdmin):
    """The files that were dropped from the quarantine and are not taken again."""

    list_display = ["name", "size", "reason_code", "reason", "dropped_by", moment_column("dropped_at", "dropped")]
    list_filter = ["reason_code", "dropped_at"]
    search_fields = ["name", "sha256__exact"]
    search_help_text = "By file name, or by the whole SHA-256."
