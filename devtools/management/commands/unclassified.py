"""``manage.py unclassified``: list wordings that are not in the parser's tables, by frequency, with examples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from devtools.accuracy.gaps import GapKind, Sighting, find_gaps, gap_lines, gaps_json
from devtools.accuracy.sightings import sightings_in
from imr_archive.analytics import unclassified
from imr_archive.errors import LetterError
from imr_archive.ingest.pipeline.worker import parse_content
from imr_archive.ingest.sources.folders import NoSuchPath, Source, find_sources, receive
from imr_archive.parsing.letter.reviewer import specialty
from imr_archive.parsing.requests.treatment_table import UNCLASSIFIED

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable, Iterator


class Command(BaseCommand):
    """Report the wordings without a row, of the archive or of files; exit with 2 on bad usage."""

    help = (
        "Print which requests, guidelines and specialties the tables do not know yet, the most frequent first: the "
        "archive's, or, where files or folders are named, theirs, without touching the database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the files, and what to print."""
        parser.add_argument("paths", nargs="*", metavar="FILE", help="letter or folder of letters (default: archive)")
        parser.add_argument("--limit", type=int, default=25, metavar="N", help="wordings of a kind (default: 25)")
        parser.add_argument("--json", action="store_true", help="print one JSON object a wording")

    def handle(self, *args: Any, paths: list[str], limit: int, **options: Any) -> None:
        """Gather what is unknown, and print it."""
        if limit < 1:
            raise CommandError("--limit must be 1 or more.", returncode=2)
        try:
            sources = find_sources(paths)
        except NoSuchPath as error:
            raise CommandError(str(error), returncode=2) from error
        gaps = find_gaps(self._of_files(sources) if paths else _of_archive())
        if options["json"]:
            lines: Iterable[str] = map(json.dumps, gaps_json(gaps, limit))
        else:
            lines = gap_lines(gaps, limit)
        self.stdout.write("\n".join(lines))

    def _of_files(self, sources: Iterable[Source]) -> Iterator[Sighting]:
        """Parse the files; one that is no letter is named on standard error and passed over."""
        for source in sources:
            try:
                letter = parse_content(receive(source).content)
            except LetterError as error:
                letter = error
            if isinstance(letter, LetterError):
                self.stderr.write(f"{source.label}: {letter}")
            else:
                yield from sightings_in(letter, Path(source.label).name)


def _of_archive() -> Iterator[Sighting]:
    unknown = [name for name in unclassified.specialty_names() if specialty(name) is None]
    for kind, rows in (
        (GapKind.TREATMENT, unclassified.requests_classified_as(UNCLASSIFIED)),
        (GapKind.GUIDELINE, unclassified.unlisted_guidelines()),
        (GapKind.SPECIALTY, unclassified.determinations_with_specialty(unknown)),
    ):
        for printed, case in rows:
            yield Sighting(kind, printed, case)
