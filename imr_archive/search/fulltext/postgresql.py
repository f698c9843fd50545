"""Full-text search by PostgreSQL's tsvectors."""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import DatabaseError, transaction
from psycopg.pq import TransactionStatus

from imr_archive.search.fulltext import tsquery
from imr_archive.search.fulltext.deadline import OutOfTime
from imr_archive.search.fulltext.expressions import vector_match
from imr_archive.search.fulltext.keys import read_keys
from imr_archive.search.fulltext.protocol import Scores
from imr_archive.search.fulltext.triggers import postgresql as triggers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from django.db import OperationalError
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Model
    from numpy.typing import NDArray

    from imr_archive.search.fulltext.tables import ChangeLog, IndexedTable, RowVectors
    from imr_archive.search.query.tree import Leaf

_LEAST_RARITY = 1e-6
# A timeout that differs by no more than this share from the time that is left is not set again.
_TOLERANCE = 0.1
_FLOAT = np.dtype(">f4")
# The SQLSTATE of a query that was stopped by its timeout.
_QUERY_CANCELED = "57014"
# Any number that no other application of the database uses.
_MIGRATION_LOCK = 4_610_961_013


class PostgresqlBackend:
    """A table of tsvectors with a GIN index beside each text table, kept by triggers.

    PostgreSQL has no BM25; the score has the same shape: a leaf's rarity, times its frequency in each column (ts_rank,
    which saturates as BM25 does) by the column's weight and against its length.
    """

    # As many as it scores in half a second to a second.
    most_scored_rows = 12_000
    scores_contain_rarity = False
    takes_vectors = True

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection

    def matching_keys(
        self, table: IndexedTable, leaf: Leaf, *, between: tuple[int, int] | None = None
    ) -> NDArray[np.int64]:
        """Return the keys of the matching rows."""
        columns, key = table.columns_in(leaf.sections), table.key
        sql = f"SELECT string_agg(int8send({key}), ''::bytea) FROM {table.index} WHERE {vector_match(columns)}"
        parameters: list[Any] = [tsquery.match_leaf(leaf)] * len(columns)
        if between:
            sql, parameters = f"{sql} AND {key} BETWEEN %s AND %s", [*parameters, *between]
        return read_keys(self._ask_index(sql, parameters)[0])

    def leaf_scores(self, table: IndexedTable, leaf: Leaf, *, among: NDArray[np.int64] | None = None) -> Scores:
        """Score the matching rows."""
        columns = [column for column in table.indexed if column.name in table.columns_in(leaf.sections)]
        asked = "to_tsquery('imr_words', %s)"
        # 1: divided by the logarithm of the section's length, so that a long rationale wins nothing by its length.
        score = " + ".join(f"{column.weight} * ts_rank({column.name}, {asked}, 1)" for column in columns)
        condition = vector_match([column.name for column in columns])
        parameters: list[Any] = [tsquery.match_leaf(leaf)] * (2 * len(columns))
        if among is not None:
            condition, parameters = f"{condition} AND {table.key} = ANY(%s)", [*parameters, among.tolist()]
        keys, scores = self._ask_index(
            f"SELECT string_agg(int8send({table.key}), ''::bytea), string_agg(float4send(({score})::real), ''::bytea) "
            f"FROM {table.index} WHERE {condition}",
            parameters,
        )
        if keys is None:
            return Scores(read_keys(None), np.empty(0, dtype=np.float32))
        return Scores(read_keys(keys), np.frombuffer(scores, dtype=_FLOAT).astype(np.float32) * np.float32(table.boost))

    def _ask_index(self, sql: str, parameters: Sequence[Any]) -> tuple[Any, ...]:
        """Return the row of a query, without sequential scans.

        For common words the planner prefers to read every row, and detoasts every vector with it.
        """
        with transaction.atomic(using=self._connection.alias), self._connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(sql, parameters)
            row: tuple[Any, ...] = cursor.fetchone()
            cursor.execute("SET LOCAL enable_seqscan = on")
        return row

    def rarity(self, found: int, rows: int) -> float:
        """Return BM25's inverse document frequency."""
        return max(_LEAST_RARITY, math.log((rows - found + 0.5) / (found + 0.5)) if found < rows else 0.0)

    def index_triggers(self, table: IndexedTable) -> dict[str, list[str]]:
        """Return the statements of the triggers of a full-text index."""
        return triggers.index_triggers(table)

    def change_triggers(self, log: ChangeLog) -> dict[str, list[str]]:
        """Return the statements of the triggers of the change log."""
        return triggers.change_triggers(log)

    def lost_triggers(self, names: Iterable[str]) -> list[str]:
        """Return which of some triggers are missing or disabled."""
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'")
            found = {name for (name,) in cursor.fetchall()}
        return [name for name in names if name not in found]

    def index_faults(self, table: IndexedTable) -> Iterator[str]:
        """Compare the keys of index and text, then the vectors with those of the text."""
        for condition, sentence in (
            (_MISSING, "{:,} rows are missing in it"),
            (_EXTRA, "{:,} rows in it have no text"),
            (_different(table), "{:,} rows in it have the words of another text"),
        ):
            with self._connection.cursor() as cursor:
                cursor.execute(condition.format(index=table.index, content=table.content, key=table.key))
                (number,) = cursor.fetchone()
            if number:
                yield sentence.format(number)

    def storage_faults(self) -> Iterator[str]:
        """Check the B-tree indexes by the extension amcheck, where it is installed."""
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'amcheck'")
            if not cursor.fetchone()[0]:
                return
            cursor.execute(_BTREES)
            names = [name for (name,) in cursor.fetchall()]
        for name in names:
            try:
                with transaction.atomic(using=self._connection.alias), self._connection.cursor() as cursor:
                    cursor.execute("SELECT bt_index_check(%s::regclass)", [name])
            except DatabaseError:
                yield f"The index {name} is corrupt; REINDEX INDEX {name} builds it again."

    def rebuild_index(self, table: IndexedTable) -> None:
        """Rebuild an index from its text."""
        with transaction.atomic(using=self._connection.alias), self._connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table.index}")
            cursor.execute(_index_rows(table))

    @contextmanager
    def bulk_indexing(
        self, log: ChangeLog, tables: Sequence[IndexedTable], vectors: Mapping[IndexedTable, Sequence[RowVectors]]
    ) -> Iterator[None]:
        """Disable triggers by a setting of the transaction, and insert the vectors that the writer provides.

        Triggers handle the rows of a statement together anyway. But the rows of a letter in seven tables would log it
        seven times, and the one database process that serves the writer would compute all vectors.
        """
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, 'on', true)", [triggers.BULK_INDEXING])
            yield
            for table, rows in vectors.items():
                self._insert_vectors(table, rows)
            cursor.execute("SELECT set_config(%s, '', true)", [triggers.BULK_INDEXING])

    def _insert_vectors(self, table: IndexedTable, rows: Sequence[RowVectors]) -> None:
        columns = f"{table.key}, {', '.join(table.columns)}"
        with self._connection.wrap_database_errors, self._connection.cursor() as cursor:
            with cursor.cursor.copy(f"COPY {table.index} ({columns}) FROM STDIN (FORMAT binary)") as copy:
                # psycopg sends bytes unchanged, and the vectors are in binary form already.
                copy.set_types(["int8", *["bytea"] * len(table.columns)])
                for key, vectors in rows:
                    if vectors is not None:
                        copy.write_row((key, *vectors))
            if rest := [key for key, vectors in rows if vectors is None]:
                cursor.execute(f"{_index_rows(table)} WHERE {table.key} = ANY(%s)", [rest])

    def flush_pending_lists(self, tables: Sequence[IndexedTable]) -> int:
        """Flush the pending lists of the GIN indexes."""
        with self._connection.cursor() as cursor:
            indexes = [f"{table.index}_words" for table in tables]
            cursor.execute(
                "SELECT sum(gin_clean_pending_list(name::regclass)) FROM unnest(%s::text[]) AS name", [indexes]
            )
            return int(cursor.fetchone()[0])

    def purge_deleted(self, tables: Sequence[IndexedTable], models: Iterable[type[Model]]) -> bool:
        """Rewrite the tables without dead rows, their indexes as well; readers of a table wait meanwhile."""
        names = [*(table.index for table in tables), *(model._meta.db_table for model in models)]
        with self._connection.cursor() as cursor:
            for name in dict.fromkeys(names):
                cursor.execute(f"VACUUM (FULL, ANALYZE) {name}")
        return True

    def lock(self, model: type[Model]) -> None:
        """Take a lock that writers of the table wait for."""
        with self._connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {model._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")

    @contextmanager
    def migration_lock(self) -> Iterator[None]:
        """Hold an advisory lock of the session, which ends with the process at the latest."""
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            yield
        finally:
            with self._connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])

    @contextmanager
    def read_snapshot(self) -> Iterator[None]:
        """Begin a read-only transaction that repeats its reads."""
        with transaction.atomic(using=self._connection.alias, durable=True):
            with self._connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Give each query what is left of the time as its timeout."""
        limit = _QueryTimeout(seconds)
        try:
            with self._connection.execute_wrapper(limit):
                yield
        finally:
            limit.restore(self._connection)

    def is_out_of_time(self, error: OperationalError) -> bool:
        """Return whether PostgreSQL cancelled the query."""
        return getattr(error.__cause__, "sqlstate", None) == _QUERY_CANCELED


_MISSING = (
    "SELECT count(*) FROM {content} AS printed WHERE NOT EXISTS "
    "(SELECT FROM {index} AS indexed WHERE indexed.{key} = printed.{key})"
)
_EXTRA = (
    "SELECT count(*) FROM {index} AS indexed WHERE NOT EXISTS "
    "(SELECT FROM {content} AS printed WHERE indexed.{key} = printed.{key})"
)


_BTREES = """
    SELECT indexed.oid::regclass::text FROM pg_class AS indexed JOIN pg_am ON pg_am.oid = indexed.relam
    WHERE indexed.relkind = 'i' AND pg_am.amname = 'btree' AND indexed.relname NOT LIKE 'pg_%' ORDER BY 1
