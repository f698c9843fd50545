"""SearchQuery → what PostgreSQL's ``to_tsquery`` reads. The one place where user text meets its query language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imr_archive.search.query import Leaf


def match_leaf(leaf: Leaf) -> str:
    """Return the tsquery of one leaf: its tokens, each quoted, one directly after the other."""
    return " <-> ".join(f"'{token}'" for token in leaf.tokens)


def match_any(leaves: Iterable[Leaf]) -> str:
    """Return the tsquery that any of the leaves satisfies, to rank by all of them."""
    return " | ".join(f"({match_leaf(leaf)})" for leaf in leaves)
