"""Whether the full-text indexes agree with the text they index, and how to make them anew.

Triggers keep them, so a difference means that a trigger was lost or that somebody wrote past it.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction

from imr_archive.search.fulltext import postgresql_triggers, sqlite_triggers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper

    from imr_archive.search.fulltext.tables import IndexedTable


def index_triggers(connection: BaseDatabaseWrapper, table: IndexedTable) -> dict[str, list[str]]:
    """Return the statements that create or replace each trigger of a full-text index, by the trigger's name."""
    vendor = sqlite_triggers if connection.vendor == "sqlite" else postgresql_triggers
    return vendor.index_triggers(table)


def lost_triggers(connection: BaseDatabaseWrapper, table: IndexedTable) -> list[str]:
    """Return the names of the triggers of a full-text index that are missing or disabled."""
    if connection.vendor == "sqlite":
        stored = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    else:
        stored = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(stored, [table.content])
        found = {name for (name,) in cursor.fetchall()}
    return [name for name in index_triggers(connection, table) if name not in found]


def restore_triggers(connection: BaseDatabaseWrapper, statements: Iterable[Sequence[str]]) -> None:
    """Run the statements that create or replace triggers, in one transaction."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in chain.from_iterable(statements):
            cursor.execute(statement)


def index_faults(connection: BaseDatabaseWrapper, table: IndexedTable) -> Iterator[str]:
    """Say, a sentence each, how an index differs from its text; nothing where it agrees."""
    if connection.vendor == "sqlite":
        if not _fts5_agrees(connection, table):
            yield "it does not agree with the text"
        return
    for condition, sentence in (
        (_MISSING, "{:,} rows are missing in it"),
        (_EXTRA, "{:,} rows in it have no text"),
        (_different(table), "{:,} rows in it have the words of another text"),
    ):
        with connection.cursor() as cursor:
            cursor.execute(condition.format(index=table.index, content=table.content, key=table.key))
            (number,) = cursor.fetchone()
        if number:
            yield sentence.format(number)


def rebuild_index(connection: BaseDatabaseWrapper, table: IndexedTable) -> None:
    """Make an index anew out of its text, in one transaction: readers see the old one until it is done."""
    index, key, columns = table.index, table.key, ", ".join(table.columns)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"INSERT INTO {index}({index}) VALUES ('rebuild')")
            return
        vectors = ", ".join(f"imr_vector({column})" for column in table.columns)
        cursor.execute(f"DELETE FROM {index}")
        cursor.execute(f"INSERT INTO {index} ({key}, {columns}) SELECT {key}, {vectors} FROM {table.content}")


_MISSING = (
    "SELECT count(*) FROM {content} AS printed WHERE NOT EXISTS "
    "(SELECT FROM {index} AS indexed WHERE indexed.{key} = printed.{key})"
)
_EXTRA = (
    "SELECT count(*) FROM {index} AS indexed WHERE NOT EXISTS "
    "(SELECT FROM {content} AS printed WHERE indexed.{key} = printed.{key})"
)


def _different(table: IndexedTable) -> str:
    differs = " OR ".join(f"indexed.{column} <> imr_vector(printed.{column})" for column in table.columns)
    return f"SELECT count(*) FROM {{index}} AS indexed JOIN {{content}} AS printed USING ({{key}}) WHERE {differs}"


def _fts5_agrees(connection: BaseDatabaseWrapper, table: IndexedTable) -> bool:
    """Let FTS5 compare its index with the content; the 1 makes it read the content too."""
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table.index}({table.index}, rank) VALUES ('integrity-check', 1)")
    except DatabaseError as error:
        if not getattr(error.__cause__, "sqlite_errorname", "").startswith("SQLITE_CORRUPT"):
            raise
        return False
    return True
