"""How the words of a question were read, with the number of items that each part finds alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.search.query.parser import SearchQuery
from imr_archive.search.query.tree import leaves_of
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
            sections=tuple(section.label for section in leaf.sections),
            also=leaf.also_printed if leaf.printed else (),
            is_negated=not is_positive,
            count=filtered.matching(SearchQuery(leaf)).size(search.question.show),
        )
        for leaf, is_positive in leaves
    ]
