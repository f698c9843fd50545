"""Letters of a preview are published: as a run, by the same writer as any other letter."""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from django.db import transaction
from django.utils import timezone

from imr_archive.database_errors import database_failure
from imr_archive.errors import ArchiveError, SourceRefused
from imr_archive.ingest.pipeline.pool import ParserPool
from imr_archive.ingest.pipeline.runner import content_to_parse, ingest_sources
from imr_archive.ingest.pipeline.triage import received
from imr_archive.ingest.pipeline.worker import read_content
from imr_archive.ingest.pipeline.writer import without_withdrawn
from imr_archive.ingest.previews.foresight import Foresight
from imr_archive.ingest.previews.reading import earlier_letter, reading_values, verdict_values
from imr_archive.ingest.runs.processes import is_elsewhere, is_gone, this_process
from imr_archive.ingest.runs.report import FileResult
from imr_archive.ingest.runs.runs import GONE, RunLog, run_start
from imr_archive.ingest.sources.files import Source
from imr_archive.models import IngestRun, PreviewedLetter
from imr_archive.vocabulary import RunStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import QuerySet

    from imr_archive.errors import LetterError
    from imr_archive.ingest.previews.foresight import Foreseen
    from imr_archive.letters.reading import Reading
    from imr_archive.models import UploadPreview

CHANGED_SINCE = "Not published: what publishing it does has changed since it was compared. Look at it again."


class NothingToPublish(ArchiveError):
    """None of the letters that were asked for can be published."""


@transaction.atomic
def publication_start(preview: UploadPreview, letters: QuerySet[PreviewedLetter], *, started_by: str) -> IngestRun:
    """Start the run that publishes letters of a preview; ``publication_run`` does its work, in whatever process.

    Raise ``NothingToPublish`` if none of them waits.
    """
    names = [*preview.files.order_by("pk").values_list("name", flat=True)]
    run = run_start(arguments={"upload": names, "preview": preview.pk}, started_by=started_by, is_waiting=True)
    if not letters.filter(preview=preview, run=None, can_be_published=True).update(run=run, note=""):
        raise NothingToPublish("Tick at least one letter that can be published.")
    preview.touched_at = timezone.now()
    preview.save(update_fields=["touched_at"])
    return run


def publication_can_resume(run: IngestRun) -> bool:
    """Return whether a run that publishes letters of a preview ended early, or its process is gone or elsewhere.

    Whether the latter still works can't be seen. If it does, the one that comes later fails by the database's rule that
    a run has each file once, and nothing is stored twice.
    """
    if "preview" not in run.arguments or run.status == RunStatus.FINISHED:
        return False
    return run.status != RunStatus.RUNNING or is_gone(run.process) or is_elsewhere(run.process)


def publication_resume(run: IngestRun) -> None:
    """Mark an interrupted run as waiting for a worker again."""
    run.status, run.failure, run.finished_at, run.process = RunStatus.RUNNING, "", None, ""
    run.save()


def publication_run(key: int, *, processes: int) -> None:
    """Publish the letters of a run that ``publication_start`` has started.

    A letter of which publishing would do something else by now than somebody saw in the preview goes back there. The
    bytes of the others are then those of their source letters, and leave the preview.
    """
    run = IngestRun.objects.get(pk=key)
    run.process = this_process()
    run.save(update_fields=["process"])
    try:
        _send_back_changed(run, processes)
    except GONE as error:
        RunLog(run).end(RunStatus.FAILED, database_failure(error))
        return
    for _ in ingest_sources(_sources(run), run=run, processes=processes, take_dropped=True):
        pass
    run.previewed.filter(name__in=run.files.values("name")).update(content=b"", reading=b"")


def _sources(run: IngestRun) -> Iterator[Source]:
    rows = run.previewed.filter(can_be_published=True).order_by("pk")
    for key, name, code, reason in rows.values_list("pk", "name", "code", "reason"):
        yield Source(name, _opener(key), reason if code == SourceRefused.code else "")


def _opener(key: int) -> Callable[[], BinaryIO]:
    def read() -> BinaryIO:
        return io.BytesIO(bytes(PreviewedLetter.objects.values_list("content", flat=True).get(pk=key)))

    return read


# -- What has changed since it was looked at --------------------------------------------------------------------------


def _send_back_changed(run: IngestRun, processes: int) -> None:
    rows = dict(run.previewed.exclude(name__in=run.files.values("name")).values_list("name", "pk"))
    foresight = Foresight(partial(earlier_letter, run.previewed.all()))
    tasks = (received(source) for source in _sources(run) if source.label in rows)
    with ParserPool(processes, content_to_parse, read_content) as pool:
        for ready in pool.parsed(tasks):
            for task, read in without_withdrawn([ready]) if ready else ():
                name = task.file if isinstance(task, FileResult) else task.label
                _compare(rows[name], foresight.of(task, read), read)


def _compare(key: int, foreseen: Foreseen, read: Reading | LetterError | None) -> None:
    """Send a letter back to the preview if something else is foreseen of it now."""
    row = PreviewedLetter.objects.defer("content", "reading").get(pk=key)
    values = verdict_values(foreseen)
    if (row.verdict, row.code, row.changes) == (values["verdict"], values["code"], values["changes"]):
        return
    values |= reading_values(read)
    PreviewedLetter.objects.filter(pk=key).update(run=None, note=CHANGED_SINCE, **values)
