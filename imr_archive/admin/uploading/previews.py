"""The pages of uploads as values: the list of previews, and one preview with its letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from imr_archive.admin.uploading.wording import change_in_words
from imr_archive.ingest.runs.processes import is_gone
from imr_archive.models import IngestRun, IngestRunFile
from imr_archive.vocabulary import FileStatus, PreviewStatus, PreviewVerdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.core.paginator import Page
    from django.db.models import QuerySet

    from imr_archive.admin.uploading.forms import UploadForm
    from imr_archive.admin.uploading.wording import ChangeInWords
    from imr_archive.models import PreviewedLetter, UploadPreview

LETTERS_ON_PAGE = 100
PREVIEWS_ON_PAGE = 50
_WORKING = (PreviewStatus.WAITING, PreviewStatus.READING)
# A task that nobody has taken up for so long has no worker.
_PATIENCE = timedelta(seconds=30)
# A reading notes its progress every few letters; one that has not for so long has died, wherever it was.
_SILENCE = timedelta(minutes=10)
_FILES_NAMED = 3


@dataclass(frozen=True)
class PreviewLine:
    """A preview in the list: what it is of, whose, and what of it still waits."""

    address: str
    names: str
    preview: UploadPreview
    state: str
    days_left: int


@dataclass(frozen=True)
class UploadsPage:
    """The page that takes uploads, with the previews that there are."""

    form: UploadForm
    previews: Sequence[PreviewLine]
    older: int


@dataclass(frozen=True)
class VerdictTab:
    """The letters of one verdict: how many, and where they are shown."""

    label: str
    count: int
    address: str
    is_current: bool


@dataclass(frozen=True)
class PreviewedRow:
    """A letter of a preview: what publishing it would do, or what it has done."""

    letter: PreviewedLetter
    label: str
    address: str
    changes: Sequence[ChangeInWords]
    doubts: int
    result: IngestRunFile | None
    status: str

    @property
    def is_waiting(self) -> bool:
        """Return whether it can be ticked."""
        return self.letter.run_id is None and self.letter.can_be_published


@dataclass(frozen=True)
class PreviewPage:
    """One preview: how far it is, its letters by verdict, and what can be done with it."""

    preview: UploadPreview
    names: str
    is_working: bool
    is_interrupted: bool
    has_no_worker: bool
    percent: int
    letters_read: int
    tabs: Sequence[VerdictTab]
    rows: Sequence[PreviewedRow]
    pages: Page[PreviewedLetter] | None
    recommended: int
    turning: int
    waiting: int
    runs: Sequence[IngestRun]
    days_left: int
    show: str


def uploads_page(previews: QuerySet[UploadPreview], form: UploadForm) -> UploadsPage:
    """Make the page of uploads."""
    shown = [*previews.prefetch_related("files")[: PREVIEWS_ON_PAGE + 1]]
    listed = shown[:PREVIEWS_ON_PAGE]
    waiting = Count("letters", filter=Q(letters__run=None, letters__can_be_published=True))
    counted = previews.filter(pk__in=[each.pk for each in listed]).annotate(waiting=waiting)
    counts = dict(counted.values_list("pk", "waiting"))
    lines = [
        PreviewLine(
            reverse("admin:upload_preview", args=[each.pk]),
            names_told([file.name for file in each.files.all()]),
            each,
            _state(each, counts.get(each.pk, 0)),
            _days_left(each),
        )
        for each in listed
    ]
    return UploadsPage(form, lines, len(shown) - len(listed))


def _state(preview: UploadPreview, waiting: int) -> str:
    if _is_interrupted(preview):
        return "Interrupted"
    if preview.status != PreviewStatus.READY:
        return PreviewStatus(preview.status).label
    if not waiting:
        return "Nothing left to publish"
    return f"{waiting:,} letter{'' if waiting == 1 else 's'} not published"


def names_told(names: Sequence[str]) -> str:
    """Name a few files, and count the rest."""
    rest = len(names) - _FILES_NAMED
    return ", ".join(names[:_FILES_NAMED]) + (f" and {rest:,} more" if rest > 0 else "")


def _days_left(preview: UploadPreview) -> int:
    left = preview.touched_at + timedelta(days=settings.PREVIEW_DAYS) - timezone.now()
    return max(left.days, 0)


def is_working(preview: UploadPreview) -> bool:
    """Return whether a preview waits for its worker or is being read by one."""
    return preview.status in _WORKING and not _is_interrupted(preview)


def _is_interrupted(preview: UploadPreview) -> bool:
    is_silent = preview.touched_at < timezone.now() - _SILENCE
    return preview.status == PreviewStatus.READING and (is_gone(preview.process) or is_silent)


def preview_page(preview: UploadPreview, *, show: str = "", number: str = "1") -> PreviewPage:
    """Make the page of a preview; ``show`` narrows it to one verdict."""
    verdicts = {each.value for each in PreviewVerdict}
    show = show if show in verdicts else ""
    letters = preview.letters.defer("content", "reading").select_related("run")
    chosen = letters.filter(verdict=show) if show else letters
    page = Paginator(chosen.order_by("pk"), LETTERS_ON_PAGE).get_page(number) if not is_working(preview) else None
    counts = dict(preview.letters.order_by().values_list("verdict").annotate(Count("pk")))
    waiting = preview.letters.filter(run=None, can_be_published=True)
    runs = [*IngestRun.objects.filter(arguments__preview=preview.pk).order_by("pk")]
    return PreviewPage(
        preview=preview,
        names=names_told([*preview.files.order_by("pk").values_list("name", flat=True)]),
        is_working=is_working(preview),
        is_interrupted=_is_interrupted(preview),
        has_no_worker=preview.status == PreviewStatus.WAITING and preview.touched_at < timezone.now() - _PATIENCE,
        percent=preview.bytes_read * 100 // preview.bytes_total if preview.bytes_total else 0,
        letters_read=sum(counts.values()),
        tabs=_tabs(preview, counts, show),
        rows=_rows(page.object_list) if page else (),
        pages=page,
        recommended=waiting.filter(is_recommended=True).count(),
        turning=waiting.filter(turns_outcome=True).count(),
        waiting=waiting.count(),
        runs=runs,
        days_left=_days_left(preview),
        show=show,
    )


def _tabs(preview: UploadPreview, counts: dict[str, int], show: str) -> list[VerdictTab]:
    address = reverse("admin:upload_preview", args=[preview.pk])
    found = [VerdictTab("All", sum(counts.values()), address, not show)]
    for verdict in PreviewVerdict:
        if number := counts.get(verdict.value):
            found.append(VerdictTab(verdict.label, number, f"{address}?show={verdict.value}", show == verdict.value))
    return found


def _rows(letters: Iterable[PreviewedLetter]) -> list[PreviewedRow]:
    """Return the rows of letters, with what became of those that were published."""
    shown = [*letters]
    files = IngestRunFile.objects.filter(
        run__in={each.run_id for each in shown if each.run_id}, name__in=[each.name for each in shown if each.run_id]
    )
    results = {(file.run_id, file.name): file for file in files.order_by("pk")}
    return [
        PreviewedRow(
            letter=each,
            label=PreviewVerdict(each.verdict).label,
            address=reverse("admin:upload_letter", args=[each.preview_id, each.pk]),
            changes=[change_in_words(change) for change in each.changes],
            doubts=each.doubts,
            result=(result := results.get((each.run_id or 0, each.name))),
            status=FileStatus(result.status).label if result else "",
        )
        for each in shown
    ]
