"""What the commands that start runs have in common: Ctrl-C in order, progress, the report, the exit status."""

from __future__ import annotations

import getpass
import json
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.management import CommandError

from imr_archive.ingest.report import run_json_parts, run_lines
from imr_archive.ingest.runner import ingest_sources
from imr_archive.ingest.runs import RunFailed
from imr_archive.management.progress import Events, Progress

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable, Iterator
    from types import FrameType

    from django.core.management import BaseCommand

    from imr_archive.ingest.files import Source
    from imr_archive.models import IngestRun

QUARANTINED, BAD_USAGE, FAILED, INTERRUPTED = 1, 2, 3, 130


class Stop:
    """Whether somebody asked the run to end."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self) -> bool:
        """Tell it as the runner asks it."""
        return self.asked

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the first Ctrl-C or request to terminate as the wish to end in order; a second one ends at once."""
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

        def ask(number: int, frame: FrameType | None) -> None:
            self.asked = True
            for each, handler in before.items():
                signal.signal(each, handler)

        for number in before:
            signal.signal(number, ask)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def add_output_arguments(parser: ArgumentParser) -> None:
    """Take how a run reports."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    form.add_argument("--json-events", action="store_true", help="print a JSON object a line as each file ends")


def current_account() -> str:
    """Return the name of whoever runs the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in containers
        return ""


def run_to_its_end(
    command: BaseCommand,
    run: IngestRun,
    sources: Iterable[Source],
    progress: Progress | Events,
    *,
    json_report: bool,
    stop: Stop,
    **options: Any,
) -> None:
    """Do a run, print its report, and raise ``CommandError`` with the exit status if not all is well."""
    try:
        with stop.listening():
            for result in ingest_sources(sources, run=run, stopped=stop, **options):
                progress.add(result)
    except RunFailed as error:
        raise CommandError(f"{error} {_how_to_resume(run)}", returncode=FAILED) from error
    except KeyboardInterrupt:
        raise CommandError(f"Interrupted. {_how_to_resume(run)}", returncode=INTERRUPTED) from None
    finally:
        progress.close()
    if stop.asked:
        done = f"Interrupted after {run.total:,} files, which are stored."
        raise CommandError(f"{done} {_how_to_resume(run)}", returncode=INTERRUPTED)
    print_report(command, run, progress, json_report=json_report)
    if count := run.counts.get("quarantined", 0):
        raise CommandError(_in_quarantine(count), returncode=QUARANTINED)


def print_report(command: BaseCommand, run: IngestRun, progress: Progress | Events, *, json_report: bool) -> None:
    """Print what became of the files of a run that has ended."""
    if isinstance(progress, Events):
        command.stdout.write(json.dumps({"event": "finished", "run": run.pk, "counts": run.counts}))
    elif json_report:
        for part in run_json_parts(run):
            command.stdout.write(part, ending="")
        command.stdout.write("")
    else:
        for line in run_lines(run):
            command.stdout.write(line)


def _how_to_resume(run: IngestRun) -> str:
    return f"manage.py ingest --resume {run.pk} goes on with the rest."


def _in_quarantine(count: int) -> str:
    return f"{count:,} files were quarantined." if count > 1 else "1 file was quarantined."
