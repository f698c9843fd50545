"""One view of the database for a long reading, while others go on writing."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def snapshot(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """See everything as it is at the first question, and keep no writer waiting; not within another transaction."""
    if connection.vendor == "sqlite":
        with _reading_only(connection), transaction.atomic(using=connection.alias, durable=True):
            yield
    else:
        with transaction.atomic(using=connection.alias, durable=True):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


@contextmanager
def _reading_only(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Begin transactions without SQLite's lock for writing, which the settings take at once."""
    connection.ensure_connection()
    mode = connection.transaction_mode  # type: ignore[attr-defined]  # SQLite's connections have it
    connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]  # as above
    try:
        yield
    finally:
        connection.transaction_mode = mode  # type: ignore[attr-defined]  # as above
