"""Lets a writer of many letters have them indexed all at once.

On SQLite, FTS5 writes out what it has in memory at each statement that fires a trigger: a thousand rows one by one cost
four times what they cost together. A row in the table ``LATER`` holds the triggers of inserted letters back; it is
deleted before the transaction that wrote it ends, so nobody else ever sees it.

PostgreSQL's triggers take the rows of a statement together as it is. But what a letter puts into seven tables would
note it seven times for the facet index; a setting of the transaction leaves the first of these notes only.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from imr_archive.search.tables import CITATIONS, ITEMS, SUMMARIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

LOG = "imr_archive_indexchange"
LATER = "imr_archive_indexlater"
UNLESS_HELD_BACK = f"WHEN NOT EXISTS (SELECT 1 FROM {LATER}) "
_SETTING = "imr_archive.at_once"
RETURN_IF_AT_ONCE = f"IF current_setting('{_SETTING}', true) = 'on' THEN RETURN NULL; END IF; "
# What a trigger does for each row, for those beyond a key.
_WORDS = {
    table.content: (
        table.key,
        f"INSERT INTO {table.index} (rowid, {', '.join(table.columns)}) "
        f"SELECT {table.key}, {', '.join(table.columns)} FROM {table.content} WHERE {table.key} > %s",
    )
    for table in (ITEMS, SUMMARIES, CITATIONS)
}
_NOTES = {
    "imr_archive_determination": (
        "id",
        f"INSERT INTO {LOG} (determination) SELECT id FROM imr_archive_determination WHERE id > %s ORDER BY id",
    )
}


@contextmanager
def indexed_at_once(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Within a transaction: index the letters that the block inserts together.

    Nothing else may be inserted, and the keys must be higher than all before, as new ones are. An error must take the
    transaction back.
    """
    with _on_sqlite(connection) if connection.vendor == "sqlite" else _on_postgresql(connection):
        yield


@contextmanager
def _on_postgresql(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'on', true)", [_SETTING])
        yield
        cursor.execute("SELECT set_config(%s, '', true)", [_SETTING])


@contextmanager
def _on_sqlite(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        later = []
        for name, (key, statement) in (_WORDS | _NOTES).items():
            cursor.execute(f"SELECT coalesce(max({key}), 0) FROM {name}")
            later.append((statement, cursor.fetchone()))
        cursor.execute(f"INSERT INTO {LATER} VALUES (1)")
        yield
        for statement, last in later:
            cursor.execute(statement, last)
        cursor.execute(f"DELETE FROM {LATER}")
