"""Widens the words of a question by what means the same in these letters: PT, physical therapy. Pure.

Words inside quotes and words with operators of their own stand as typed.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from imr_archive.search.query.parser import SearchQuery, parse_query
from imr_archive.search.query.stems import stem, tokens_of
from imr_archive.search.query.tree import ITEM_SECTIONS, And, Leaf, Node, Not, Or, Run, Scope, with_sections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.search.query.tree import Section

_TABLE = Path(__file__).with_name("thesaurus.toml")

_Stems: TypeAlias = tuple[str, ...]


# A page reads its question several times.
@lru_cache(maxsize=256)
def read_question(text: str, *, exact: bool = False, scope: Scope = Scope.ITEM) -> SearchQuery:
    """Read what a user typed and, unless it is to be exact, widen it; limit it to a scope."""
    query = parse_query(text)
    return in_scope(query if exact else widened(query), scope)


def in_scope(query: SearchQuery, scope: Scope) -> SearchQuery:
    """Limit the words that have no section of their own to a scope."""
    if query.root is None or scope is Scope.LETTER:
        return query
    return replace(query, root=with_sections(query.root, ITEM_SECTIONS))


def wordings_of(text: str) -> tuple[str, ...]:
    """Return the other wordings of a whole text that the thesaurus knows: of "Norco", "hydrocodone" and others."""
    return _wordings().get(tuple(map(stem, tokens_of(text))), ())


def widened(query: SearchQuery) -> SearchQuery:
    """Let each word, and each run of words that the thesaurus knows, be found by its other wordings too."""
    return query if query.root is None else replace(query, root=_widened(query.root))


def _widened(node: Node) -> Node:
    match node:
        case Leaf():
            return _with_wordings(node, _wordings().get(_stems([node]), ()))
        case Not(part):
            return Not(_widened(part))
        case Or(parts):
            return Or(tuple(map(_widened, parts)))
        case And(parts):
            kept = _widened_neighbours(parts)
            return kept[0] if len(kept) == 1 else And(tuple(kept))


def _widened_neighbours(parts: Sequence[Node]) -> list[Node]:
    """Widen parts that must all hold; typed side by side, "physical therapy" is one wording, the longest first."""
    longest = max(map(len, _wordings()))
    kept: list[Node] = []
    at = 0
    while at < len(parts):
        for size in range(min(longest, len(parts) - at), 1, -1):
            together = parts[at : at + size]
            leaves = [part for part in together if isinstance(part, Leaf)]
            others = _wordings().get(_stems(leaves), ()) if len(leaves) == size else ()
            if others and len({leaf.sections for leaf in leaves}) == 1:
                kept.append(Or((And(tuple(leaves)), _added(others, leaves[0].sections))))
                at += size
                break
        else:
            kept.append(_widened(parts[at]))
            at += 1
    return kept


def _added(wordings: Sequence[str], sections: tuple[Section, ...]) -> Leaf:
    first, *rest = (Run(tokens_of(each)) for each in wordings)
    return Leaf("", (first,), sections=sections, also=tuple(rest), also_printed=tuple(wordings))


def _with_wordings(leaf: Leaf, wordings: Sequence[str]) -> Leaf:
    if not wordings:
        return leaf
    return replace(leaf, also=tuple(Run(tokens_of(each)) for each in wordings), also_printed=tuple(wordings))


def _stems(leaves: Sequence[Leaf]) -> _Stems:
    """Return the stems of plain words; no stems, which no wording has, where one of them is not plain."""
    if not all(leaf.is_plain for leaf in leaves):
        return ()
    return tuple(stem(token) for leaf in leaves for token in leaf.runs[0].tokens)


@cache
def _wordings() -> dict[_Stems, tuple[str, ...]]:
    """Return the other wordings of each wording, by its stems."""
    found: dict[_Stems, tuple[str, ...]] = {}
    with _TABLE.open("rb") as table:
        groups = tomllib.load(table)["group"]
    for group in groups:
        words = group["words"]
        for typed in (*words, *group.get("ambiguous", ())):
            stems = tuple(map(stem, tokens_of(typed)))
            found[stems] = tuple(each for each in words if each != typed)
    return {stems: others for stems, others in found.items() if others}
