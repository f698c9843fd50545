"""``manage.py check_archive``: check that the archive is complete and consistent."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from django.core.management import BaseCommand, CommandError

from imr_archive.backup.check import check_archive

if TYPE_CHECKING:
    from argparse import ArgumentParser

FOUND = 1


class Command(BaseCommand):
    """Check the archive; exit with 0 if it has no faults or all were repaired, 1 if faults remain, 2 on bad usage."""

    help = (
        "Check the archive for missing or changed bytes, changed texts, incomplete letters, determinations and items, "
        "run totals that do not match their files, and indexes that do not match their tables. On SQLite, writers wait "
        "while a full-text index is compared."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --repair and --json."""
        parser.add_argument("--repair", action="store_true", help="rebuild indexes that do not match their tables")
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object per finding, and a summary at the end"
        )

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        """Print each finding when it is found, and their number at the end."""
        found: Counter[bool] = Counter()
        for finding in check_archive(repair=repair):
            found[finding.repaired] += 1
            if options["json"]:
                said = {"code": finding.code, "sentence": finding.sentence, "repaired": finding.repaired}
                self.stdout.write(json.dumps(said))
            else:
                self.stdout.write(f"{finding.sentence}{' It was rebuilt.' if finding.repaired else ''}")
        if options["json"]:
            self.stdout.write(json.dumps({"findings": found.total(), "repaired": found[True]}))
        elif not found:
            self.stdout.write("The archive is sound.")
        if left := found[False]:
            what = "1 thing is not as it should be." if left == 1 else f"{left:,} things are not as they should be."
            hint = "" if repair else " --repair rebuilds indexes; other faults cannot be repaired."
            raise CommandError(f"{what}{hint}", returncode=FOUND)
        if found and not options["json"]:
            self.stdout.write("All findings were repaired.")
