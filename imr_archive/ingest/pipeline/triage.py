"""Reads files in batches, looks up which of them are known, and settles those that need no parsing."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from imr_archive.errors import LetterError, NotADetermination, SourceRefused
from imr_archive.ingest.pipeline.store import Stored
from imr_archive.ingest.pipeline.worker import ParserFailed
from imr_archive.ingest.runs.report import FileResult, result_of
from imr_archive.ingest.sources.files import PassedOver, ReceivedFile, receive
from imr_archive.letters.lookups import OneOf
from imr_archive.models import DroppedFile, SourceLetter
from imr_archive.models.source_letter import WIDE_COLUMNS_OF_LETTER
from imr_archive.parsing.parser import PARSER_VERSION
from imr_archive.vocabulary import FileStatus, PublishHeld, SourceState, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imr_archive.ingest.runs.runs import RunLog
    from imr_archive.ingest.sources.files import Source

# Files whose hashes are looked up together: no more than these, nor beyond these bytes.
_BATCH = 256
_BATCH_BYTES = 32 << 20

# A file in the pipeline: still to be parsed, or with its result known already.
Task = ReceivedFile | FileResult


def triaged(
    sources: Iterable[Source],
    log: RunLog,
    *,
    again: bool,
    take_dropped: bool = False,
    publish: PublishHeld = PublishHeld.NONE,
) -> Iterator[Task]:
    """Read the sources; settle at once those that cannot be read, are known already, or were dropped by an operator.

    The same bytes may be parsed twice in a run if the first are not stored yet; the writer notices.
    """
    for tasks in _batches(sources):
        hashes = {task.sha256 for task in tasks if isinstance(task, ReceivedFile)}
        earlier: dict[str, FileResult] = {}
        for file in sorted(_files_before(log, hashes), key=attrgetter("pk")):
            earlier.setdefault(file.sha256, result_of(file))
        known = {} if again else _known_letters(hashes)
        dropped = {} if again else _dropped_files(hashes, take=take_dropped)
        for task in tasks:
            same, letter = earlier.get(task.sha256), known.get(task.sha256)
            if isinstance(task, FileResult) or not task.sha256:
                yield task
            elif same and not is_read_after_all(task, same.code):
                yield same.of_same_bytes(task.label, refusal=task.refusal)
            else:
                yield (letter and _settled(task, letter, publish)) or _passed_over(task, dropped) or task


def settled_since(file: ReceivedFile, publish: PublishHeld) -> FileResult | None:
    """Return the result of bytes that another run has stored since they were looked up, or None."""
    letter = _known_letters([file.sha256]).get(file.sha256)
    return _settled(file, letter, publish) if letter else None


def _batches(sources: Iterable[Source]) -> Iterator[list[Task]]:
    """Read files in batches, each file before the next source is asked for, because archives are read as streams."""
    batch: list[Task] = []
    size = 0
    for source in sources:
        task = received(source)
        batch.append(task)
        size += len(task.content) if isinstance(task, ReceivedFile) else 0
        if len(batch) >= _BATCH or size > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def received(source: Source) -> Task:
    """Read a source; return its result at once if it cannot be read or is passed over."""
    try:
        return receive(source)
    except PassedOver as error:
        return FileResult(source.label, FileStatus.PASSED_OVER, str(error), sha256=error.sha256)
    except LetterError as error:
        return FileResult(source.label, FileStatus.QUARANTINED, str(error), code=error.code, stage=Stage.RECEIVE.value)


def _files_before(log: RunLog, hashes: Iterable[str]):  # type: ignore[no-untyped-def]  # a narrowed queryset
    repeated = (FileStatus.DUPLICATE, FileStatus.PASSED_OVER)
    files = log.run.files.filter(OneOf("sha256", hashes)).exclude(status__in=repeated)
    # Without an order: with one, SQLite would read all files of the run in that order to find the hashes.
    return files.select_related("letter__determination").defer(*WIDE_COLUMNS_OF_LETTER).order_by()


def _known_letters(hashes: Iterable[str]) -> dict[str, SourceLetter]:
    letters = SourceLetter.objects.without_content().select_related("determination")
    return {letter.sha256: letter for letter in letters.filter(OneOf("sha256", hashes), parser_version=PARSER_VERSION)}


def _dropped_files(hashes: Iterable[str], *, take: bool) -> dict[str, DroppedFile]:
    """Return the files of these hashes that were dropped from the quarantine; forget that if they are to be taken."""
    dropped = DroppedFile.objects.filter(OneOf("sha256", hashes))
    if take:
        dropped.delete()
        return {}
    return {each.sha256: each for each in dropped}


def _passed_over(task: ReceivedFile, dropped: Mapping[str, DroppedFile]) -> FileResult | None:
    if (found := dropped.get(task.sha256)) is None:
        return None
    reason = f"Dropped from the quarantine on {found.dropped_at:%Y-%m-%d}; --take-dropped reads it again."
    return FileResult(task.label, FileStatus.PASSED_OVER, reason, sha256=task.sha256)


def _settled(task: ReceivedFile, letter: SourceLetter, publish: PublishHeld) -> FileResult | None:
    """Return the result of bytes that this parser version has read before, or None if they must be read again.

    They are read again if their determination was deleted, if they failed by a fault of the archive or only because of
    the name that they had, or if they are held and may be published now.
    """
    if letter.state == SourceState.QUARANTINED:
        if letter.reason_code == ParserFailed.code or is_read_after_all(task, letter.reason_code):
            return None
        stored = Stored(FileStatus.QUARANTINED, letter.reason, letter, code=letter.reason_code)
        result = replace(stored, stage=stage_of(stored.code)).result(task)
        return result.of_same_bytes(task.label, refusal=task.refusal)
    if letter.state == SourceState.HELD and publish is PublishHeld.NONE:
        return Stored(FileStatus.HELD, letter.reason, letter).result(task)
    if letter.determination is None:
        return None
    stored = Stored(FileStatus.UNCHANGED, "Already in the archive.", letter, letter.determination)
    return stored.result(task)


def is_read_after_all(task: Task, code: str) -> bool:
    """Return whether bytes that were refused for their name now have an accepted one."""
    return code == SourceRefused.code and isinstance(task, ReceivedFile) and not task.refusal


def stage_of(code: str) -> Stage:
    """Return the stage at which an error of this code stops a file."""
    stages = {SourceRefused.code: Stage.RECEIVE, NotADetermination.code: Stage.PARSE, ParserFailed.code: Stage.PARSE}
    return stages.get(code, Stage.READ)
