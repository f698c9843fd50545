"""``manage.py export_archive``: write the whole archive to one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management import BaseCommand, CommandError

from imr_archive.backup.export import CannotExport, archive_export

if TYPE_CHECKING:
    from argparse import ArgumentParser

DAMAGED, BAD_USAGE = 1, 2


class Command(BaseCommand):
    """Write the archive; exit with 1 if the bytes of a letter differ from those received, 2 if writing fails."""

    help = (
        "Write the whole archive to a new file: letters as received, what was read in them, corrections, runs, and a "
        "manifest of SHA-256 sums. The same archive gives the same bytes on SQLite and on PostgreSQL; restore_archive "
        "reads it back. It is an uncompressed tar that holds a BagIt bag. Accounts are not in it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path, metavar="FILE", help="where to write; must not exist yet")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Write the file, report each section, and print what the file contains."""

        def progress(section: str, rows: int) -> None:
            if options["verbosity"]:
                self.stderr.write(f"{section}: {rows:,}")

        try:
            exported = archive_export(file, progress=progress)
        except CannotExport as error:
            raise CommandError(str(error), returncode=BAD_USAGE) from error
        for left in sorted(file.parent.glob("*.part")):
            self.stderr.write(f"{left} is left from an export that was interrupted or still runs.")
        letters = exported.counts["letters"]
        self.stdout.write(f"Wrote {letters:,} letters to {file} ({exported.size / 1e6:,.1f} MB).")
        if exported.damaged:
            named = ", ".join(map(str, exported.damaged[:20]))
            raise CommandError(
                f"The bytes of {len(exported.damaged):,} letters are not those that were received ({named}); they are "
                "in the file as they are. manage.py check_archive says more.",
                returncode=DAMAGED,
            )
