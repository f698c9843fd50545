"""``manage.py ingest``: files of letters become rows of the archive."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.core.management import BaseCommand, CommandError

from imr_archive.ingest.quarantine import quarantined_letters, sources_of
from imr_archive.ingest.runner import default_processes
from imr_archive.ingest.runs import CannotResume, run_resume, run_start
from imr_archive.ingest.sources import Input, NoSuchPath
from imr_archive.management.progress import Events, Progress
from imr_archive.management.running import (
    BAD_USAGE,
    Stop,
    add_output_arguments,
    current_account,
    database_at_hand,
    run_to_its_end,
)

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable, Iterator
    from typing import TextIO

    from imr_archive.models import IngestRun

STANDARD_INPUT = "-"
_LAST_RUN = 0


class Command(BaseCommand):
    """Ingest files; exit with 0 if all is well, 1 if files were quarantined, 2 on bad usage, 3 on a failed database."""

    help = (
        "Read letters (PDF or text) into the archive, from files, folders, .zip and .tar archives and .ndjson. Each "
        "file ends as new, updated, unchanged, duplicate, superseded or quarantined; running it again over the same "
        "files changes nothing. Ctrl-C ends in order; --resume goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the paths and how to go about it."""
        parser.add_argument(
            "paths",
            nargs="*",
            metavar="PATH",
            help="file, archive, or folder searched to the bottom; - reads a list of paths from standard input",
        )
        parser.add_argument(
            "--pattern",
            action="append",
            default=[],
            help="take only files that match, such as '*.pdf' or '2015/*', out of folders and archives (repeatable)",
        )
        parser.add_argument(
            "--resume",
            nargs="?",
            type=int,
            const=_LAST_RUN,
            metavar="RUN",
            help="go on with a run that was interrupted (default: the last one)",
        )
        parser.add_argument(
            "--processes",
            type=int,
            default=default_processes(),
            metavar="N",
            help="letters parsed at a time (default: %(default)s); 0 parses without worker processes",
        )
        add_output_arguments(parser)

    def handle(self, *args: Any, paths: list[str], processes: int, **options: Any) -> None:
        """Ingest, and print what became of each file."""
        resumed, patterns = options["resume"], options["pattern"]
        if processes < 0:
            raise CommandError("--processes must be 0 or more.", returncode=BAD_USAGE)
        if not all(patterns):
            raise CommandError("--pattern must not be empty.", returncode=BAD_USAGE)
        if bool(paths) == (resumed is not None) or (patterns and resumed is not None):
            raise CommandError("Name what to ingest, or --resume what was interrupted.", returncode=BAD_USAGE)
        try:
            with database_at_hand():
                if resumed is None:
                    run = self.begun(paths, patterns)
                else:
                    run = run_resume(None if resumed == _LAST_RUN else resumed)
        except (NoSuchPath, CannotResume) as error:
            raise CommandError(str(error), returncode=BAD_USAGE) from error
        self.go_on(run, processes=processes, **options)

    def begun(self, paths: list[str], patterns: list[str]) -> IngestRun:
        """Begin a run, if everything that was named is there."""
        Input([path for path in paths if path != STANDARD_INPUT]).check()
        arguments = {"paths": paths, "patterns": patterns, "folder": str(Path.cwd())}
        return run_start(arguments=arguments, started_by=current_account())

    def go_on(self, run: IngestRun, *, processes: int, json: bool, json_events: bool, **options: Any) -> None:
        """Do what a run's arguments say, or what is left of it."""
        again = "quarantine" in run.arguments
        given = Input([]) if again else _input(run.arguments)
        sources = sources_of(quarantined_letters(**run.arguments["quarantine"])) if again else given.sources()
        progress: Progress | Events
        if json_events:
            progress = Events(cast("TextIO", self.stdout))
        else:
            size = given.size() if sys.stderr.isatty() and given.is_listed else None
            progress = Progress(sys.stderr, size=size, done=lambda: given.done)
        run_to_its_end(self, run, sources, progress, json_report=json, stop=Stop(), processes=processes, again=again)


def _input(arguments: dict[str, Any]) -> Input:
    paths = arguments["paths"]
    named = _with_standard_input(paths) if STANDARD_INPUT in paths else paths
    return Input(named, patterns=arguments["patterns"], base=Path(arguments["folder"]))


def _with_standard_input(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        if path == STANDARD_INPUT:
            yield from (line.rstrip("\n") for line in sys.stdin if line.strip())
        else:
            yield path
