"""Functions shared by the commands that start runs: stopping on Ctrl-C, progress, report and exit status."""

from __future__ import annotations

import getpass
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, cast

from django.core.management import CommandError

from imr_archive.database_errors import database_failure
from imr_archive.ingest.runs.report import files_told, run_json_parts, run_lines
from imr_archive.ingest.runs.runs import GONE, RunFailed, command_of
from imr_archive.management.progress import Events, Progress
from imr_archive.vocabulary import RunStatus

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType

    from django.core.management import BaseCommand

    from imr_archive.ingest.runs.report import FileResult
    from imr_archive.models import IngestRun

QUARANTINED, BAD_USAGE, FAILED = 1, 2, 3
# The exit status of a process that a signal ended is 128 plus the signal's number.
_BY_SIGNAL = 128


class Stop:
    """Remembers whether the run was asked to stop, and by which signal."""

    def __init__(self) -> None:
        self._signal = 0

    def __call__(self) -> bool:
        """Return whether the run was asked to stop; the runner calls this between files."""
        return self._signal != 0

    @property
    def status(self) -> int:
        """The exit status: 130 after Ctrl-C, 143 after SIGTERM, 141 if the reader closed the output."""
        return _BY_SIGNAL + (self._signal or signal.SIGINT)

    def ask(self, number: int) -> None:
        """Ask the run to stop, as if the signal of this number had arrived."""
        self._signal = number

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Let the first SIGINT or SIGTERM stop the run cleanly; a second one ends the process at once."""
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

        def take(number: int, frame: FrameType | None) -> None:
            self.ask(number)
            for each, handler in before.items():
                signal.signal(each, handler)

        for number in before:
            signal.signal(number, take)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def database_required() -> Iterator[None]:
    """End the command with a message and status 3 if the database fails before a run has started."""
    try:
        yield
    except GONE as error:
        raise CommandError(database_failure(error, was_connected=False), returncode=FAILED) from error


def add_output_arguments(parser: ArgumentParser) -> None:
    """Add the arguments that choose how a run reports."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    form.add_argument("--json-events", action="store_true", help="print one JSON object per line for each event")


def current_account() -> str:
    """Return the name of the account that runs the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in containers
        return ""


def progress_of(
    command: BaseCommand,
    *,
    json_events: bool,
    size: Callable[[], int | None],
    done: Callable[[], int] | None = None,
) -> Progress | Events:
    """Return the progress display of a run: ``done`` of ``size``, which is computed only if it is shown.

    Without ``done``, the results are counted.
    """
    if json_events:
        return Events(cast("TextIO", command.stdout))
    return Progress(sys.stderr, size=size() if sys.stderr.isatty() else None, done=done)


def run_to_its_end(
    command: BaseCommand,
    run: IngestRun,
    results: Iterable[FileResult],
    progress: Progress | Events,
    *,
    json_report: bool,
    stop: Stop,
) -> None:
    """Execute a run, print its report, and raise ``CommandError`` if it failed or files were quarantined.

    Iterating over ``results`` does the work; the iterator must end soon after ``stop`` was asked to stop.
    """
    with stop.listening():
        run_through(run, results, progress, stop=stop)
    print_report(command, run, progress, json_report=json_report)
    if count := run.counts.get("quarantined", 0):
        raise CommandError(_in_quarantine(count), returncode=QUARANTINED)


def run_through(run: IngestRun, results: Iterable[FileResult], progress: Progress | Events, *, stop: Stop) -> None:
    """Execute a run; if it is incomplete, raise ``CommandError`` that says what is stored and how to resume it.

    If the reader of the events closes its end of the pipe, the run stops cleanly and the command exits silently.
    """
    progress.begin(run)
    try:
        for result in results:
            progress.add(result)
            if not progress.is_heard:
                stop.ask(signal.SIGPIPE)
    except RunFailed as error:
        raise CommandError(f"{error} {_how_to_resume(run)}", returncode=FAILED) from error
    except KeyboardInterrupt:
        raise CommandError(f"Interrupted. {_how_to_resume(run)}", returncode=stop.status) from None
    finally:
        progress.end(run)
    if not progress.is_heard:
        stop.ask(signal.SIGPIPE)
        raise SystemExit(stop.status)
    if run.status == RunStatus.CANCELLED:
        raise CommandError(f"Interrupted. {_how_to_resume(run)}", returncode=stop.status)


def print_report(
    command: BaseCommand,
    run: IngestRun,
    progress: Progress | Events,
    *,
    json_report: bool,
    lines: Callable[[IngestRun], Iterator[str]] = run_lines,
) -> None:
    """Print the report of a run as ``lines`` or as JSON; print nothing if its events were printed already."""
    if isinstance(progress, Events):
        return
    if json_report:
        for part in run_json_parts(run):
            command.stdout.write(part, ending="")
        command.stdout.write("")
    else:
        for line in lines(run):
            command.stdout.write(line)


def _how_to_resume(run: IngestRun) -> str:
    how = f"manage.py {command_of(run)} --resume {run.pk} processes the rest."
    return f"The results of {files_told(run.total)} are stored; {how}"


def _in_quarantine(count: int) -> str:
    return f"{files_told(count)} {'was' if count == 1 else 'were'} quarantined."
