"""``manage.py ingest``: read files of letters into the archive."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management import BaseCommand, CommandError
from django.db import close_old_connections

from imr_archive.ingest.pipeline.runner import default_processes, ingest_sources
from imr_archive.ingest.runs.held import held_publish
from imr_archive.ingest.runs.quarantine import quarantined_letters, sources_of
from imr_archive.ingest.runs.report import short_run_lines
from imr_archive.ingest.runs.runs import CannotResume, run_resume, run_start
from imr_archive.ingest.sources.folders import Input, NoSuchPath, path_as_json, path_from_json, printable
from imr_archive.ingest.sources.watching import FolderLost, complete_files
from imr_archive.management.running import (
    BAD_USAGE,
    Stop,
    add_output_arguments,
    current_account,
    database_required,
    print_report,
    progress_of,
    run_through,
    run_to_its_end,
)
from imr_archive.vocabulary import PublishHeld

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable, Iterator

    from imr_archive.ingest.runs.report import FileResult
    from imr_archive.ingest.sources.files import Source
    from imr_archive.management.progress import Events, Progress
    from imr_archive.models import IngestRun

STANDARD_INPUT = "-"
_LAST_RUN = 0


class Command(BaseCommand):
    """Ingest files; exit with 0 if all is well, 1 if files were quarantined, 2 on bad usage, 3 on a failed database."""

    help = (
        "Read letters (PDF or text) into the archive, from files, folders, .zip and .tar archives and .ndjson. Each "
        "file ends as new, updated, unchanged, duplicate, superseded, held or quarantined; running it again over the "
        "same files changes nothing. Ctrl-C stops cleanly; --resume continues the run. With --watch, files are read as "
        "they arrive in a folder."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the paths and the options."""
        _add_sources(parser)
        parser.add_argument(
            "--publish-held",
            choices=[policy.value for policy in PublishHeld],
            default=PublishHeld.NONE.value,
            help="publish letters although the screen has found something in them: none of them, those in which "
            "something is only missing (clean), or all but files whose letters can't be separated "
            "(default: %(default)s)",
        )
        parser.add_argument(
            "--resume",
            nargs="?",
            type=int,
            const=_LAST_RUN,
            metavar="RUN",
            help="resume a run that was interrupted (default: the last one)",
        )
        _add_watching(parser)
        parser.add_argument(
            "--processes",
            type=int,
            default=default_processes(),
            metavar="N",
            help="number of worker processes (default: %(default)s); 0 parses in this process",
        )
        add_output_arguments(parser)

    def handle(self, *args: Any, paths: list[str], **options: Any) -> None:
        """Ingest, and print what became of each file."""
        _check_usage(paths, options)
        if options["watch"] is not None:
            self.watch(options)
            return
        resumed = options["resume"]
        try:
            with database_required():
                if resumed is None:
                    run = self.begun(paths, options)
                else:
                    run = run_resume(None if resumed == _LAST_RUN else resumed)
        except (NoSuchPath, CannotResume) as error:
            raise CommandError(str(error), returncode=BAD_USAGE) from error
        self.go_on(run, options)

    def begun(self, paths: list[str], options: dict[str, Any]) -> IngestRun:
        """Start a run after checking that every named path exists."""
        Input([path for path in paths if path != STANDARD_INPUT]).check()
        return _run_of(paths, options)

    def go_on(self, run: IngestRun, options: dict[str, Any]) -> None:
        """Execute a run with its stored arguments; a resumed run does the files that are left."""
        again, stop = "quarantine" in run.arguments, Stop()
        given = Input([]) if again or "held" in run.arguments else _input(run.arguments)
        if "held" in run.arguments:
            results = held_publish(run, processes=options["processes"], stopped=stop)
        else:
            sources = sources_of(quarantined_letters(**run.arguments["quarantine"])) if again else given.sources()
            results = _ingest(sources, run, options["processes"], stop, again=again)
        run_to_its_end(self, run, results, self.progress(given, options), json_report=options["json"], stop=stop)

    def watch(self, options: dict[str, Any]) -> None:
        """Read files as they arrive in a folder, in one run per batch, until the command is stopped."""
        folder, stop, report = options["watch"], Stop(), {"json_report": options["json"], "lines": short_run_lines}
        with stop.listening():
            self.stderr.write(f"Watching {printable(folder)}; Ctrl-C ends it.")
            try:
                for files in _complete_files(options, stop):
                    with database_required():
                        run = _run_of(files, options, watched=path_as_json(folder))
                    given = _input(run.arguments)
                    progress = self.progress(given, options)
                    results = _ingest(given.sources(), run, options["processes"], stop)
                    run_through(run, results, progress, stop=stop)
                    print_report(self, run, progress, **report)
                    # The next file may arrive days later, and the server may close an idle connection.
                    close_old_connections()
            except FolderLost as error:
                raise CommandError(str(error), returncode=BAD_USAGE) from error
            except KeyboardInterrupt:
                raise CommandError("Interrupted.", returncode=stop.status) from None

    def progress(self, given: Input, options: dict[str, Any]) -> Progress | Events:
        """Return the progress display for reading the input."""
        size = given.size if given.is_listed else lambda: None
        return progress_of(self, json_events=options["json_events"], size=size, done=lambda: given.done)


