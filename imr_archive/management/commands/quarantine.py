"""``manage.py quarantine``: list, export, retry or drop the files that could not be read as determinations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management import BaseCommand, CommandError

from imr_archive.ingest.pipeline.runner import default_processes, ingest_sources
from imr_archive.ingest.runs.quarantine import (
    letter_json,
    letters_drop,
    letters_export,
    missing_keys,
    quarantined_letters,
    sources_of,
)
from imr_archive.ingest.runs.runs import run_start
from imr_archive.management.running import (
    BAD_USAGE,
    Stop,
    add_output_arguments,
    current_account,
    database_required,
    progress_of,
    run_to_its_end,
)

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from django.db.models import QuerySet

    from imr_archive.models import SourceLetter

ACTIONS = ("list", "export", "retry", "drop")


class Command(BaseCommand):
    """List, export, retry or drop quarantined files, selected by key, run and code."""

    help = "List, export, retry or drop the files that could not be read as determinations."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the action and the conditions that select files."""
        parser.add_argument("action", choices=ACTIONS, help="what to do")
        parser.add_argument("keys", nargs="*", type=int, metavar="ID", help="files, by the number that list prints")
        parser.add_argument("--run", type=int, metavar="RUN", help="only files that this run quarantined")
        parser.add_argument("--code", help="only files with this code")
        parser.add_argument("--all", action="store_true", help="drop every quarantined file")
        parser.add_argument("--to", type=Path, metavar="FOLDER", help="where export writes the files")
        parser.add_argument("--processes", type=int, default=default_processes(), metavar="N", help="as for ingest")
        add_output_arguments(parser)

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        """Select the files and perform the action."""
        chosen = {name: options[name] for name in ("keys", "run", "code")}
        letters = quarantined_letters(**chosen)
        with database_required():
            self.check_choice(letters, chosen, is_all=options["all"], is_drop=action == "drop")
            if action == "list":
                self.list(letters, as_json=options["json"])
            elif action == "export":
                self.export(letters, options["to"])
            elif action == "drop":
                self.stdout.write(f"{letters_drop(letters, dropped_by=current_account()):,} dropped.")
            else:
                self.retry(letters, chosen, options)

    def check_choice(
        self, letters: QuerySet[SourceLetter], chosen: dict[str, Any], *, is_all: bool, is_drop: bool
    ) -> None:
        """Raise ``CommandError`` if the selection is ambiguous, before any change."""
        is_choice = any(value not in (None, []) for value in chosen.values())
        if is_all and (is_choice or not is_drop):
            raise CommandError("--all is for drop, and for all of the files.", returncode=BAD_USAGE)
        if is_drop and not (is_all or is_choice):
            raise CommandError("Say which files to drop, or --all of them.", returncode=BAD_USAGE)
        if missing := missing_keys(letters, chosen["keys"]):
            numbers = ", ".join(map(str, missing))
            raise CommandError(f"Not among the quarantined files that were asked for: {numbers}.", returncode=BAD_USAGE)

    def list(self, letters: QuerySet[SourceLetter], *, as_json: bool) -> None:
        """Print a line for each file."""
        for letter in letters.iterator(chunk_size=1000):
            line = f"{letter.pk:>8}  {letter.reason_code:<20} {letter.name}: {letter.reason}"
            self.stdout.write(json.dumps(letter_json(letter)) if as_json else line)

    def export(self, letters: QuerySet[SourceLetter], folder: Path | None) -> None:
        """Write the bytes of the files as received."""
        if folder is None:
            raise CommandError("Say with --to FOLDER where the files are to be written.", returncode=BAD_USAGE)
        try:
            for path in letters_export(letters, folder):
                self.stdout.write(str(path))
        except OSError as error:
            sentence = f"The files cannot be written: {error.strerror} ({error.filename})."
            raise CommandError(sentence, returncode=BAD_USAGE) from error

    def retry(self, letters: QuerySet[SourceLetter], chosen: dict[str, Any], options: dict[str, Any]) -> None:
        """Read the files again in a new run."""
        if not letters.exists():
            self.stdout.write("There is nothing to retry.")
            return
        run = run_start(arguments={"quarantine": chosen}, started_by=current_account())
        progress = progress_of(self, json_events=options["json_events"], size=lambda: None, done=lambda: 0)
        stop, processes = Stop(), options["processes"]
        results = ingest_sources(sources_of(letters), run=run, processes=processes, stopped=stop, again=True)
        run_to_its_end(self, run, results, progress, json_report=options["json"], stop=stop)
