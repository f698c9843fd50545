"""``manage.py restore_archive``: load a file that export_archive wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management import BaseCommand, CommandError

from imr_archive.backup.restore import CannotRestore, RestoreFailed, archive_restore

if TYPE_CHECKING:
    from argparse import ArgumentParser

BAD_USAGE, FAILED = 2, 3


class Command(BaseCommand):
    """Load an archive file into an empty database; exit with 2 if it cannot be restored, 3 if the database fails."""

    help = (
        "Load a file that export_archive wrote into an empty database, SQLite or PostgreSQL. The file is checked "
        "against its manifest first; then all of it is loaded, or nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the file."""
        parser.add_argument("file", type=Path, metavar="FILE", help="file that export_archive wrote")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Load the file, report each section, and print the totals."""

        def progress(section: str, rows: int) -> None:
            if options["verbosity"]:
                self.stderr.write(f"{section}: {rows:,}")

        try:
            counts = archive_restore(file, progress=progress)
        except CannotRestore as error:
            raise CommandError(f"{error} Nothing was restored.", returncode=BAD_USAGE) from error
        except RestoreFailed as error:
            raise CommandError(f"{error} Nothing was restored.", returncode=FAILED) from error
        self.stdout.write(
            f"Restored {counts['letters']:,} letters, {counts['determinations']:,} determinations and "
            f"{counts['runs']:,} runs."
        )
