"""A run: sources are read, told apart from what is known, parsed by a pool and stored by one writer."""

from __future__ import annotations

import logging
import os
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import DataError, IntegrityError, transaction

from imr_archive.errors import LetterError, NotADetermination, SourceRefused
from imr_archive.ingest.canonical import canonical_sync
from imr_archive.ingest.files import ReceivedFile, receive
from imr_archive.ingest.pool import ParserPool
from imr_archive.ingest.report import FileResult, result_of
from imr_archive.ingest.runs import GONE, RunFailed, RunLog, failure_of
from imr_archive.ingest.store import Stored, determination_store, letter_quarantine
from imr_archive.ingest.worker import ParserFailed, parse_content
from imr_archive.models import SourceLetter
from imr_archive.parsing.parser import PARSER_VERSION
from imr_archive.vocabulary import FileStatus, RunStatus, SourceState, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imr_archive.ingest.canonical import Canonical
    from imr_archive.ingest.files import Source
    from imr_archive.models import IngestRun
    from imr_archive.parsing.results import ParsedLetter

logger = logging.getLogger(__name__)

# Files whose hashes are looked up together: no more than these, nor beyond these bytes.
_BATCH = 32
_BATCH_BYTES = 32 << 20
# Outcomes that are written together where nothing else is to be written.
_SETTLED = 500
# Files of a run whose outcome is remembered: far more than are on their way at a time. Older ones are looked up.
_REMEMBERED = 10_000

# A file on its way: still to be parsed, or with its result known already.
Task = ReceivedFile | FileResult


def default_processes() -> int:
    """Return the number of processors this process may use."""
    return len(os.sched_getaffinity(0))


def ingest_sources(
    sources: Iterable[Source],
    *,
    run: IngestRun,
    processes: int,
    parse: Callable[[bytes], ParsedLetter | LetterError] = parse_content,
    stopped: Callable[[], bool] = lambda: False,
    again: bool = False,
) -> Iterator[FileResult]:
    """Ingest files and yield what became of each, in their order; a letter is stored when its result is yielded.

    ``processes`` parse at a time (0: this process itself does, which only a few trusted files should ask for). No
    file stops the run; ``stopped`` does, after the files in hand. ``again`` reads even what this parser has read.
    What a run did before it was interrupted is passed over. Raise ``RunFailed`` if the database fails.
    """
    log = RunLog(run)
    status = RunStatus.CANCELLED
    try:
        log.take_up()
        writer = _Writer(log, canonical_sync())
        with ParserPool(processes, _content_to_parse, parse) as pool:
            tasks = _triaged(_remaining(sources, log, stopped), log, again=again)
            for task, parsed in pool.parsed(tasks):
                yield from writer.results_of(task, parsed)
        yield from writer.rest()
        status = RunStatus.CANCELLED if stopped() else RunStatus.FINISHED
    except GONE as error:
        reason = _failure(error)
        _end_failed(log, reason)
        raise RunFailed(reason) from error
    except Exception as error:
        _end_failed(log, f"The run met a fault of the archive's own ({type(error).__name__}).")
        raise
    finally:
        if run.status == RunStatus.RUNNING:
            log.end(status)


def _failure(error: Exception) -> str:
    if isinstance(error, IntegrityError):
        return "Another process works on the same run."
    return failure_of(error)


def _end_failed(log: RunLog, reason: str) -> None:
    """Note the failure if the database still takes it; if not, the run is told from one at work by its process."""
    try:
        log.end(RunStatus.FAILED, reason)
    except GONE:
        log.run.status = RunStatus.FAILED


class _Writer:
    """Settles one file after another, and knows what became of the bytes it has seen in the run."""

    def __init__(self, log: RunLog, canonical: Canonical) -> None:
        self._log = log
        self._canonical = canonical
        self._seen: OrderedDict[str, FileResult] = OrderedDict()
        self._settled: list[FileResult] = []

    def results_of(self, task: Task, parsed: ParsedLetter | LetterError | None) -> Iterator[FileResult]:
        """Yield the results that are committed now: those of files that wrote nothing wait for each other."""
        result = self._known(task)
        if result is not None:
            self._settled.append(result)
            self._remember(result)
            if len(self._settled) >= _SETTLED:
                yield from self.rest()
            return
        assert isinstance(task, ReceivedFile)  # noqa: S101 - every other task is known
        with transaction.atomic():
            result = _result(task.label, self._stored(task, parsed), task.sha256)
            written = [*self._settled, result]
            self._log.write(written)
        self._remember(result)
        yield from self._counted(written)

    def rest(self) -> Iterator[FileResult]:
        """Write and yield the results that are still waiting."""
        if self._settled:
            self._log.write(self._settled)
        yield from self._counted([*self._settled])

    def _counted(self, results: list[FileResult]) -> Iterator[FileResult]:
        self._settled = []
        for result in results:
            self._log.count(result)
            yield result

    def _known(self, task: Task) -> FileResult | None:
        twin = self._seen.get(task.sha256) if task.sha256 else None
        if twin and not _is_read_after_all(task, twin.code):
            return _result_of_twin(_label(task), twin)
        return task if isinstance(task, FileResult) else None

    def _remember(self, result: FileResult) -> None:
        if result.sha256 and result.status is not FileStatus.DUPLICATE:
            self._seen[result.sha256] = result
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)

    def _stored(self, file: ReceivedFile, parsed: ParsedLetter | LetterError | None) -> Stored:
        if file.refusal:
            return _quarantined(file, SourceRefused(file.refusal))
        assert parsed is not None  # noqa: S101 - the pool parses every file that is not refused
        if isinstance(parsed, LetterError):
            return _quarantined(file, parsed)
        try:
            return self._determination_stored(file, parsed)
        except (IntegrityError, DataError, LookupError, ValueError) as error:
            # The message is left out of log and reason: databases quote the row in it.
            kind = type(error).__name__
            logger.error("Storing the letter %s failed: %s", file.sha256, kind)
            failure = ParserFailed(f"What the parser read could not be stored ({kind}).")
            return _quarantined(file, failure, Stage.STORE)

    def _determination_stored(self, file: ReceivedFile, letter: ParsedLetter) -> Stored:
        try:
            return determination_store(letter=letter, source=file, canonical=self._canonical)
        except IntegrityError:
            # Another run may have stored the same case in between: the second look finds it.
            return determination_store(letter=letter, source=file, canonical=self._canonical)


