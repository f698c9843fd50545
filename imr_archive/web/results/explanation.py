"""How and where the words of a question are looked for, with the number of items that each part finds alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.search.query.parser import SearchQuery
from imr_archive.search.query.tree import ITEM_SECTIONS, Scope, leaves_of
from imr_archive.web.question.parameters import WORDS_VAR

if TYPE_CHECKING:
    from imr_archive.web.question.search import Search


@dataclass(frozen=True, slots=True)
class LeafCount:
    """A leaf with the number of items or determinations that it finds alone under the filters.

    ``also`` are the synonyms searched with it.
    """

    printed: str
    sections: tuple[str, ...]
    also: tuple[str, ...]
    is_negated: bool
    count: int


@dataclass(frozen=True, slots=True)
class OtherScope:
    """The same words looked for in the other scope, with what they find there."""

    scope: Scope
    count: int
    url: str


def other_scope(search: Search) -> OtherScope | None:
    """Return the widening to the letters' summaries if it finds more, or the way back from it; else None."""
    question = search.question
    scope = Scope.ITEM if question.scope is Scope.LETTER else Scope.LETTER
    other = question.searched_in(scope)
    if other.query == question.query:
        return None
    count = search.without(WORDS_VAR).matching(other.query).size(question.show)
    if scope is Scope.LETTER and count <= search.selection.size(question.show):
        return None
    return OtherScope(scope, count, other.query_string)


def leaf_counts(search: Search) -> list[LeafCount]:
    """Count each leaf of the words alone; empty for a question of a single leaf."""
    root = search.question.query.root
    leaves = [*leaves_of(root)] if root else []
    if len(leaves) < 2:
        return []
    filtered = search.without(WORDS_VAR)
    return [
        LeafCount(
            printed=leaf.printed or " / ".join(leaf.also_printed),
            sections=() if leaf.sections == ITEM_SECTIONS else tuple(section.label for section in leaf.sections),
            also=leaf.also_printed if leaf.printed else (),
            is_negated=not is_positive,
            count=filtered.matching(SearchQuery(leaf)).size(search.question.show),
        )
        for leaf, is_positive in leaves
    ]