def _add_sources(parser: ArgumentParser) -> None:
    """Take the paths, and which of their files to read."""
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="file, archive, or folder with its subfolders; - reads a list of paths from standard input",
    )
    parser.add_argument(
        "--pattern",
        action="append",
        default=[],
        help="take only files that match, such as '*.pdf' or '2015/*', out of folders and archives (repeatable)",
    )
    parser.add_argument(
        "--follow-links",
        action="store_true",
        help="follow links in folders that lead to a place inside the same folder (default: report them)",
    )
    parser.add_argument(
        "--take-dropped",
        action="store_true",
        help="read files again that were dropped from the quarantine (default: report them)",
    )


def _add_watching(parser: ArgumentParser) -> None:
    """Take the folder to watch, and how often to look."""
    parser.add_argument(
        "--watch",
        metavar="FOLDER",
        help="read files, including archives, as they arrive in this folder, until Ctrl-C; a file is read when its "
        "size and modification time were the same at two looks, and again if it changes",
    )
    parser.add_argument(
        "--every",
        type=float,
        default=2.0,
        metavar="SECONDS",
        help="with --watch: seconds between two looks at the folder (default: %(default)s)",
    )


def _check_usage(paths: list[str], options: dict[str, Any]) -> None:
    watched, resumed, patterns = options["watch"] is not None, options["resume"] is not None, options["pattern"]
    if options["processes"] < 0:
        raise CommandError("--processes must be 0 or more.", returncode=BAD_USAGE)
    if not options["every"] > 0:
        raise CommandError("--every must be more than 0.", returncode=BAD_USAGE)
    if not all(patterns):
        raise CommandError("--pattern must not be empty.", returncode=BAD_USAGE)
    if [bool(paths), watched, resumed].count(True) != 1 or (
        resumed
        and (patterns or options["follow_links"] or options["take_dropped"] or options["publish_held"] != "none")
    ):
        sentence = "Name what to ingest, or --watch a folder, or --resume what was interrupted."
        raise CommandError(sentence, returncode=BAD_USAGE)


def _complete_files(options: dict[str, Any], stop: Stop) -> Iterator[list[str]]:
    every, follow_links = options["every"], options["follow_links"]
    return complete_files(options["watch"], every=every, stopped=stop, follow_links=follow_links)


def _run_of(paths: Iterable[str], options: dict[str, Any], **more: Any) -> IngestRun:
    """Start a run that stores its arguments, so that resuming it does the same."""
    arguments = {
        "paths": [*map(path_as_json, paths)],
        "patterns": options["pattern"],
        "folder": path_as_json(str(Path.cwd())),
    }
    switches: dict[str, Any] = {name: True for name in ("follow_links", "take_dropped") if options[name]}
    if options["publish_held"] != PublishHeld.NONE:
        switches["publish_held"] = options["publish_held"]
    return run_start(arguments=arguments | switches | more, started_by=current_account())


def _ingest(
    sources: Iterable[Source], run: IngestRun, processes: int, stop: Stop, *, again: bool = False
) -> Iterator[FileResult]:
    take_dropped = run.arguments.get("take_dropped", False)
    publish = PublishHeld(run.arguments.get("publish_held", PublishHeld.NONE))
    return ingest_sources(
        sources,
        run=run,
        processes=processes,
        stopped=stop,
        again=again,
        take_dropped=take_dropped,
        publish=publish,
    )


def _input(arguments: dict[str, Any]) -> Input:
    paths = [*map(path_from_json, arguments["paths"])]
    named = _with_standard_input(paths) if STANDARD_INPUT in paths else paths
    base = Path(path_from_json(arguments["folder"]))
    return Input(
        named,
        patterns=arguments["patterns"],
        base=base,
        named="watched" not in arguments,
        follow_links=arguments.get("follow_links", False),
    )


def _with_standard_input(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        if path == STANDARD_INPUT:
            yield from (line.rstrip("\n") for line in sys.stdin if line.strip())
        else:
            yield path
