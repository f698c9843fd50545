"""The files of an upload are read and compared with the archive; nothing of them becomes public."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django.db import transaction
from django.utils import timezone

from imr_archive.database_errors import database_failure
from imr_archive.ingest.pipeline.pool import ParserPool
from imr_archive.ingest.pipeline.runner import content_to_parse
from imr_archive.ingest.pipeline.triage import received
from imr_archive.ingest.pipeline.worker import read_received
from imr_archive.ingest.pipeline.writer import part_as_file, without_withdrawn
from imr_archive.ingest.previews.foresight import EarlierLetter, Foresight
from imr_archive.ingest.previews.readings import doubts_in, reading_packed, reading_unpacked
from imr_archive.ingest.previews.removing import files_remove
from imr_archive.ingest.runs.processes import this_process
from imr_archive.ingest.runs.runs import GONE
from imr_archive.ingest.sources.archives import container_kind, sources_in
from imr_archive.ingest.sources.files import ReceivedFile, Source
from imr_archive.ingest.sources.folders import CountedFile
from imr_archive.letters.reading import Reading
from imr_archive.models import PreviewedLetter, UploadPreview
from imr_archive.parsing.parser import PARSER_VERSION
from imr_archive.vocabulary import PreviewStatus, PreviewVerdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.db.models import QuerySet

    from imr_archive.errors import LetterError
    from imr_archive.ingest.pipeline.triage import Task
    from imr_archive.ingest.pipeline.worker import PartOfFile
    from imr_archive.ingest.pipeline.writer import Entry
    from imr_archive.ingest.previews.foresight import Foreseen

    Received = Reading | LetterError | tuple[PartOfFile, ...]

# Letters that are compared and written together: so many, or so many bytes.
_BATCH = 50
_BATCH_BYTES = 8 << 20
_PUBLISHED = (PreviewVerdict.NEW, PreviewVerdict.UPDATE)


def preview_read(key: int, *, processes: int) -> None:
    """Read the files of an upload, and say of each letter what publishing it would do.

    What an interrupted reading has left is read again. A failure is noted with its reason; the files are then kept.
    """
    preview = UploadPreview.objects.filter(pk=key).first()
    if preview is None:  # removed before a worker came to it
        return
    preview.letters.all().delete()
    _note(preview, PreviewStatus.READING)
    try:
        _Reading(preview).run(processes)
    except (*GONE, MemoryError) as error:
        memory = "The memory that this process may use is exhausted."
        _note(preview, PreviewStatus.FAILED, memory if isinstance(error, MemoryError) else database_failure(error))
    except Exception as error:
        _note(preview, PreviewStatus.FAILED, f"Reading met a fault of the archive's own ({type(error).__name__}).")
        raise
    else:
        _note(preview, PreviewStatus.READY)
        files_remove(preview)


def _note(preview: UploadPreview, status: PreviewStatus, failure: str = "") -> None:
    preview.status, preview.failure, preview.parser_version = status, failure, PARSER_VERSION
    preview.touched_at = timezone.now()
    preview.process = this_process() if status is PreviewStatus.READING else ""
    preview.bytes_read = preview.bytes_total if status is PreviewStatus.READY else 0
    preview.save()


class _Reading:
    """Reads the files of one preview."""

    def __init__(self, preview: UploadPreview) -> None:
        self._preview = preview
        self._foresight = Foresight(partial(earlier_letter, preview.letters.filter(is_recommended=True)))
        self._done = 0

    def run(self, processes: int) -> None:
        """Read, compare and write letter by letter, by the batch."""
        batch: list[Entry] = []
        size = 0
        with _pool(processes) as pool:
            for ready in pool.parsed(map(received, self._sources())):
                if ready is not None:
                    entries = [*_entries(*ready)]
                    batch += entries
                    size += sum(len(task.content) for task, _ in entries if isinstance(task, ReceivedFile))
                if len(batch) >= _BATCH or size > _BATCH_BYTES:
                    self._write(batch)
                    batch, size = [], 0
        self._write(batch)

    def _sources(self) -> Iterator[Source]:
        for file in self._preview.files.order_by("pk"):
            before, opener = self._done, self._opener(Path(file.content.path))
            if kind := container_kind(file.name):
                yield from sources_in(file.name, opener, kind=kind)
            else:
                yield Source(file.name, opener)
            self._done = before + file.size

    def _opener(self, path: Path) -> Callable[[], BinaryIO]:
        return lambda: cast("BinaryIO", io.BufferedReader(CountedFile(path, self._count)))

    def _count(self, number: int) -> None:
        self._done += number

    @transaction.atomic
    def _write(self, batch: Iterable[Entry]) -> None:
        for task, read in without_withdrawn([*batch]):
            _letter_of(self._preview, task, read, self._foresight.of(task, read)).save()
        self._preview.bytes_read = min(self._done, self._preview.bytes_total)
        self._preview.touched_at = timezone.now()
        self._preview.save(update_fields=["bytes_read", "touched_at"])


def _pool(processes: int) -> ParserPool[Task, Received]:
    return ParserPool(processes, content_to_parse, read_received)


def _letter_of(
    preview: UploadPreview, task: Task, read: Reading | LetterError | None, foreseen: Foreseen
) -> PreviewedLetter:
    file = task if isinstance(task, ReceivedFile) else None
    return PreviewedLetter(
        preview=preview,
        name=task.label if isinstance(task, ReceivedFile) else task.file,
        sha256=task.sha256,
        size=len(file.content) if file else 0,
        **reading_values(read if file else None),
        content=file.content if file else b"",
        **verdict_values(foreseen),
    )


def reading_values(read: Reading | LetterError | None) -> dict[str, Any]:
    """Return what a row keeps of what a file was parsed to."""
    if not isinstance(read, Reading):
        return {"reading": b"", "doubts": 0}
    return {"reading": reading_packed(read), "doubts": doubts_in(read)}


def verdict_values(foreseen: Foreseen) -> dict[str, Any]:
    """Return what is foreseen of a letter by the columns of its row."""
    return {
        "verdict": foreseen.verdict,
        "code": foreseen.code,
        "reason": foreseen.reason,
        "case_number": foreseen.case_number[:20],
        "changes": [change._asdict() for change in foreseen.changes],
        "turns_outcome": foreseen.turns_outcome,
        "can_be_published": foreseen.can_be_published,
        "is_recommended": foreseen.is_recommended,
    }


def _entries(task: Task, read: Received | None) -> Iterator[Entry]:
    """Yield a file with what it was parsed to, or each of its letters as a file."""
    if not isinstance(read, tuple):
        yield task, read
        return
    assert isinstance(task, ReceivedFile)  # noqa: S101 - the pool parses nothing else
    for part in read:
        yield part_as_file(task, part), part.reading or part.error


def earlier_letter(letters: QuerySet[PreviewedLetter], case_number: str, name: str) -> EarlierLetter | None:
    """Return the last of some letters that is of a case and stands before the one of a name, if that is among them."""
    rows = letters.filter(case_number=case_number, verdict__in=_PUBLISHED).order_by("-pk")
    if own := letters.filter(name=name).values_list("pk", flat=True).first():
        rows = rows.filter(pk__lt=own)
    found = rows.defer("content").first()
    reading = reading_unpacked(found.reading) if found else None
    return EarlierLetter(found.name, reading.record) if found and reading else None