def _quarantined(file: ReceivedFile, error: LetterError, stage: Stage | None = None) -> Stored:
    stored = letter_quarantine(source=file, error=error, parser_version=PARSER_VERSION)
    return replace(stored, stage=stage or stage_of(error.code))


def stage_of(code: str) -> Stage:
    """Tell how far a file came by the code of what stopped it."""
    stages = {SourceRefused.code: Stage.RECEIVE, NotADetermination.code: Stage.PARSE, ParserFailed.code: Stage.PARSE}
    return stages.get(code, Stage.READ)


def _content_to_parse(task: Task) -> bytes | None:
    return task.content if isinstance(task, ReceivedFile) and not task.refusal else None


def _remaining(sources: Iterable[Source], log: RunLog, stopped: Callable[[], bool]) -> Iterator[Source]:
    for source in sources:
        if stopped():
            return
        if not log.has(source.label):
            yield source


def _triaged(sources: Iterable[Source], log: RunLog, *, again: bool) -> Iterator[Task]:
    """Read the sources, and settle at once what cannot be read and what is known already.

    Bytes that come twice in a run are parsed twice where the first are not stored yet; the writer tells them.
    """
    for tasks in _batches(sources):
        hashes = {task.sha256 for task in tasks if isinstance(task, ReceivedFile)}
        twins = {file.sha256: result_of(file) for file in _files_before(log, hashes)}
        known = {} if again else _known_letters(hashes)
        for task in tasks:
            twin, letter = twins.get(task.sha256), known.get(task.sha256)
            if isinstance(task, FileResult) or not task.sha256:
                yield task
            elif twin and not _is_read_after_all(task, twin.code):
                yield _result_of_twin(task.label, twin)
            else:
                yield (letter and _settled(task, letter)) or task


def _batches(sources: Iterable[Source]) -> Iterator[list[Task]]:
    """Read files in batches; each is read before the next is asked for, as archives need it."""
    batch: list[Task] = []
    size = 0
    for source in sources:
        task = _received(source)
        batch.append(task)
        size += len(task.content) if isinstance(task, ReceivedFile) else 0
        if len(batch) >= _BATCH or size > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _received(source: Source) -> Task:
    try:
        return receive(source)
    except LetterError as error:
        return FileResult(source.label, FileStatus.QUARANTINED, str(error), code=error.code, stage=Stage.RECEIVE.value)


def _files_before(log: RunLog, hashes: Iterable[str]):  # type: ignore[no-untyped-def]  # a narrowed queryset
    files = log.run.files.filter(sha256__in=[*hashes]).exclude(status=FileStatus.DUPLICATE)
    wide = (f"letter__{column}" for column in ("content", "text", "spans", "diagnostics"))
    return files.select_related("letter__determination").defer(*wide).order_by("-pk")


def _known_letters(hashes: Iterable[str]) -> dict[str, SourceLetter]:
    letters = SourceLetter.objects.without_content().select_related("determination")
    return {letter.sha256: letter for letter in letters.filter(sha256__in=[*hashes], parser_version=PARSER_VERSION)}


def _settled(task: ReceivedFile, letter: SourceLetter) -> FileResult | None:
    """Return the result of bytes that this version of the parser has read before, or None if they must be read again.

    They must where their determination was deleted, where the archive's own fault stood in their way, and where only
    the name they came under did.
    """
    if letter.state == SourceState.QUARANTINED:
        if letter.reason_code == ParserFailed.code or _is_read_after_all(task, letter.reason_code):
            return None
        stored = Stored(FileStatus.QUARANTINED, letter.reason, letter, code=letter.reason_code)
        return _result(task.label, replace(stored, stage=stage_of(stored.code)), task.sha256)
    if letter.determination is None:
        return None
    stored = Stored(FileStatus.UNCHANGED, "Already in the archive.", letter, letter.determination)
    return _result(task.label, stored, task.sha256)


def _is_read_after_all(task: Task, code: str) -> bool:
    """Whether bytes that were refused for their name now come under a good one."""
    return code == SourceRefused.code and isinstance(task, ReceivedFile) and not task.refusal


def _result(label: str, stored: Stored, sha256: str) -> FileResult:
    return FileResult(
        file=label,
        status=stored.status,
        reason=stored.reason,
        code=stored.code,
        stage=stored.stage,
        sha256=sha256,
        letter=stored.letter.pk,
        determination=stored.determination.pk if stored.determination else None,
        reference=stored.determination.reference if stored.determination else "",
    )


def _result_of_twin(label: str, twin: FileResult) -> FileResult:
    """Return the result of bytes that came before in the run: of one fate with their twin if that was quarantined."""
    if twin.status is FileStatus.QUARANTINED:
        return replace(twin, file=label)
    return replace(twin, file=label, status=FileStatus.DUPLICATE, reason=f"The same bytes as {twin.file}.")


def _label(task: Task) -> str:
    return task.label if isinstance(task, ReceivedFile) else task.file
