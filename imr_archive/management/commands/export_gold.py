"""``manage.py export_gold``: write letters that people have corrected, with what is true of them, as test material."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management import BaseCommand, CommandError

from imr_archive.history.gold import gold_export
from imr_archive.management.running import BAD_USAGE, database_required

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Write a gold folder; exit with 2 if it can't be written."""

    help = "Write the letters that people have corrected, with what is true of them, into an empty folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the folder, and which letters."""
        parser.add_argument("folder", type=Path, metavar="FOLDER", help="a folder that is new or empty")
        parser.add_argument(
            "--reviewed", action="store_true", help="only letters that a person has accepted as a whole as they are now"
        )

    def handle(self, *args: Any, folder: Path, reviewed: bool, **options: Any) -> None:
        """Write the files, and say how many letters they are."""
        with database_required():
            try:
                written = [*gold_export(folder, reviewed=reviewed)]
            except OSError as error:
                sentence = f"{error.filename or folder} can't be written: {error.strerror}."
                raise CommandError(sentence, returncode=BAD_USAGE) from error
        self.stdout.write(f"{len(written) - 1:,} corrected letters and {written[-1].name} in {folder}.")
