"""How a question was read, in numbers; and where nothing answers it, what to drop or what was probably meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.search.facets.dimensions import DIMENSIONS
from imr_archive.search.facets.selection import Selection
from imr_archive.search.facets.spelling import similar_words
from imr_archive.search.query.parser import SearchQuery, parse_query
from imr_archive.search.query.tree import leaves_of, printed, replaced
from imr_archive.web.question.state import WORDS_VAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imr_archive.search.query.tree import Leaf, Node
    from imr_archive.web.question.filters import ItemFilterSet
    from imr_archive.web.question.state import SearchState


@dataclass(frozen=True, slots=True)
class LeafCount:
    """A leaf with how many items, or letters, it finds by itself under the filters; ``also`` means the same to it."""

    printed: str
    sections: tuple[str, ...]
    also: tuple[str, ...]
    is_negated: bool
    count: int


@dataclass(frozen=True, slots=True)
class WayOut:
    """Another question, in place of one that nothing answers: what it changes, and what it finds."""

    change: str
    label: str
    count: int
    url: str


def leaf_counts(filterset: ItemFilterSet, state: SearchState) -> list[LeafCount]:
    """Count each leaf of the words by itself; nothing to say of a question of one plain leaf."""
    root = state.query.root
    leaves = [*leaves_of(root)] if root else []
    if len(leaves) < 2:
        return []
    filtered = filterset.without(WORDS_VAR)
    return [
        LeafCount(
            printed=leaf.printed or " / ".join(leaf.also_printed),
            sections=tuple(section.label for section in leaf.sections),
            also=leaf.also_printed if leaf.printed else (),
            is_negated=not is_positive,
            count=filtered.matching(SearchQuery(leaf)).size(state.show),
        )
        for leaf, is_positive in leaves
    ]


def ways_out(filterset: ItemFilterSet, state: SearchState) -> list[WayOut]:
    """Return the questions next to one that finds nothing and that find something: likelier spellings first."""
    ways = [*_other_spellings(filterset, state)]
    dropped = [*_without_a_leaf(filterset, state), *_without_a_filter(filterset, state)]
    ways += sorted(dropped, key=lambda way: -way.count)
    return ways or [*_one_leaf_alone(filterset, state)]


def _other_spellings(filterset: ItemFilterSet, state: SearchState) -> Iterator[WayOut]:
    """Yield the question with a word that stands nowhere spelled otherwise; all such words at once, if several."""
    snapshot = filterset.qs.snapshot
    everything = Selection.of_everything(snapshot)
    spelled: list[tuple[Leaf, list[Leaf]]] = []
    for _, leaf in _typed(state):
        if leaf.is_plain and not everything.matching(SearchQuery(leaf)).size():
            likely = (parse_query(word).leaves[0] for word in similar_words(snapshot, leaf.printed.lower()))
            spelled.append((leaf, [each for each in likely if everything.matching(SearchQuery(each)).size()]))
    spelled = [(leaf, likely) for leaf, likely in spelled if likely]
    choices = [{leaf: likely[0] for leaf, likely in spelled}] if len(spelled) > 1 else []
    choices += [{leaf: each} for leaf, likely in spelled for each in likely]
    for choice in choices:
        root: Node | None = parse_query(state.words).root
        for leaf, other in choice.items():
            root = replaced(root, leaf, other) if root else None
        corrected = state.with_words(printed(root))
        if count := _count(filterset.without(WORDS_VAR), corrected):
            yield WayOut("Did you mean", corrected.words, count, corrected.query_string)


def _one_leaf_alone(filterset: ItemFilterSet, state: SearchState) -> Iterator[WayOut]:
    for _, leaf in _typed(state):
        alone = state.with_words(printed(leaf))
        if count := _count(filterset.without(WORDS_VAR), alone):
            yield WayOut("Only", alone.words, count, alone.query_string)


def _without_a_leaf(filterset: ItemFilterSet, state: SearchState) -> Iterator[WayOut]:
    for root, leaf in _typed(state):
        rest = state.with_words(printed(replaced(root, leaf, None)))
        if count := _count(filterset.without(WORDS_VAR), rest):
            yield WayOut("Without", leaf.printed, count, rest.query_string)


def _without_a_filter(filterset: ItemFilterSet, state: SearchState) -> Iterator[WayOut]:
    for dimension in DIMENSIONS:
        if state.values(dimension.name):
            rest = state.without_values(dimension.name)
            if count := filterset.without(dimension.name).size(state.show):
                labels = filterset.labels(dimension.name)
                values = " or ".join(labels.get(value, f"“{value}”") for value in state.values(dimension.name))
                yield WayOut("Without", f"{dimension.phrase} {values}", count, rest.query_string)


def _typed(state: SearchState) -> list[tuple[Node, Leaf]]:
    """Return the leaves as they were typed, each with the whole question."""
    root = parse_query(state.words).root
    return [(root, leaf) for leaf, _ in leaves_of(root)] if root else []


def _count(filtered: Selection, state: SearchState) -> int:
    return filtered.matching(state.query).size(state.show)
