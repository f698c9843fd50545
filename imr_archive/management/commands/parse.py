"""``manage.py parse``: print letters as JSON lines of the schema ``imr-parse/1``, without using the database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from imr_archive.errors import LetterError, NotADetermination
from imr_archive.ingest.pipeline.worker import parse_contents
from imr_archive.ingest.sources.files import printable, receive, source_at
from imr_archive.parsing.parsed import ParsedLetter, failure_json
from imr_archive.parsing.parser import PARSER_VERSION

ALL_WELL, NOT_A_LETTER, UNREADABLE = 0, 1, 2


class Command(BaseCommand):
    """Print each parsed file on a line; exit with 1 if one is not a determination, 2 if one is unreadable."""

    help = "Print each letter as one line of JSON, without touching the database."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the files."""
        parser.add_argument("files", nargs="+", metavar="FILE", help="letter, as PDF or text")

    def handle(self, *args: Any, files: list[str], **options: Any) -> None:
        """Print the letters of each file as soon as it is parsed."""
        statuses = [self.print_letters(file) for file in files]
        failed = max(statuses)
        if failed:
            count = sum(status != ALL_WELL for status in statuses)
            raise CommandError(f"{count} of {len(files)} files did not become a determination.", returncode=failed)

    def print_letters(self, file: str) -> int:
        """Print each letter of a file as parsed, and return the exit status for the file."""
        label, sha256 = printable(file), None
        letters: tuple[ParsedLetter | LetterError, ...]
        try:
            received = receive(source_at(Path(file)))
            sha256 = received.sha256
            letters = parse_contents(received.content)
        except LetterError as error:
            letters = (error,)
        return max(self.print_letter(letter, label, sha256) for letter in letters)

    def print_letter(self, parsed: ParsedLetter | LetterError, label: str, sha256: str | None) -> int:
        """Print one letter, or the error instead, and return its exit status."""
        if isinstance(parsed, LetterError):
            self.stderr.write(f"{label}: {parsed}")
            line = failure_json(parsed, file=label, sha256=sha256, parser_version=PARSER_VERSION)
            status = NOT_A_LETTER if isinstance(parsed, NotADetermination) else UNREADABLE
        else:
            line, status = parsed.as_json(file=label, sha256=sha256 or ""), ALL_WELL
        self.stdout.write(json.dumps(line))
        self.stdout.flush()
        return status
