"""The pages of a run as values: how far it is, what became of its files, and what undoing it would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from imr_archive.admin.uploading.wording import change_in_words
from imr_archive.ingest.previews.publishing import publication_can_resume
from imr_archive.ingest.runs.processes import is_gone
from imr_archive.ingest.runs.report import became
from imr_archive.ingest.runs.undo import letters_changed, undo_outlook
from imr_archive.models import IngestRun, UploadPreview
from imr_archive.models.source_letter import WIDE_COLUMNS_OF_LETTER
from imr_archive.vocabulary import RunStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from imr_archive.admin.uploading.wording import ChangeInWords
    from imr_archive.models import IngestRunFile

FILES_ON_PAGE = 100
_BADGES = {"updated": "update", "quarantined": "unreadable"}


@dataclass(frozen=True)
class RunProgress:
    """How far a run is."""

    run: IngestRun
    heading: str
    done: int
    number: int
    counts: str


@dataclass(frozen=True)
class RunFileRow:
    """What became of one file of a run."""

    file: IngestRunFile
    status: str
    badge: str
    letter_address: str
    case: str
    case_address: str


@dataclass(frozen=True)
class RunPage:
    """One run; the addresses are empty where there is nothing to lead to."""

    progress: RunProgress | None
    files: Sequence[RunFileRow]
    total: int
    undo_address: str
    resume_address: str
    preview_address: str
    undone_by: IngestRun | None


@dataclass(frozen=True)
class UndoRow:
    """What undoing one change of a run would do."""

    file: str
    reference: str
    has_case: bool
    is_taken_back: bool
    changes: Sequence[ChangeInWords]
    obstacle: str


@dataclass(frozen=True)
class UndoPage:
    """What undoing a run would do."""

    run: IngestRun
    rows: Sequence[UndoRow]
    obstacles: int
    is_cut: bool


def may_undo(request: HttpRequest, run: IngestRun) -> bool:
    """Return whether the account may undo a run: it may change what is public, or has published the upload itself."""
    is_own_upload = "upload" in run.arguments and run.started_by == request.user.get_username()
    return request.user.has_perm("imr_archive.change_determination") or is_own_upload


def run_is_working(run: IngestRun) -> bool:
    """Return whether a run is at work or waits for a worker."""
    return run.status == RunStatus.RUNNING and not is_gone(run.process)


def run_progress(run: IngestRun) -> RunProgress:
    """Say how far a run is."""
    counts, undone = run.count_files()[0], IngestRun.objects.filter(pk=run.arguments.get("undo")).first()
    number = letters_changed(undone) if undone else run.previewed.count()
    done = sum(counts.values())
    heading = "At work" if run.process else "Waiting for a worker"
    if run.process and number and not done and not undone:
        heading = "Comparing once more with the archive"
    return RunProgress(run, heading, done, number, ", ".join(became(counts)))


def run_page(request: HttpRequest, run: IngestRun) -> RunPage:
    """Make the page of a run."""
    is_working = run_is_working(run)
    preview = UploadPreview.objects.filter(pk=run.arguments.get("preview")).first()
    undone_by = IngestRun.objects.filter(arguments__undo=run.pk).order_by("pk").last()
    can_undo = not is_working and not run.forgotten_at and "reinstate" not in run.arguments and run.history.exists()
    return RunPage(
        progress=run_progress(run) if is_working else None,
        files=_files(request, run),
        total=run.total,
        undo_address=_address(run, "undo") if can_undo and may_undo(request, run) else "",
        resume_address=_address(run, "resume") if publication_can_resume(run) else "",
        preview_address=reverse("admin:upload_preview", args=[preview.pk]) if preview else "",
        undone_by=undone_by,
    )


def _address(run: IngestRun, what: str) -> str:
    return reverse(f"admin:imr_archive_ingestrun_{what}", args=[run.pk])


def _files(request: HttpRequest, run: IngestRun) -> list[RunFileRow]:
    may_open = request.user.has_perm("imr_archive.view_determination")
    files = run.files.select_related("letter__determination").defer(*WIDE_COLUMNS_OF_LETTER).order_by("pk")
    rows = []
    for file in files[:FILES_ON_PAGE]:
        letter, case = file.letter, file.letter.determination if file.letter else None
        address = ""
        if case:
            admin_page = reverse("admin:imr_archive_determination_change", args=[case.pk])
            address = admin_page if may_open else case.get_absolute_url()
        rows.append(
            RunFileRow(
                file,
                file.get_status_display(),
                _BADGES.get(file.status, file.status),
                reverse("admin:imr_archive_sourceletter_change", args=[letter.pk]) if letter else "",
                case.reference if case else "",
                address,
            )
        )
    return rows


def undo_page(run: IngestRun) -> UndoPage:
    """Make the page that asks whether a run is to be undone."""
    outlook = undo_outlook(run, limit=FILES_ON_PAGE)
    rows = [
        UndoRow(
            file=each.file,
            reference=each.reference,
            has_case=each.has_case,
            is_taken_back=each.is_taken_back,
            changes=[*map(change_in_words, each.changes)],
            obstacle=each.obstacle,
        )
        for each in outlook
    ]
    is_cut = run.history.count() > FILES_ON_PAGE
    return UndoPage(run, rows, sum(bool(row.obstacle) for row in rows), is_cut)
