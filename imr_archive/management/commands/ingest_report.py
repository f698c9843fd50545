"""``manage.py ingest_report``: print the results of a run, during the run or later."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management import BaseCommand, CommandError

from imr_archive.ingest.runs.report import INTERRUPTED, run_heading, run_json, run_json_parts, run_lines, status_of
from imr_archive.ingest.runs.runs import command_of
from imr_archive.models import IngestRun

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

BAD_USAGE = 2


class Command(BaseCommand):
    """Print the report of a run, or the list of runs."""

    help = "Print the result of each file of an ingest run; without a run, list the runs, newest first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the run."""
        parser.add_argument("run", nargs="?", type=int, metavar="RUN", help="number of the run")
        parser.add_argument(
            "--json", action="store_true", help="print JSON: one object for a run, one line per run for the list"
        )

    def handle(self, *args: Any, run: int | None, **options: Any) -> None:
        """Print the report of the run, or the list if no run is named."""
        if run is None:
            for each in IngestRun.objects.order_by("-pk").iterator():
                self.stdout.write(json.dumps(run_json(each)) if options["json"] else _line(each))
            return
        found = IngestRun.objects.filter(pk=run).first()
        if found is None:
            raise CommandError(f"There is no run {run}.", returncode=BAD_USAGE)
        if options["json"]:
            for part in run_json_parts(found):
                self.stdout.write(part, ending="")
            self.stdout.write("")
            return
        for line in (*run_heading(found), *_resume_hint(found), ""):
            self.stdout.write(line)
        for line in run_lines(found):
            self.stdout.write(line)


def _resume_hint(run: IngestRun) -> Iterator[str]:
    """Yield the command that resumes an interrupted run."""
    if status_of(run) == INTERRUPTED:
        command = command_of(run)
        how = (
            f"manage.py {command} --resume {run.pk} processes the rest"
            if command
            else "its page in the administration resumes it"
        )
        yield f"Its process is gone; {how}."


def _line(run: IngestRun) -> str:
    quarantined = run.counts.get("quarantined", 0)
    became = f"{run.total:>10,} files, {quarantined:,} quarantined"
    return f"{run.pk:>6}  {run.started_at:%Y-%m-%d %H:%M}  {status_of(run):<12}{became}  {run.started_by}"
