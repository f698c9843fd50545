"""Leaves → what SQLite's FTS5 reads. The one place where user text meets its query language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.search.fulltext.tables import IndexedTable
    from imr_archive.search.query.tree import Leaf, Run


def match_leaf(leaf: Leaf, table: IndexedTable) -> str:
    """Return the FTS5 expression of one leaf: it stands in any one column of the table that is of its sections."""
    ways = " OR ".join(_way(way, leaf.within) for way in leaf.ways)
    columns = table.columns_in(leaf.sections)
    # Columns that are named have FTS5 look at each place of a word, which takes half as long again.
    return ways if columns == table.columns else f"{{{' '.join(columns)}}} : ({ways})"


def _way(runs: Sequence[Run], within: int | None) -> str:
    if len(runs) == 1 or within is None:
        return _run(runs[0])
    # FTS5 counts the words between; a leaf counts the steps from one to the other.
    return f"NEAR({' '.join(map(_run, runs))}, {within - 1})"


def _run(run: Run) -> str:
    return f'"{" ".join(run.tokens)}"' + (" *" if run.is_prefix else "")
