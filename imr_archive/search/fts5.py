"""SearchQuery → what SQLite's FTS5 reads. The one place where user text meets its query language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imr_archive.search.query import Leaf


def match_leaf(leaf: Leaf) -> str:
    """Return the FTS5 expression of one leaf: a quoted string, whose tokens FTS5 wants side by side in one column."""
    return '"' + " ".join(leaf.tokens) + '"'


def match_any(leaves: Iterable[Leaf]) -> str:
    """Return the FTS5 expression that any of the leaves satisfies, to rank by all of them."""
    return " OR ".join(match_leaf(leaf) for leaf in leaves)
