"""``manage.py expire_previews``: remove the previews of uploads that nobody has touched for long."""

from typing import Any

from django.core.management import BaseCommand

from imr_archive.ingest.previews.removing import previews_expire
from imr_archive.management.running import database_required


class Command(BaseCommand):
    """Remove old previews; what was published of them stays."""

    help = "Remove previews of uploads that nobody has touched for PREVIEW_DAYS days; each new upload does so as well."

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove them, and say how many they were."""
        with database_required():
            number = previews_expire()
        self.stdout.write(f"{number:,} preview{'' if number == 1 else 's'} removed.")
