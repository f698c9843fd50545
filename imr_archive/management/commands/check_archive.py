"""``manage.py check_archive``: is everything there, and does it agree?"""

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
    """Examine the archive; exit with 0 if it is sound or was mended, 1 if something is left, 2 on bad usage."""

    help = (
        "Examine the archive: missing or wrong bytes, texts that are not those that were read, letters, determinations "
        "and items that have lost what belongs to them, totals of runs that do not add up, and indexes that have "
        "drifted. On SQLite writers wait while a full-text index is compared."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do about it, and how to say it."""
        parser.add_argument("--repair", action="store_true", help="make indexes that have drifted anew")
        parser.add_argument("--json", action="store_true", help="print a JSON object a finding, and one at the end")

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        """Print each finding as it is found, and how many there are."""
        found: Counter[bool] = Counter()
        for finding in check_archive(repair=repair):
            found[finding.repaired] += 1
            if options["json"]:
                said = {"code": finding.code, "sentence": finding.sentence, "repaired": finding.repaired}
                self.stdout.write(json.dumps(said))
            else:
                self.stdout.write(f"{finding.sentence}{' It was made anew.' if finding.repaired else ''}")
        if options["json"]:
            self.stdout.write(json.dumps({"findings": found.total(), "repaired": found[True]}))
        elif not found:
            self.stdout.write("The archive is sound.")
        if left := found[False]:
            what = "1 thing is not as it should be." if left == 1 else f"{left:,} things are not as they should be."
            hint = "" if repair else " --repair makes indexes anew, which is all that can be."
            raise CommandError(f"{what}{hint}", returncode=FOUND)
        if found and not options["json"]:
            self.stdout.write("Everything that was found has been mended.")
