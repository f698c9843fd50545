"""Compiles leaves to FTS5's query language: the one place where user text is quoted for SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.search.fulltext.tables import IndexedTable
    from imr_archive.search.query.tree import Leaf, Run


def match_leaf(leaf: Leaf, table: IndexedTable) -> str:
    """Return the FTS5 query of one leaf: any one column of the table that belongs to its sections must match."""
    ways = " OR ".join(_way(way, leaf.within) for way in leaf.ways)
    columns = table.columns_in(leaf.sections)
    # With a column filter FTS5 reads each position of a word, which takes half as long again.
    return ways if columns == table.columns else f"{{{' '.join(columns)}}} : ({ways})"


def _way(runs: Sequence[Run], within: int | None) -> str:
    if len(runs) == 1 or within is None:
        return _run(runs[0])
    # FTS5 counts the words between two others; a leaf counts the steps from one to the other.
    return f"NEAR({' '.join(map(_run, runs))}, {within - 1})"


def _run(run: Run) -> str:
    return f'"{" ".join(run.tokens)}"' + (" *" if run.is_prefix else "")
