"""Runs as rows: started, kept up to date, ended, and resumed."""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from imr_archive.errors import ArchiveError
from imr_archive.ingest.runs.processes import is_alive, number_of, this_process
from imr_archive.ingest.runs.report import FileResult, Tally
from imr_archive.letters.tables import Table
from imr_archive.models import IngestRun, IngestRunFile
from imr_archive.parsing.parser import PARSER_VERSION
from imr_archive.vocabulary import RunStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imr_archive.letters.tables import Row

RUN_FILES = Table(
    IngestRunFile, ("run_id", "name", "sha256", "status", "stage", "code", "reason", "conflicts", "letter_id")
)
# How far a run's row may be behind its files.
_SECONDS_BEHIND = 5


class RunFailed(ArchiveError):
    """A run that failed; what it has stored stays, and it can be resumed."""


class CannotResume(ArchiveError):
    """There is no such run, or it is still running or finished."""


class RunLog:
    """Writes a run's rows while it works: the result of each file, once, and the run's totals every few seconds.

    ``is_cut_short`` is set when files are left for a resumption.
    """

    def __init__(self, run: IngestRun) -> None:
        self.run = run
        self.tally = Tally()
        self.is_cut_short = False
        self._done: set[bytes] = set()
        self._began = time.monotonic() - run.seconds
        self._saved = time.monotonic()

    def take_up(self) -> None:
        """Load what the run has done before it was interrupted."""
        counts, errors = self.run.count_files()
        self.tally.counts.update(counts)
        self.tally.errors.update(errors)
        names = self.run.files.order_by().values_list("name", flat=True).iterator(chunk_size=10_000)
        self._done = {_digest(name) for name in names}

    def has(self, name: str) -> bool:
        """Return whether a file was finished before the run was interrupted."""
        return bool(self._done) and _digest(name) in self._done

    def write(self, results: Iterable[FileResult]) -> None:
        """Write the results of files, in the caller's transaction that stores their letters."""
        RUN_FILES.insert([_row(self.run, result) for result in results])

    def count(self, result: FileResult) -> None:
        """Count a file whose result is committed."""
        self.tally.add(result)
        if time.monotonic() > self._saved + _SECONDS_BEHIND:
            self.save()

    def save(self) -> None:
        """Update the run's row."""
        self.run.counts, self.run.errors = dict(self.tally.counts), dict(self.tally.errors)
        self.run.seconds = time.monotonic() - self._began
        self.run.save()
        self._saved = time.monotonic()

    def end(self, status: RunStatus, failure: str = "") -> None:
        """End the run; it may be resumed."""
        self.run.status, self.run.failure, self.run.process = status, failure, ""
        self.run.finished_at = timezone.now()
        self.save()


def run_start(*, arguments: dict[str, Any], started_by: str, is_waiting: bool = False) -> IngestRun:
    """Create a run, worked on by this process, or waiting for the one that takes it up."""
    return IngestRun.objects.create(
        arguments=arguments,
        started_by=started_by[:150],
        parser_version=PARSER_VERSION,
        process="" if is_waiting else this_process(),
    )


def command_of(run: IngestRun) -> str:
    """Return the name of the command that resumes a run, or the empty text for one that no command resumes."""
    if {"upload", "reinstate"} & run.arguments.keys():
        return ""
    return next((name for name in ("reparse", "undo") if name in run.arguments), "ingest")


def run_resume(key: int | None, *, command: str = "ingest") -> IngestRun:
    """Mark an interrupted run of a command as running again, by default the last one, and return it.

    Raise ``CannotResume`` if there is none or it cannot be resumed.
    """
    if key is None:
        unfinished = IngestRun.objects.exclude(status=RunStatus.FINISHED).order_by("-pk")
        run = next((each for each in unfinished.iterator() if command_of(each) == command), None)
    else:
        run = IngestRun.objects.filter(pk=key).first()
    if run is None:
        raise CannotResume("No run was interrupted." if key is None else f"There is no run {key}.")
    if "reinstate" in run.arguments:
        raise CannotResume(f"Run {run.pk} reinstated a determination; ask for that again.")
    if not command_of(run):
        raise CannotResume(f"Run {run.pk} was an upload; resume it on its page in the administration.")
    if command_of(run) != command:
        raise CannotResume(
            f"Run {run.pk} was started by another command; resume it by manage.py {command_of(run)} --resume {run.pk}."
        )
    if run.status == RunStatus.FINISHED:
        raise CannotResume(f"Run {run.pk} is finished; there is nothing left to do.")
    if run.status == RunStatus.RUNNING and is_alive(run.process):
        raise CannotResume(f"Run {run.pk} is still at work, in process {number_of(run.process)}.")
    run.status, run.failure, run.finished_at = RunStatus.RUNNING, "", None
    run.process, run.parser_version = this_process(), PARSER_VERSION
    run.save()
    return run


# Errors that mean the database is gone or cannot write, unless they are about a single row.
GONE = (DatabaseError, InterfaceError)


def _row(run: IngestRun, result: FileResult) -> Row:
    status, stage = str(result.status), str(result.stage)
    conflicts = json.dumps(result.conflicts)
    return (run.pk, result.file, result.sha256, status, stage, result.code, result.reason, conflicts, result.letter)


def _digest(name: str) -> bytes:
    return hashlib.blake2b(name.encode(errors="replace"), digest_size=16).digest()
