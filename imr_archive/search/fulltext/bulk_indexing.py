"""Indexes the letters of a batch together instead of row by row.

On SQLite, FTS5 flushes its memory at each statement that fires a trigger: a thousand rows one by one cost four times
what they cost together. A row in ``imr_archive_bulkindexing`` disables the triggers of inserted letters; it is deleted
before the transaction that wrote it ends, so no other connection ever sees it.

PostgreSQL's triggers handle the rows of a statement together anyway. But a letter's rows in seven tables would log it
seven times for the facet index, and the one database process that serves the writer would compute all tsvectors. A
setting of the transaction leaves only the first of these log entries, and leaves the vectors to the writer.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.search.fulltext import postgresql_triggers, sqlite_triggers
from imr_archive.search.fulltext.tables import CHANGE_LOG, CITATIONS, ITEMS, SUMMARIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper

    from imr_archive.search.fulltext.tables import IndexedTable

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
        f"INSERT INTO {CHANGE_LOG} (determination) SELECT id FROM imr_archive_determination WHERE id > %s ORDER BY id",
    )
}


class RowWords(NamedTuple):
    """The vectors of a row's indexed columns, in their order and in binary form; None where the database makes them."""

    key: int
    vectors: Sequence[bytes] | None


@contextmanager
def indexed_at_once(
    connection: BaseDatabaseWrapper, items: Sequence[RowWords], summaries: Sequence[RowWords]
) -> Iterator[None]:
    """Within a transaction: index the letters that the block inserts together.

    PostgreSQL takes the words of each row from ``items`` and ``summaries``, SQLite reads them itself. Nothing else may
    be inserted, and the keys must be higher than all before, as new ones are. Items may come to a determination that is
    there, if its own row is written as well, which notes it. An error must take the transaction back.
    """
    if connection.vendor == "sqlite":
        with _on_sqlite(connection):
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'on', true)", [postgresql_triggers.BULK_INDEXING])
        yield
        _learn(connection, ITEMS, items)
        _learn(connection, SUMMARIES, summaries)
        cursor.execute("SELECT set_config(%s, '', true)", [postgresql_triggers.BULK_INDEXING])


def _learn(connection: BaseDatabaseWrapper, table: IndexedTable, rows: Sequence[RowWords]) -> None:
    columns = f"{table.key}, {', '.join(table.columns)}"
    with connection.wrap_database_errors, connection.cursor() as cursor:
        with cursor.cursor.copy(f"COPY {table.index} ({columns}) FROM STDIN (FORMAT binary)") as copy:
            # The vectors are sent as they stand, as bytes are.
            copy.set_types(["int8", *["bytea"] * len(table.columns)])
            for key, vectors in rows:
                if vectors is not None:
                    copy.write_row((key, *vectors))
        if rest := [key for key, vectors in rows if vectors is None]:
            made = ", ".join(f"imr_vector({column})" for column in table.columns)
            cursor.execute(
                f"INSERT INTO {table.index} ({columns}) "
                f"SELECT {table.key}, {made} FROM {table.content} WHERE {table.key} = ANY(%s)",
                [rest],
            )


@contextmanager
def _on_sqlite(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        later = []
        for name, (key, statement) in (_WORDS | _NOTES).items():
            cursor.execute(f"SELECT coalesce(max({key}), 0) FROM {name}")
            later.append((statement, cursor.fetchone()))
        cursor.execute(f"INSERT INTO {sqlite_triggers.BULK_INDEXING} VALUES (1)")
        yield
        for statement, last in later:
            cursor.execute(statement, last)
        cursor.execute(f"DELETE FROM {sqlite_triggers.BULK_INDEXING}")
