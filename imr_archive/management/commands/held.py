"""``manage.py held``: list the letters that are stored but not public, and publish or drop them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management import BaseCommand, CommandError

from imr_archive.ingest.pipeline.runner import default_processes
from imr_archive.ingest.runs.held import held_letters, held_publish, publishing_run
from imr_archive.ingest.runs.quarantine import letter_json, letters_drop, missing_keys
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


class Command(BaseCommand):
    """List, publish or drop held letters, selected by key and code."""

    help = "List, publish or drop held letters: they are stored, but not public until somebody publishes them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the action, the conditions that select letters, and the reason."""
        parser.add_argument("action", choices=("list", "publish", "drop"), help="what to do")
        parser.add_argument("keys", nargs="*", type=int, metavar="ID", help="letters, by the number that list prints")
        parser.add_argument("--code", help="only letters with this code")
        parser.add_argument("--all", action="store_true", help="publish or drop every held letter")
        parser.add_argument("--reason", default="", help="why they are published; kept with the run")
        parser.add_argument("--processes", type=int, default=default_processes(), metavar="N", help="as for ingest")
        add_output_arguments(parser)

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        """Select the letters and perform the action."""
        chosen = {name: options[name] for name in ("keys", "code")}
        letters = held_letters(**chosen)
        with database_required():
            self.check_choice(letters, chosen, action, options)
            if action == "list":
                self.list(letters, as_json=options["json"])
            elif action == "drop":
                self.stdout.write(f"{letters_drop(letters, dropped_by=current_account()):,} dropped.")
            else:
                self.publish(chosen, options)

    def check_choice(
        self, letters: QuerySet[SourceLetter], chosen: dict[str, Any], action: str, options: dict[str, Any]
    ) -> None:
        """Raise ``CommandError`` if the selection is ambiguous or the reason is missing, before any change."""
        is_choice = any(value not in (None, []) for value in chosen.values())
        if action != "list" and is_choice == options["all"]:
            raise CommandError(f"Say which letters to {action}, or --all of them.", returncode=BAD_USAGE)
        if action == "publish" and not options["reason"].strip():
            raise CommandError("Say with --reason why they may be published.", returncode=BAD_USAGE)
        if missing := missing_keys(letters, chosen["keys"]):
            numbers = ", ".join(map(str, missing))
            raise CommandError(f"Not among the held letters that were asked for: {numbers}.", returncode=BAD_USAGE)

    def list(self, letters: QuerySet[SourceLetter], *, as_json: bool) -> None:
        """Print a line for each letter."""
        for letter in letters.iterator(chunk_size=1000):
            line = f"{letter.pk:>8}  {letter.reason_code:<22} {letter.name}: {letter.reason}"
            self.stdout.write(json.dumps(letter_json(letter)) if as_json else line)

    def publish(self, chosen: dict[str, Any], options: dict[str, Any]) -> None:
        """Publish the letters in a new run."""
        run = publishing_run(chosen, reason=options["reason"].strip(), started_by=current_account())
        progress = progress_of(self, json_events=options["json_events"], size=lambda: None, done=lambda: 0)
        stop = Stop()
        results = held_publish(run, processes=options["processes"], stopped=stop)
        run_to_its_end(self, run, results, progress, json_report=options["json"], stop=stop)
