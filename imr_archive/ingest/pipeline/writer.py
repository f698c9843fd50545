"""The one writer of a run: files are settled in batches, each in one transaction with its rows of the run."""

from __future__ import annotations

import hashlib
import logging
import time
from collections import OrderedDict
from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol

from django.db import DataError, IntegrityError, OperationalError, transaction

from imr_archive.database_errors import is_deadlock
from imr_archive.errors import LetterError, SourceRefused
from imr_archive.history.revisions import Cause
from imr_archive.history.withdrawals import withdrawn_bytes, withdrawn_records
from imr_archive.ingest.pipeline.store import Stored, determination_store, letter_quarantine
from imr_archive.ingest.pipeline.triage import is_read_after_all, settled_since, stage_of
from imr_archive.ingest.pipeline.worker import ParserFailed
from imr_archive.ingest.runs.report import FileResult
from imr_archive.ingest.sources.files import ReceivedFile, short
from imr_archive.letters.reading import Reading
from imr_archive.parsing.parser import PARSER_VERSION
from imr_archive.vocabulary import FileStatus, PublishHeld, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imr_archive.ingest.pipeline.triage import Task
    from imr_archive.ingest.pipeline.worker import PartOfFile
    from imr_archive.ingest.runs.runs import RunLog
    from imr_archive.letters.canonical import Canonical
    from imr_archive.models import Withdrawal

    Read = Reading | LetterError | tuple[PartOfFile, ...] | None
    Parsed = Reading | LetterError | None
    Entry = tuple[Task, Parsed]

logger = logging.getLogger(__name__)

# A batch is stored when it has so many files or bytes, or has waited so long for workers that have nothing ready.
_BATCH = 500
_BATCH_BYTES = 16 << 20
_PATIENCE_SECONDS = 0.2
# Files of a run whose outcome is remembered: far more than are on their way at a time. Older ones are looked up.
_REMEMBERED = 10_000
# What is raised for a row that cannot be stored.
_REFUSED = (IntegrityError, DataError, LookupError, ValueError, OverflowError)


class Together(Protocol):
    """Stores at once those files of a batch that no rule between letters concerns, in the batch's transaction."""

    def store(self, batch: Sequence[Entry]) -> Mapping[str, FileResult]:
        """Store what can be stored together; return the results by the SHA-256 of the bytes. The rest go one by one."""

    def note(self, results: Sequence[FileResult]) -> None:
        """Note the results of the whole batch, in its transaction."""

    def roll_back(self) -> None:
        """Forget what the transaction of a batch has made: it was rolled back."""


