"""Estimates on the query tree what a search costs, so that a hostile one is refused before any SQL. Pure.

The unit is the posting list of one word. The numbers are calibrated by ``python -m devtools.benchmarks.hostile``: at
``MAX_COST`` the slower database takes some two seconds of processor time at 50,000 letters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.search.query.parser import SearchQuery
    from imr_archive.search.query.tree import Leaf, Run

MAX_COST = 1_600
# Comparing the places of words takes so many times as long as finding their rows.
_COMPARED = 8
# How many words begin with so many letters, in relation to one word; longer beginnings count as their last entry.
_BREADTHS = (60, 60, 42, 12, 4, 2)
_SHOWN = 80


def refusal(query: SearchQuery) -> str | None:
    """Return a sentence that says why a query is too costly and what to narrow, or None if it can be answered."""
    # A leaf that stands twice is looked for once.
    costs = {leaf: leaf_cost(leaf) for leaf in query.leaves}
    total = sum(costs.values())
    if total <= MAX_COST:
        return None
    worst = max(costs, key=lambda leaf: costs[leaf])
    return (
        f"This search would compare too many words, about {total / MAX_COST:,.1f} times what is allowed, so its words "
        f"were left out. {_advice(worst, alone=costs[worst] > MAX_COST)}"
    )


def leaf_cost(leaf: Leaf) -> int:
    """Return the cost of one leaf: of all its ways to stand in a text."""
    return sum(_way_cost(way, leaf.within) for way in leaf.ways)


def _way_cost(runs: Sequence[Run], within: int | None) -> int:
    breadth = sum(map(_breadth, runs))
    if len(runs) == 1 or within is None:
        return breadth
    # PostgreSQL has every distance written out in both orders, and for more than two words each as the first.
    return _COMPARED * breadth * len(runs) * (len(runs) - 1) * (within + 1) // 2


def _breadth(run: Run) -> int:
    words = len(run.tokens)
    return words - 1 + _BREADTHS[min(len(run.tokens[-1]), len(_BREADTHS) - 1)] if run.is_prefix else words


def _advice(leaf: Leaf, *, alone: bool) -> str:
    shown = leaf.printed if len(leaf.printed) <= _SHOWN else f"{leaf.printed[:_SHOWN]}…"
    has_prefix = any(run.is_prefix for run in leaf.runs)
    if leaf.within is not None and has_prefix:
        advice = "write longer beginnings before the *, or a smaller distance"
    elif leaf.within is not None:
        advice = "a smaller distance, or fewer words near one another"
    elif has_prefix:
        advice = "write longer beginnings before the *"
    else:
        advice = "fewer words"
    return f"Narrow “{shown}”: {advice}." if alone else f"Fewer alternatives help, and in “{shown}”: {advice}."
