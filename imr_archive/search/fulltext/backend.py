"""Chooses the full-text engine of a connection: the one place in the search rooms that asks for the vendor."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from django.db import transaction

from imr_archive.search.fulltext.postgresql import PostgresqlBackend
from imr_archive.search.fulltext.sqlite import SqliteBackend

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper

    from imr_archive.search.fulltext.protocol import Backend

_BACKENDS: dict[str, type[Backend]] = {"sqlite": SqliteBackend, "postgresql": PostgresqlBackend}


def backend(connection: BaseDatabaseWrapper) -> Backend:
    """Return the full-text engine of a connection."""
    return _BACKENDS[connection.vendor](connection)


def restore_triggers(connection: BaseDatabaseWrapper, statements: Iterable[Sequence[str]]) -> None:
    """Run the statements that create or replace triggers, in one transaction."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in chain.from_iterable(statements):
            cursor.execute(statement)
