"""``manage.py undo``: put back what a run changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management import BaseCommand, CommandError

from imr_archive.ingest.runs.runs import CannotResume, run_resume, run_start
from imr_archive.ingest.runs.undo import CannotUndo, letters_changed, run_forget, run_to_undo, run_undo
from imr_archive.management.running import (
    BAD_USAGE,
    QUARANTINED,
    Stop,
    add_output_arguments,
    current_account,
    database_required,
    progress_of,
    run_to_its_end,
)

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from imr_archive.models import IngestRun

_LAST_RUN = 0


class Command(BaseCommand):
    """Undo a run; exit with 0 on success, 1 if letters were left alone, and 2, 3 and 130 as ingest."""

    help = (
        "Put back what a run changed, as a run of its own: each case shows what it showed before, and a case that "
        "came with the run is taken back, its file kept as held. What was changed since is left alone and named. An "
        "undo can be undone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the run, and the modes."""
        parser.add_argument("run", nargs="?", type=int, metavar="RUN", help="the run, by the number that reports print")
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument(
            "--resume",
            nargs="?",
            type=int,
            const=_LAST_RUN,
            metavar="UNDO",
            help="resume an undo that was interrupted (default: the last one)",
        )
        mode.add_argument(
            "--forget", action="store_true", help="delete what is kept to undo the run instead, to free space"
        )
        add_output_arguments(parser)

    def handle(self, *args: Any, run: int | None, resume: int | None, **options: Any) -> None:
        """Undo, resume or forget."""
        if (run is None) == (resume is None):
            raise CommandError("Name the run to undo, or --resume an undo.", returncode=BAD_USAGE)
        try:
            with database_required():
                if options["forget"] and run is not None:
                    self.forget(run_to_undo(run))
                    return
                undo = self.started(run, resume)
            undone = run_to_undo(undo.arguments["undo"])
        except (CannotResume, CannotUndo) as error:
            raise CommandError(str(error), returncode=BAD_USAGE) from error
        stop = Stop()
        results = run_undo(undone, run=undo, stopped=stop)
        progress = progress_of(self, json_events=options["json_events"], size=lambda: letters_changed(undone))
        run_to_its_end(self, undo, results, progress, json_report=options["json"], stop=stop)
        if left_alone := undo.counts.get("unchanged", 0):
            raise CommandError(f"{left_alone:,} letters were left alone.", returncode=QUARANTINED)

    def started(self, key: int | None, resume: int | None) -> IngestRun:
        """Return a new run that undoes another one, or the one to resume."""
        if key is None:
            return run_resume(None if resume == _LAST_RUN else resume, command="undo")
        undone = run_to_undo(key)
        return run_start(arguments={"undo": undone.pk}, started_by=current_account())

    def forget(self, run: IngestRun) -> None:
        """Delete what is kept to undo a run, and print how much it was."""
        letters, size = run_forget(run)
        told = f"{letters:,} letters, {size / 1e6:,.1f} MB"
        self.stdout.write(f"What run {run.pk} changed is forgotten ({told}); it cannot be undone any more.")
