"""Execute a run: read sources, skip known files, parse the others in a pool, and store them in one writer."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection

from imr_archive.database_errors import database_failure
from imr_archive.ingest.pipeline.bulk import NewLetters
from imr_archive.ingest.pipeline.pool import ParserPool
from imr_archive.ingest.pipeline.triage import triaged
from imr_archive.ingest.pipeline.tuning import writing_much
from imr_archive.ingest.pipeline.worker import parse_received, read_received
from imr_archive.ingest.pipeline.writer import Writer
from imr_archive.ingest.runs.runs import GONE, RunFailed, RunLog
from imr_archive.ingest.sources.files import ReceivedFile
from imr_archive.letters.canonical import canonical_sync
from imr_archive.search.facets.rebuild import rebuild_if_due
from imr_archive.search.facets.words.common import store_common_words
from imr_archive.search.fulltext.backend import backend
from imr_archive.vocabulary import PublishHeld, RunStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imr_archive.ingest.pipeline.triage import Task
    from imr_archive.ingest.pipeline.worker import Parsed, Read
    from imr_archive.ingest.pipeline.writer import Together
    from imr_archive.ingest.runs.report import FileResult
    from imr_archive.ingest.sources.files import Source
    from imr_archive.letters.canonical import Canonical
    from imr_archive.models import IngestRun


def default_processes() -> int:
    """Return the number of processors this process may use."""
    return len(os.sched_getaffinity(0))


def ingest_sources(
    sources: Iterable[Source],
    *,
    run: IngestRun,
    processes: int,
    parse: Callable[[bytes], Parsed] = parse_received,
    stopped: Callable[[], bool] = lambda: False,
    again: bool = False,
    take_dropped: bool = False,
    publish: PublishHeld = PublishHeld.NONE,
    together: Callable[[RunLog, Canonical, PublishHeld], Together] = NewLetters,
) -> Iterator[FileResult]:
    """Ingest files and yield what became of each, in their order; a letter is stored when its result is yielded.

    ``processes`` parse at a time (0: this process itself does, which only a few trusted files should ask for). No
    file stops the run; ``stopped`` does, after the files in hand. ``again`` reads even what this parser has read.
    ``take_dropped`` reads files that were dropped from the quarantine as well; ``publish`` says which letters are
    published although the screen has found something in them. ``together`` makes what stores the files of a batch at
    once. What a run did before it was interrupted is skipped. Raise ``RunFailed`` if the database fails.
    """
    # SQLite reads words in the statement that indexes them.
    read = partial(read_received, parse=parse, vectors=backend(connection).takes_vectors)
    with at_work(run) as log, _pool(processes, read) as pool:
        canonical = canonical_sync()
        writer = Writer(log, canonical, together(log, canonical, publish), again=again, publish=publish)
        tasks = triaged(_remaining(sources, log, stopped), log, again=again, take_dropped=take_dropped, publish=publish)
        renewal = IndexRenewal()
        for ready in pool.parsed(tasks):
            yield from renewal.after(writer.overdue() if ready is None else writer.results_of(*ready))
        yield from writer.rest()


def _pool(processes: int, read: Callable[[bytes], Read]) -> ParserPool[Task, Read]:
    return ParserPool(processes, content_to_parse, read)


@contextmanager
def at_work(run: IngestRun) -> Iterator[RunLog]:
    """Do a run's work in the block, and note how it ends; after an orderly end, the facet index is renewed if due.

    Raise ``RunFailed`` if the database fails.
    """
    log = RunLog(run)
    status = RunStatus.CANCELLED
    try:
        log.take_up()
        with writing_much():
            yield log
        if rebuild_if_due():
            store_common_words()
        status = RunStatus.CANCELLED if log.is_cut_short else RunStatus.FINISHED
    except (*GONE, MemoryError) as error:
        reason = _failure(error)
        _end_failed(log, reason)
        raise RunFailed(reason) from error
    except Exception as error:
        _end_failed(log, f"The run met a fault of the archive's own ({type(error).__name__}).")
        raise
    finally:
        if run.status == RunStatus.RUNNING:
            log.end(status)


# What is newer than the stored facet index every reader's process reads again, so a long run renews it now and then;
# seldom enough that all renewals together cost a few times the last.
_RENEW_AFTER, _RENEW_AT_SHARE = 50_000, 0.5


class IndexRenewal:
    """Rebuilds the facet index in the middle of a run, once it is far behind."""

    def __init__(self) -> None:
        self._files = 0
        self._after = _RENEW_AFTER

    def after(self, results: Iterable[FileResult]) -> Iterator[FileResult]:
        """Yield results, and renew the index behind them if it is due."""
        for result in results:
            self._files += 1
            yield result
        if self._files >= self._after:
            self._files = 0
            if stored := rebuild_if_due():
                self._after = max(_RENEW_AFTER, int(stored.determinations * _RENEW_AT_SHARE))


def _failure(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "The memory that this process may use is exhausted."
    if isinstance(error, IntegrityError) and any(name in str(error) for name in _RUN_FILE_NAME_ONCE):
        return "Another process works on the same run."
    return database_failure(error)


# How PostgreSQL and SQLite name the constraint that a run has each file once.
_RUN_FILE_NAME_ONCE = ("run_file_name_once", "imr_archive_ingestrunfile.name")


def _end_failed(log: RunLog, reason: str) -> None:
    """Store the failure if the database still works; if not, the dead process shows that the run was interrupted."""
    try:
        log.end(RunStatus.FAILED, reason)
    except GONE:
        log.run.status = RunStatus.FAILED


def content_to_parse(task: Task) -> bytes | None:
    """Return the bytes of a file that is to be parsed, None if its result is known already."""
    return task.content if isinstance(task, ReceivedFile) and not task.refusal else None


def _remaining(sources: Iterable[Source], log: RunLog, stopped: Callable[[], bool]) -> Iterator[Source]:
    for source in sources:
        if stopped():
            log.is_cut_short = True
            return
        if not log.has(source.label):
            yield source
