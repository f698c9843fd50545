"""Which determinations answer a question best: one page of them, ranked, asked of either database.

A determination ranks by its best matching item: how often and how rarely the words stand in its sections, by each
section's weight, and then in the letter's summary. The order is total: equal scores stand newest letter first, by key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connections

from imr_archive.search import fts5, tsquery
from imr_archive.search.expressions import vector_match
from imr_archive.search.tables import ITEMS, SUMMARIES

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from imr_archive.search.query import SearchQuery
    from imr_archive.search.tables import IndexedTable


def ranked_determinations(items: QuerySet[Any], query: SearchQuery, *, offset: int, limit: int) -> list[int]:
    """Return the keys of one page of determinations, best first.

    ``items`` are the disputed items that match the whole question; ``query`` must have a positive leaf to rank by.
    """
    connection = connections[items.db]
    scores = _SCORES[connection.vendor]
    item_scores, item_params = scores(ITEMS, query)
    summary_scores, summary_params = scores(SUMMARIES, query)
    chosen, chosen_params = items.order_by().values("pk", "determination_id").query.sql_with_params()
    sql = f"""
        WITH chosen (item_id, determination_id) AS ({chosen}),
             item_score (id, score) AS ({item_scores}),
             summary_score (id, score) AS ({summary_scores})
        SELECT chosen.determination_id
        FROM chosen
        LEFT JOIN item_score ON item_score.id = chosen.item_id
        LEFT JOIN summary_score ON summary_score.id = chosen.determination_id
        GROUP BY chosen.determination_id
        ORDER BY MAX(COALESCE(item_score.score, 0) + COALESCE(summary_score.score, 0)) DESC,
                 chosen.determination_id DESC
        LIMIT %s OFFSET %s
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [*chosen_params, *item_params, *summary_params, limit, offset])
        return [key for (key,) in cursor.fetchall()]


def _sqlite_scores(table: IndexedTable, query: SearchQuery) -> tuple[str, list[Any]]:
    leaves = [(leaf, columns) for leaf in query.positive_leaves if (columns := table.columns_in(leaf.sections))]
    if not leaves:
        return _NO_SCORES, []
    weights = ", ".join(str(column.weight) for column in table.indexed)
    # bm25() is the smaller the better, and may be computed only where the MATCH stands: hence MATERIALIZED by LIMIT.
    score = f"-{table.boost} * bm25({table.index}, {weights})"
    sql = f"SELECT rowid, {score} FROM {table.index} WHERE {table.index} MATCH %s LIMIT -1"
    return sql, [fts5.match_any(leaves)]


def _postgresql_scores(table: IndexedTable, query: SearchQuery) -> tuple[str, list[Any]]:
    matches = {
        column: tsquery.match_any(leaves)
        for column in table.indexed
        if (leaves := [leaf for leaf in query.positive_leaves if column.name in table.columns_in(leaf.sections)])
    }
    if not matches:
        return _NO_SCORES, []
    # ts_rank with 1: divided by the logarithm of the section's length, so that a long rationale wins nothing by length.
    score = " + ".join(
        f"{column.weight} * ts_rank({column.name}, to_tsquery('imr_words', %s), 1)" for column in matches
    )
    condition = vector_match([column.name for column in matches])
    sql = f"SELECT {table.key}, {table.boost} * ({score}) FROM {table.index} WHERE {condition}"
    return sql, [*matches.values(), *matches.values()]


# Where the question names sections that a table doesn't have.
_NO_SCORES = "SELECT 0, 0.0 WHERE 1 = 0"
_SCORES = {"sqlite": _sqlite_scores, "postgresql": _postgresql_scores}
