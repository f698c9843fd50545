"""How well each row of an indexed table answers a leaf: many scores out of a database at once.

SQLite scores by FTS5's bm25(). PostgreSQL has no BM25; its score is of the same shape: a leaf's rarity, times how often
it stands in each section (ts_rank, which saturates as BM25 does) by the section's weight and against its length.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from django.db import transaction

from imr_archive.search.fulltext import fts5, tsquery
from imr_archive.search.fulltext.keys import read_keys

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from numpy.typing import NDArray

    from imr_archive.search.fulltext.tables import IndexedTable
    from imr_archive.search.query.tree import Leaf

# FTS5 gives a word that stands in most rows next to no weight; whole numbers keep that apart from none.
_SCALE = 1e9
_LEAST_RARITY = 1e-6
# As many rows PostgreSQL scores in half a second to a whole one; SQLite scores a million in less than one.
_POSTGRESQL_ROWS = 12_000
_FLOAT = np.dtype(">f4")


class Scores(NamedTuple):
    """Keys of rows, and their scores: the higher, the better."""

    keys: NDArray[np.int64]
    scores: NDArray[np.float32]


def most_rows(connection: BaseDatabaseWrapper) -> int | None:
    """Return how many rows can be scored while a reader waits; None if all can."""
    return None if connection.vendor == "sqlite" else _POSTGRESQL_ROWS


def leaf_scores(
    connection: BaseDatabaseWrapper, table: IndexedTable, leaf: Leaf, *, among: NDArray[np.int64] | None = None
) -> Scores:
    """Score the rows in which a leaf stands, in one of the leaf's sections, of which the table must have one.

    ``among`` says that no other rows are wanted; those may come nevertheless.
    """
    if connection.vendor == "sqlite":
        return _sqlite_scores(connection, table, leaf)
    return _postgresql_scores(connection, table, leaf, among)


def _sqlite_scores(connection: BaseDatabaseWrapper, table: IndexedTable, leaf: Leaf) -> Scores:
    weights = ", ".join(str(column.weight) for column in table.indexed)
    score = f"CAST(-{table.boost * _SCALE} * bm25({table.index}, {weights}) AS INTEGER)"
    # bm25() may be asked for only where the MATCH stands: the LIMIT keeps SQLite from moving it out of there.
    scored = f"SELECT rowid AS key, {score} AS score FROM {table.index} WHERE {table.index} MATCH %s LIMIT -1"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT group_concat(key), group_concat(score) FROM ({scored})",
            [fts5.match_leaf(leaf, table)],
        )
        keys, scores = map(read_keys, cursor.fetchone())
    return Scores(keys, (scores / _SCALE).astype(np.float32))


def _postgresql_scores(
    connection: BaseDatabaseWrapper, table: IndexedTable, leaf: Leaf, among: NDArray[np.int64] | None
) -> Scores:
    columns = [column for column in table.indexed if column.name in table.columns_in(leaf.sections)]
    asked = "to_tsquery('imr_words', %s)"
    # 1: divided by the logarithm of the section's length, so that a long rationale wins nothing by its length.
    score = " + ".join(f"{column.weight} * ts_rank({column.name}, {asked}, 1)" for column in columns)
    found = "(" + " OR ".join(f"{column.name} @@ {asked}" for column in columns) + ")"
    parameters: list[Any] = [tsquery.match_leaf(leaf)] * (2 * len(columns))
    if among is not None:
        found, parameters = f"{found} AND {table.key} = ANY(%s)", [*parameters, among.tolist()]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            f"SELECT string_agg(int8send({table.key}), ''::bytea), string_agg(float4send(({score})::real), ''::bytea) "
            f"FROM {table.index} WHERE {found}",
            parameters,
        )
        keys, scores = cursor.fetchone()
        cursor.execute("SET LOCAL enable_seqscan = on")
    if keys is None:
        return Scores(read_keys(None), np.empty(0, dtype=np.float32))
    return Scores(read_keys(keys), np.frombuffer(scores, dtype=_FLOAT).astype(np.float32) * np.float32(table.boost))


def outlast_changes(connection: BaseDatabaseWrapper) -> bool:
    """Whether a row's scores are the same whatever other rows come or go; FTS5's hold the rarity of words."""
    return connection.vendor != "sqlite"


def rarity(connection: BaseDatabaseWrapper, found: int, rows: int) -> float:
    """Return by what a leaf's scores are to be weighed that stands in so many of all rows: BM25's idf.

    FTS5's scores hold it already.
    """
    if connection.vendor == "sqlite":
        return 1.0
    return max(_LEAST_RARITY, math.log((rows - found + 0.5) / (found + 0.5)) if found < rows else 0.0)