class Writer:
    """Settles files batch by batch, and knows what became of the bytes it has seen in the run.

    ``together`` stores what it can of a batch at once. ``again`` writes even what this parser version has read before;
    ``publish`` says which letters are published although the screen has found something in them.
    """

    def __init__(
        self,
        log: RunLog,
        canonical: Canonical,
        together: Together,
        *,
        again: bool = False,
        publish: PublishHeld = PublishHeld.NONE,
    ) -> None:
        self._log = log
        self._canonical = canonical
        self._again = again
        self._publish = publish
        self._cause = Cause.of_run(log.run)
        self._together = together
        self._seen: OrderedDict[str, FileResult] = OrderedDict()
        self._uncommitted: dict[str, FileResult] = {}
        self._batch: list[Entry] = []
        self._bytes = 0
        self._began = 0.0

    def results_of(self, task: Task, read: Read) -> Iterator[FileResult]:
        """Take a file with what it was parsed to; yield the results of a batch if it is full now, and committed.

        A file of several letters is taken as as many files, as an archive is.
        """
        if not isinstance(read, tuple):
            yield from self._taken(task, read)
            return
        assert isinstance(task, ReceivedFile)  # noqa: S101 - the pool parses nothing else
        for part in read:
            file = part_as_file(task, part)
            if not self._log.has(file.label):
                yield from self._taken(file, part.reading or part.error)

    def _taken(self, task: Task, parsed: Parsed) -> Iterator[FileResult]:
        if not self._batch:
            self._began = time.monotonic()
        self._batch.append((task, parsed))
        self._bytes += len(task.content) if isinstance(task, ReceivedFile) else 0
        if len(self._batch) >= _BATCH or self._bytes > _BATCH_BYTES:
            yield from self.rest()

    def overdue(self) -> Iterator[FileResult]:
        """Commit and yield, while the workers have nothing ready, what has waited for company long enough."""
        if time.monotonic() > self._began + _PATIENCE_SECONDS:
            yield from self.rest()

    def rest(self) -> Iterator[FileResult]:
        """Commit and yield all that is waiting; file by file where a row is refused, which then costs its file only."""
        batch, self._batch, self._bytes = self._batch, [], 0
        if not batch:
            return
        try:
            results = self._committed(batch)
        except (*_REFUSED, OperationalError) as error:
            if isinstance(error, OperationalError) and not is_deadlock(error):
                raise
            logger.warning("%d files are stored one by one: together they failed (%s)", len(batch), _kind(error))
        else:
            yield from self._counted(results)
            return
        for entry in batch:
            yield from self._counted(self._committed([entry]))

    def _committed(self, batch: Sequence[Entry]) -> list[FileResult]:
        """Store files in one transaction, with what the run says of them."""
        try:
            with transaction.atomic():
                batch = without_withdrawn(batch)
                stored = self._together.store([each for each in batch if not self._known(each[0])])
                results = [self._result(task, parsed, stored) for task, parsed in batch]
                self._log.write(results)
                self._together.note(results)
        except BaseException:
            self._uncommitted = {}
            self._together.roll_back()
            raise
        self._seen |= self._uncommitted
        self._uncommitted = {}
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return results

    def _counted(self, results: list[FileResult]) -> Iterator[FileResult]:
        for result in results:
            self._log.count(result)
            yield result

    def _result(self, task: Task, parsed: Parsed, stored: Mapping[str, FileResult]) -> FileResult:
        result = self._known(task) or stored.get(task.sha256)
        if result is None:
            assert isinstance(task, ReceivedFile)  # noqa: S101 - every other task is known
            since = None if self._again else settled_since(task, self._publish)
            result = since or self._stored(task, parsed).result(task)
        if result.sha256 and result.status not in (FileStatus.DUPLICATE, FileStatus.PASSED_OVER):
            self._uncommitted[result.sha256] = result
        return result

    def _known(self, task: Task) -> FileResult | None:
        if isinstance(task, FileResult) and task.status is FileStatus.PASSED_OVER:
            return task
        twin = (self._uncommitted.get(task.sha256) or self._seen.get(task.sha256)) if task.sha256 else None
        if twin and not is_read_after_all(task, twin.code):
            if isinstance(task, ReceivedFile):
                return twin.of_same_bytes(task.label, refusal=task.refusal)
            return task if task.status is FileStatus.QUARANTINED else twin.of_same_bytes(task.file)
        return task if isinstance(task, FileResult) else None

    def _stored(self, file: ReceivedFile, parsed: Parsed) -> Stored:
        if file.refusal:
            return self._quarantined(file, SourceRefused(file.refusal))
        assert parsed is not None  # noqa: S101 - the pool parses every file that is not refused
        if isinstance(parsed, LetterError):
            return self._quarantined(file, parsed)
        try:
            return self._determination_stored(file, parsed)
        except _REFUSED as error:
            # The message is left out of log and reason: databases quote the row in it.
            logger.error("Storing the letter %s failed: %s", file.sha256, _kind(error))
            failure = ParserFailed(f"What the parser read could not be stored ({_kind(error)}).")
            return self._quarantined(file, failure, Stage.STORE)

    def _determination_stored(self, file: ReceivedFile, reading: Reading) -> Stored:
        store = partial(
            determination_store,
            reading=reading,
            source=file,
            canonical=self._canonical,
            cause=self._cause,
            publish=self._publish,
        )
        try:
            return store()
        except IntegrityError:
            # Another run may have stored the same case in between: the second look finds it.
            return store()

    def _quarantined(self, file: ReceivedFile, error: LetterError, stage: Stage | None = None) -> Stored:
        stored = letter_quarantine(source=file, error=error, parser_version=PARSER_VERSION, cause=self._cause)
        return replace(stored, stage=stage or stage_of(error.code))


def without_withdrawn(batch: Sequence[Entry]) -> list[Entry]:
    """Pass over the files whose bytes, text or case number belong to a withdrawn determination."""
    records = [read.record for _, read in batch if isinstance(read, Reading)]
    withdrawn = withdrawn_records(records) | withdrawn_bytes({task.sha256 for task, _ in batch if task.sha256})
    return [(_passed_over(task, read, withdrawn) or task, read) for task, read in batch] if withdrawn else [*batch]


def _passed_over(task: Task, read: Parsed, withdrawn: Mapping[str, Withdrawal]) -> FileResult | None:
    signs = [task.sha256]
    if isinstance(read, Reading):
        signs += [read.record.text_sha256, read.record.case_number or ""]
    found = next((withdrawn[sign] for sign in signs if sign in withdrawn), None)
    if found is None or not isinstance(task, ReceivedFile):
        return None
    reason = f"Withdrawn on {found.withdrawn_at:%Y-%m-%d}; it does not come back unless it is reinstated."
    return FileResult(task.label, FileStatus.PASSED_OVER, reason, sha256=task.sha256)


def part_as_file(task: ReceivedFile, part: PartOfFile) -> ReceivedFile:
    """Return one letter of a file as a file."""
    label = short(f"{task.label}/{part.ending}")
    name = f"{PurePath(task.name).stem}-{part.ending}"
    return ReceivedFile(label, name, part.content, hashlib.sha256(part.content).hexdigest(), task.refusal)


def _kind(error: Exception) -> str:
    return type(error).__name__
