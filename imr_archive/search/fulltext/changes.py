"""The change log: which determinations were written or deleted since the facet index was built.

Triggers write it, so that every writer is counted at once, whichever way it writes. A determination has one row, under
the number of its last change: the sum of the numbers rises with every change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from imr_archive.search.fulltext import postgresql_triggers, sqlite_triggers
from imr_archive.search.fulltext.tables import CHANGE_LOG, WATCHED_TABLES

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


def last_change(connection: BaseDatabaseWrapper) -> int:
    """Return the number of the last change; whatever is committed later has a higher one.

    PostgreSQL numbers changes before they are committed, so this waits there for those in progress.
    """
    with transaction.atomic(using=connection.alias):
        lock_log(connection)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {CHANGE_LOG}")
            (number,) = cursor.fetchone()
    return int(number)


def lock_log(connection: BaseDatabaseWrapper) -> None:
    """Block writers of the change log until the transaction ends; SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {CHANGE_LOG} IN SHARE ROW EXCLUSIVE MODE")


def change_triggers(connection: BaseDatabaseWrapper) -> dict[str, list[str]]:
    """Return the statements that create or replace each trigger of the change log, by the trigger's name."""
    vendor = sqlite_triggers if connection.vendor == "sqlite" else postgresql_triggers
    return vendor.change_triggers(WATCHED_TABLES)


def lost_change_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the triggers of the change log that are missing or disabled."""
    if connection.vendor == "sqlite":
        stored = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        stored = "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(stored)
        found = {name for (name,) in cursor.fetchall()}
    return [name for name in change_triggers(connection) if name not in found]
