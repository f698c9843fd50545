"""What Django's querysets filter by: does a leaf stand in the indexed text of a row?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Func

from imr_archive.search.fulltext import fts5, tsquery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

    from imr_archive.search.fulltext.tables import IndexedTable
    from imr_archive.search.query.tree import Leaf

_Sql = tuple[str, tuple[Any, ...]]


class RowMatches(Func):
    """True for a row whose key names a row of an indexed table in which a leaf stands, in one of the leaf's sections.

    The table must have such a section. The match is a subquery: a joined full-text match fails under OR on SQLite.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, key: str, table: IndexedTable, leaf: Leaf) -> None:
        super().__init__(key)
        self.table = table
        self.leaf = leaf

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> _Sql:
        """Ask FTS5."""
        index = self.table.index
        match = fts5.match_leaf(self.leaf, self.table)
        return self._among(compiler, f"SELECT rowid FROM {index} WHERE {index} MATCH %s", [match])

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> _Sql:
        """Ask the stored tsvectors."""
        columns = self.table.columns_in(self.leaf.sections)
        found = f"SELECT {self.table.key} FROM {self.table.index} WHERE {vector_match(columns)}"
        return self._among(compiler, found, [tsquery.match_leaf(self.leaf)] * len(columns))

    def _among(self, compiler: SQLCompiler, found: str, matches: list[str]) -> _Sql:
        (key,) = self.get_source_expressions()
        key_sql, key_params = compiler.compile(key)
        return f"{key_sql} IN ({found})", (*key_params, *matches)


def vector_match(columns: Sequence[str]) -> str:
    """Return the PostgreSQL condition that one of these columns matches; one parameter a column."""
    return "(" + " OR ".join(f"{column} @@ to_tsquery('imr_words', %s)" for column in columns) + ")"
