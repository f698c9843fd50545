"""``manage.py ingest``: files of letters become rows of the archive."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management import BaseCommand, CommandError
from tqdm import tqdm

from imr_archive.ingest.report import IngestReport
from imr_archive.ingest.runner import default_processes, ingest_sources
from imr_archive.ingest.sources import NoSuchPath, Source, find_sources

STANDARD_INPUT = "-"


class Command(BaseCommand):
    """Ingest files and folders; exit with 0 if all is well, 1 if files were quarantined, 2 on bad usage."""

    help = (
        "Read letters (PDF or text) into the archive. Each file ends as new, updated, unchanged, duplicate or "
        "quarantined; running it again over the same files changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the paths and how to go about it."""
        parser.add_argument(
            "paths",
            nargs="+",
            metavar="PATH",
            help="file, or folder that is searched to the bottom; - reads a list of paths from standard input",
        )
        parser.add_argument(
            "--processes",
            type=int,
            default=default_processes(),
            metavar="N",
            help="letters parsed at a time (default: %(default)s); 0 parses without worker processes",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")

    def handle(self, *args: Any, paths: list[str], processes: int, **options: Any) -> None:
        """Ingest, and print what became of each file."""
        if processes < 0:
            raise CommandError("--processes must be 0 or more.", returncode=2)
        try:
            sources = find_sources(_named(paths))
        except NoSuchPath as error:
            raise CommandError(str(error), returncode=2) from error
        report = self.run(sources, processes)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json()))
        else:
            self.stdout.write("\n".join(report.lines()))
        if report.quarantined:
            raise CommandError(_in_quarantine(len(report.quarantined)), returncode=1)

    def run(self, sources: list[Source], processes: int) -> IngestReport:
        """Ingest the sources under a progress bar, which shows on a terminal only."""
        report = IngestReport()
        results = ingest_sources(sources, processes=min(processes, len(sources)))
        try:
            for result in tqdm(results, total=len(sources), unit="letter", disable=None, file=sys.stderr):
                report.add(result)
        except KeyboardInterrupt:
            done = f"Interrupted after {len(report.results):,} of {len(sources):,} files, which are stored."
            raise CommandError(f"{done} Run the command again for the rest.", returncode=130) from None
        return report


def _named(paths: Iterable[str]) -> Iterable[str]:
    for path in paths:
        if path == STANDARD_INPUT:
            yield from (line for line in sys.stdin.read().split("\n") if line.strip())
        else:
            yield path


def _in_quarantine(count: int) -> str:
    return f"{count:,} files were quarantined." if count > 1 else "1 file was quarantined."
