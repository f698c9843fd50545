"""``manage.py migrate``: Django's command under a lock, so that several containers may start at once."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from imr_archive.search.fulltext.backend import backend


class Command(migrate.Command):
    """Migrate as Django does; one process at a time, the others wait and then find nothing to do."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Wait for the lock, then migrate."""
        with backend(connections[options["database"]]).migration_lock():
            super().handle(*args, **options)
