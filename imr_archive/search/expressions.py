"""What Django's querysets filter by: does a leaf's text stand in an item, or in its letter's summary?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Func

from imr_archive.search import fts5, tsquery
from imr_archive.search.tables import ITEMS, SUMMARIES

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

    from imr_archive.search.query import Leaf
    from imr_archive.search.tables import IndexedTable

_Sql = tuple[str, tuple[Any, ...]]


class ItemMatches(Func):
    """True for a disputed item whose own text, or whose letter's summary, holds a leaf.

    Takes the names of the item's key and of its determination's key. The match is a subquery: a joined full-text match
    fails under OR on SQLite.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, item: str, determination: str, leaf: Leaf) -> None:
        super().__init__(item, determination)
        self.leaf = leaf

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> _Sql:
        """Ask FTS5."""
        hits = {table: f"SELECT rowid FROM {table.index} WHERE {table.index} MATCH %s" for table in (ITEMS, SUMMARIES)}
        match = fts5.match_leaf(self.leaf)
        return self._either(compiler, hits, [match], [match])

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> _Sql:
        """Ask the stored tsvectors."""
        hits = {
            table: f"SELECT {table.key} FROM {table.index} WHERE {vector_match(table)}" for table in (ITEMS, SUMMARIES)
        }
        match = tsquery.match_leaf(self.leaf)
        return self._either(compiler, hits, [match] * len(ITEMS.columns), [match] * len(SUMMARIES.columns))

    def _either(
        self, compiler: SQLCompiler, hits: dict[IndexedTable, str], in_items: list[str], in_summaries: list[str]
    ) -> _Sql:
        item, determination = self.get_source_expressions()
        item_sql, item_params = compiler.compile(item)
        determination_sql, determination_params = compiler.compile(determination)
        sql = f"({item_sql} IN ({hits[ITEMS]}) OR {determination_sql} IN ({hits[SUMMARIES]}))"
        return sql, (*item_params, *in_items, *determination_params, *in_summaries)


def vector_match(table: IndexedTable) -> str:
    """Return the PostgreSQL condition that some section of a table's index matches; one parameter a section."""
    return "(" + " OR ".join(f"{column} @@ to_tsquery('imr_words', %s)" for column in table.columns) + ")"
