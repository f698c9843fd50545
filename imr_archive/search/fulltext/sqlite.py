"""Full-text search by SQLite's FTS5."""

from __future__ import annotations

import fcntl
import math
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import DatabaseError, transaction

from imr_archive.search.fulltext import fts5
from imr_archive.search.fulltext.keys import read_keys
from imr_archive.search.fulltext.protocol import Scores
from imr_archive.search.fulltext.tables import column_of
from imr_archive.search.fulltext.triggers import sqlite as triggers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from django.db import OperationalError
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Model
    from numpy.typing import NDArray

    from imr_archive.search.fulltext.tables import ChangeLog, IndexedTable, RowVectors
    from imr_archive.search.query.tree import Leaf

# bm25() gives a word that stands in most rows a score close to 0; scaled integers keep it apart from 0.
_SCALE = 1e9
# SQLite checks the deadline after so many of its virtual machine's instructions: every few tenths of a millisecond.
_INSTRUCTIONS = 20_000


class SqliteBackend:
    """FTS5 tables over the text tables' own columns, kept by triggers; scores by FTS5's bm25()."""

    # It scores a million rows in less than a second.
    most_scored_rows = None
    scores_contain_rarity = True
    takes_vectors = False

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection

    def matching_keys(
        self, table: IndexedTable, leaf: Leaf, *, between: tuple[int, int] | None = None
    ) -> NDArray[np.int64]:
        """Return the keys of the matching rows."""
        sql = f"SELECT group_concat(rowid) FROM {table.index} WHERE {table.index} MATCH %s"
        match = fts5.match_leaf(leaf, table)
        with self._connection.cursor() as cursor:
            if between:
                cursor.execute(f"{sql} AND rowid BETWEEN %s AND %s", [match, *between])
            else:
                cursor.execute(sql, [match])
            return read_keys(cursor.fetchone()[0])

    def leaf_scores(self, table: IndexedTable, leaf: Leaf, *, among: NDArray[np.int64] | None = None) -> Scores:
        """Score all matching rows: FTS5 would take as long for some of them."""
        weights = ", ".join(str(column.weight) for column in table.indexed)
        score = f"CAST(-{table.boost * _SCALE} * bm25({table.index}, {weights}) AS INTEGER)"
        # bm25() is only allowed beside its MATCH: the LIMIT keeps SQLite from moving it out of the subquery.
        scored = f"SELECT rowid AS key, {score} AS score FROM {table.index} WHERE {table.index} MATCH %s LIMIT -1"
        with self._connection.cursor() as cursor:
            cursor.execute(
                f"SELECT group_concat(key), group_concat(score) FROM ({scored})", [fts5.match_leaf(leaf, table)]
            )
            keys, scores = map(read_keys, cursor.fetchone())
        return Scores(keys, (scores / _SCALE).astype(np.float32))

    def rarity(self, found: int, rows: int) -> float:
        """Return 1: bm25() weighs by the rarity itself."""
        return 1.0

    def index_triggers(self, table: IndexedTable) -> dict[str, list[str]]:
        """Return the statements of the triggers of a full-text index."""
        return triggers.index_triggers(table)

    def change_triggers(self, log: ChangeLog) -> dict[str, list[str]]:
        """Return the statements of the triggers of the change log."""
        return triggers.change_triggers(log)

    def lost_triggers(self, names: Iterable[str]) -> list[str]:
        """Return which of some triggers are missing."""
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            found = {name for (name,) in cursor.fetchall()}
        return [name for name in names if name not in found]

    def index_faults(self, table: IndexedTable) -> Iterator[str]:
        """Let FTS5 compare its index with the text; the 1 makes it read the text too."""
        try:
            with transaction.atomic(using=self._connection.alias), self._connection.cursor() as cursor:
                cursor.execute(f"INSERT INTO {table.index}({table.index}, rank) VALUES ('integrity-check', 1)")
        except DatabaseError as error:
            if not getattr(error.__cause__, "sqlite_errorname", "").startswith("SQLITE_CORRUPT"):
                raise
            yield "it does not agree with the text"

    def storage_faults(self) -> Iterator[str]:
        """Let SQLite check its file; its messages name tables and pages."""
        with self._connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check(20)")
            found = [row[0] for row in cursor.fetchall()]
        # The full-text tables are compared with their text apart.
        yield from (each for each in found if each != "ok" and "fts5" not in each.lower())

    def rebuild_index(self, table: IndexedTable) -> None:
        """Rebuild an index from its text."""
        with transaction.atomic(using=self._connection.alias), self._connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table.index}({table.index}) VALUES ('rebuild')")

    @contextmanager
    def bulk_indexing(
        self, log: ChangeLog, tables: Sequence[IndexedTable], vectors: Mapping[IndexedTable, Sequence[RowVectors]]
    ) -> Iterator[None]:
        """Disable the triggers of inserted rows for the block, and do their work for all rows after it.

        FTS5 flushes its memory at each statement that fires a trigger: a thousand rows one by one cost four times what
        they cost together. The row that disables the triggers is deleted before the transaction ends, so no other
        connection ever sees it.
        """
        statements = [(table.content, table.key, _index_rows_after(table)) for table in tables]
        determinations, key = log.determinations._meta.db_table, column_of(log.determinations, "pk")
        logged = f"SELECT {key} FROM {determinations} WHERE {key} > %s ORDER BY {key}"
        statements.append((determinations, key, f"INSERT INTO {log.name} (determination) {logged}"))
        with self._connection.cursor() as cursor:
            later = []
            for name, key, statement in statements:
                cursor.execute(f"SELECT coalesce(max({key}), 0) FROM {name}")
                later.append((statement, cursor.fetchone()))
            cursor.execute(f"INSERT INTO {triggers.BULK_INDEXING} VALUES (1)")
            yield
            for statement, last in later:
                cursor.execute(statement, last)
            cursor.execute(f"DELETE FROM {triggers.BULK_INDEXING}")

    def flush_pending_lists(self, tables: Sequence[IndexedTable]) -> int:
        """Return 0: FTS5 has no pending lists."""
        return 0

    def purge_deleted(self, tables: Sequence[IndexedTable], models: Iterable[type[Model]]) -> bool:
        """Merge the segments of the indexes, rewrite the file without free pages, and empty the write-ahead log."""
        with self._connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"INSERT INTO {table.index}({table.index}) VALUES ('optimize')")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return not cursor.fetchone()[0]

    def lock(self, model: type[Model]) -> None:
        """Do nothing: SQLite has one writer at a time."""

    @contextmanager
    def migration_lock(self) -> Iterator[None]:
        """Lock a file beside the database; a database in memory has one process."""
        name = str(self._connection.settings_dict["NAME"])
        if not Path(name).parent.is_dir() or "memory" in name:
            yield
            return
        with Path(f"{name}.migrate").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextmanager
    def read_snapshot(self) -> Iterator[None]:
        """Begin the transaction without the write lock, which the settings make SQLite take at once."""
        connection: Any = self._connection
        connection.ensure_connection()
        mode = connection.transaction_mode
        connection.transaction_mode = "DEFERRED"
        try:
            with transaction.atomic(using=connection.alias, durable=True):
                yield
        finally:
            connection.transaction_mode = mode

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Interrupt whatever query runs when the time is over."""
        limit = _Interruption(seconds)
        with self._connection.execute_wrapper(limit):
            try:
                yield
            finally:
                limit.remove(self._connection)

    def is_out_of_time(self, error: OperationalError) -> bool:
        """Return whether SQLite interrupted the query."""
        return str(error.__cause__) == "interrupted"


def _index_rows_after(table: IndexedTable) -> str:
    """Return the statement that does what the trigger does for each row, for those beyond a key."""
    columns = ", ".join(table.columns)
    return (
        f"INSERT INTO {table.index} (rowid, {columns}) "
        f"SELECT {table.key}, {columns} FROM {table.content} WHERE {table.key} > %s"
    )


class _Interruption:
    """Wraps queries: sets SQLite's progress handler at the first one."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds if seconds else math.inf
        self._is_set = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not self._is_set:
            self._is_set = True
            session = context["connection"].connection
            session.set_progress_handler(lambda: time.monotonic() > self._end, _INSTRUCTIONS)
        return execute(sql, params, many, context)

    def remove(self, connection: BaseDatabaseWrapper) -> None:
        """Remove the progress handler, if one was set on a connection that is still open."""
        if self._is_set and connection.connection is not None:
            connection.connection.set_progress_handler(None, 0)
