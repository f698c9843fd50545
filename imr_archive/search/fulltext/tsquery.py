"""Leaves → what PostgreSQL's ``to_tsquery`` reads. The one place where user text meets its query language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.search.query.tree import Leaf, Run


def match_leaf(leaf: Leaf) -> str:
    """Return the tsquery of one leaf."""
    return " | ".join(f"({_way(way, leaf.within)})" for way in leaf.ways)


def _way(runs: Sequence[Run], within: int | None) -> str:
    if len(runs) == 1 or within is None:
        return " <-> ".join(_tokens(runs[0]))
    if len(runs) == 2:
        return _pair(_tokens(runs[0]), _tokens(runs[1]), within)
    return _window([_tokens(run)[0] for run in runs], within)


def _pair(one: Sequence[str], other: Sequence[str], within: int) -> str:
    """Write two runs out at every distance at which the later begins at most ``within`` words after the earlier ends.

    PostgreSQL's operator ``<n>`` knows one distance and one order.
    """
    placed = [
        _placed(first, second, step) for first, second in ((one, other), (other, one)) for step in _steps(first, within)
    ]
    return " | ".join(f"({chain})" for chain in dict.fromkeys(placed))


def _steps(first: Sequence[str], within: int) -> range:
    return range(len(first) + within)


def _placed(first: Sequence[str], second: Sequence[str], step: int) -> str:
    """Write two runs, the second ``step`` words after the first begins; where they overlap a word must be both."""
    wanted: dict[int, list[str]] = {}
    for start, tokens in ((0, first), (step, second)):
        for place, token in enumerate(tokens, start):
            wanted.setdefault(place, []).append(token)
    chain, last = "", 0
    for place, tokens in sorted(wanted.items()):
        both = f"({' <0> '.join(tokens)})" if len(tokens) > 1 else tokens[0]
        chain += f" <{place - last}> {both}" if chain else both
        last = place
    return chain


def _window(tokens: Sequence[str], within: int) -> str:
    """Write three words or more: one of them comes first, and each of the others at most ``within`` words after it.

    Inside a phrase PostgreSQL joins by ``&`` what begins at the same place: ``<0>`` makes it a phrase.
    """
    ways = []
    for first in dict.fromkeys(tokens):
        others = list(tokens)
        others.remove(first)
        after = (
            "(" + " | ".join(f"({first} <{step}> {other})" for step in range(within + 1)) + ")"
            for other in dict.fromkeys(others)
        )
        ways.append(f"({first} <0> ({' & '.join(after)}))")
    return " | ".join(ways)


def _tokens(run: Run) -> list[str]:
    """Quote each token, so that none can be an operator; the last of a beginning may go on."""
    quoted = [f"'{token}'" for token in run.tokens]
    if run.is_prefix:
        quoted[-1] += ":*"
    return quoted