"""


def _different(table: IndexedTable) -> str:
    differs = " OR ".join(f"indexed.{column} <> imr_vector(printed.{column})" for column in table.columns)
    return f"SELECT count(*) FROM {{index}} AS indexed JOIN {{content}} AS printed USING ({{key}}) WHERE {differs}"


def _index_rows(table: IndexedTable) -> str:
    """Return the statement that indexes the rows of a text table."""
    vectors = ", ".join(f"imr_vector({column})" for column in table.columns)
    return (
        f"INSERT INTO {table.index} ({table.key}, {', '.join(table.columns)}) "
        f"SELECT {table.key}, {vectors} FROM {table.content}"
    )


class _QueryTimeout:
    """Wraps queries: sets the timeout to the time that is left.

    A pooled connection remembers it, so that a page whose queries take little of the time needs no statement to set
    it. A setting made within a transaction ends with it, so there it is made for the transaction alone.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds if seconds else None

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        session = context["connection"].connection
        left = self._left()
        known = getattr(session, "imr_statement_timeout", 0.0)
        if not left * (1 - _TOLERANCE) <= known <= left * (1 + _TOLERANCE):
            in_transaction = not session.autocommit or session.info.transaction_status != TransactionStatus.IDLE
            limit = [f"{math.ceil(left * 1000)}", in_transaction]
            session.execute("SELECT set_config('statement_timeout', %s, %s)", limit)
            if not in_transaction:
                session.imr_statement_timeout = left
        return execute(sql, params, many, context)

    def restore(self, connection: BaseDatabaseWrapper) -> None:
        """Give the connection the whole time again, for a download that is streamed after the limit."""
        session: Any = connection.connection
        known = getattr(session, "imr_statement_timeout", self._seconds)
        if known < self._seconds * (1 - _TOLERANCE) and session.info.transaction_status == TransactionStatus.IDLE:
            session.execute("SELECT set_config('statement_timeout', %s, false)", [f"{int(self._seconds * 1000)}"])
            session.imr_statement_timeout = self._seconds

    def _left(self) -> float:
        if self._end is None:
            return 0.0
        left = self._end - time.monotonic()
        if left <= 0:
            raise OutOfTime("The question took too long.")
        return left
