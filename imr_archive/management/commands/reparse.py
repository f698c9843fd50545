"""``manage.py reparse``: read stored letters again: plan the changes, and apply them."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.core.management import BaseCommand, CommandError

from imr_archive.ingest.pipeline.runner import default_processes, ingest_sources
from imr_archive.ingest.reparse.comparison import NoSuchLetter, NoVersion, letters_chosen, letters_named
from imr_archive.ingest.reparse.plan import Plan, letters_compared, plan_json, plan_lines
from imr_archive.ingest.reparse.rereading import Rereading
from imr_archive.ingest.runs.quarantine import sources_of
from imr_archive.ingest.runs.runs import CannotResume, run_resume, run_start
from imr_archive.management.running import (
    BAD_USAGE,
    QUARANTINED,
    Stop,
    add_output_arguments,
    current_account,
    progress_of,
    run_to_its_end,
)
from imr_archive.models import IngestRun
from imr_archive.parsing.parser import PARSER_VERSION
from imr_archive.vocabulary import DiagnosticCode, Layout

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from django.db.models import QuerySet

    from imr_archive.models import SourceLetter

_LAST_RUN = 0


class Command(BaseCommand):
    """Read letters again; exit with 0 on success, 1 if some can't be read, and 2, 3 and 130 as ingest."""

    help = (
        "Read stored letters again with the current parser. Without --apply nothing is written: the plan shows, field "
        "by field, how many letters would change, with examples. --apply writes the changes as a run: ingest_report "
        "prints it, and manage.py undo reverts it. Letters must meet all of the conditions."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the conditions that select letters, and the modes."""
        which = parser.add_argument_group("which letters")
        which.add_argument(
            "ids",
            nargs="*",
            metavar="ID",
            help="case number, or id of a determination; with --quarantined, a number that quarantine list prints",
        )
        which.add_argument("--all", action="store_true", help="every letter")
        which.add_argument("--quarantined", action="store_true", help="only quarantined files")
        which.add_argument(
            "--older-than",
            nargs="?",
            const=PARSER_VERSION,
            metavar="VERSION",
            help="only letters read by a parser older than this version (default: the current one, %(const)s)",
        )
        which.add_argument(
            "--layout", choices=[layout.value for layout in Layout], help="only determinations of this layout"
        )
        which.add_argument(
            "--with-diagnostic",
            choices=[code.value for code in DiagnosticCode],
            metavar="CODE",
            help="only letters with this diagnostic",
        )
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument("--plan", action="store_true", help="show what would change, and write nothing (default)")
        mode.add_argument("--apply", action="store_true", help="write the changes, as a run")
        mode.add_argument(
            "--resume",
            nargs="?",
            type=int,
            const=_LAST_RUN,
            metavar="RUN",
            help="resume an --apply that was interrupted (default: the last one)",
        )
        parser.add_argument("--processes", type=int, default=default_processes(), metavar="N", help="as for ingest")
        add_output_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the mode that the options choose: plan, apply or resume."""
        if options["processes"] < 0:
            raise CommandError("--processes must be 0 or more.", returncode=BAD_USAGE)
        try:
            if options["resume"] is not None:
                _refuse_conditions(options)
                key = None if options["resume"] == _LAST_RUN else options["resume"]
                self.go_on(run_resume(key, command="reparse"), options)
                return
            chosen = _chosen(options)
            letters = letters_chosen(**chosen)
        except (NoSuchLetter, NoVersion, CannotResume) as error:
            raise CommandError(str(error), returncode=BAD_USAGE) from error
        if options["apply"]:
            self.go_on(run_start(arguments={"reparse": chosen}, started_by=current_account()), options)
        else:
            self.plan(letters, options)

    def plan(self, letters: QuerySet[SourceLetter], options: dict[str, Any]) -> None:
        """Print what would change."""
        if options["json_events"]:
            raise CommandError("--json-events reports a run, and --plan starts none.", returncode=BAD_USAGE)
        plan, stop = Plan(), Stop()
        with suppress(KeyboardInterrupt), stop.listening():
            for comparison in letters_compared(letters, processes=options["processes"], stopped=stop):
                plan.add(comparison)
        if stop():
            raise CommandError("Interrupted; nothing was written.", returncode=stop.status)
        for line in [json.dumps(plan_json(plan))] if options["json"] else plan_lines(plan):
            self.stdout.write(line)
        if plan.unread:
            raise CommandError(f"{plan.unread:,} letters cannot be read.", returncode=QUARANTINED)

    def go_on(self, run: IngestRun, options: dict[str, Any]) -> None:
        """Execute a run with its stored arguments; a resumed run does the letters that are left."""
        stop = Stop()
        letters = letters_chosen(**run.arguments["reparse"])
        number = letters.count()
        results = ingest_sources(
            sources_of(letters, under="letter"),
            run=run,
            processes=options["processes"],
            stopped=stop,
            again=True,
            together=Rereading,
        )
        progress = progress_of(self, json_events=options["json_events"], size=lambda: number)
        run_to_its_end(self, run, results, progress, json_report=options["json"], stop=stop)


def _refuse_conditions(options: dict[str, Any]) -> None:
    if any(options[name] for name in ("ids", "all", "quarantined", "older_than", "layout", "with_diagnostic")):
        raise CommandError("A run knows which letters are its own; name none.", returncode=BAD_USAGE)


def _chosen(options: dict[str, Any]) -> dict[str, Any]:
    """Return the conditions as a run stores them, with named cases replaced by the keys of their letters."""
    conditions = ("ids", "quarantined", "older_than", "layout", "with_diagnostic")
    if options["all"] == any(options[name] for name in conditions):
        raise CommandError("Say which letters to read again, or --all of them.", returncode=BAD_USAGE)
    if options["quarantined"] and options["layout"]:
        raise CommandError("A quarantined file has no layout.", returncode=BAD_USAGE)
    named = letters_named(options["ids"], quarantined=options["quarantined"]) if options["ids"] else None
    return {
        "letters": named,
        "quarantined": options["quarantined"],
        "older_than": options["older_than"],
        "layout": options["layout"],
        "diagnostic": options["with_diagnostic"],
    }
