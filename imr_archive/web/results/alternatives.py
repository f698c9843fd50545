"""Alternative questions for one that finds nothing: another spelling, or one condition less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.search.facets.dimensions import DIMENSIONS, YEAR
from imr_archive.search.facets.words.spelling import similar_words
from imr_archive.search.query.parser import SearchQuery, parse_query
from imr_archive.search.query.thesaurus import in_scope
from imr_archive.search.query.tree import leaves_of, printed, replaced
from imr_archive.web.question.active_filters import arrival_in_words
from imr_archive.web.question.parameters import SINCE_VAR, WORDS_VAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imr_archive.search.query.tree import Leaf, Node
    from imr_archive.web.question.question import Question
    from imr_archive.web.question.search import Search


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another question with the number of items or determinations it finds; ``change`` says how it differs."""

    change: str
    label: str
    count: int
    url: str


def alternatives(search: Search) -> list[Alternative]:
    """Return questions close to one that finds nothing, which do find something: likely spellings first."""
    found = [*_other_spellings(search)]
    shortened = [*_without_a_leaf(search), *_without_a_filter(search)]
    found += sorted(shortened, key=lambda each: -each.count)
    return found or [*_one_leaf_alone(search)]


def _other_spellings(search: Search) -> Iterator[Alternative]:
    """Yield the question with a misspelled word corrected; with several such words, first all of them corrected."""

    def found(leaf: Leaf) -> int:
        return search.everything.matching(in_scope(SearchQuery(leaf), search.question.scope)).size()

    spelled: list[tuple[Leaf, list[Leaf]]] = []
    for _, leaf in _typed(search.question):
        if leaf.is_plain and not found(leaf):
            likely = (parse_query(word).leaves[0] for word in similar_words(search.snapshot, leaf.printed.lower()))
            spelled.append((leaf, [each for each in likely if found(each)]))
    spelled = [(leaf, likely) for leaf, likely in spelled if likely]
    choices = [{leaf: likely[0] for leaf, likely in spelled}] if len(spelled) > 1 else []
    choices += [{leaf: each} for leaf, likely in spelled for each in likely]
    for choice in choices:
        root: Node | None = parse_query(search.question.words).root
        for leaf, other in choice.items():
            root = replaced(root, leaf, other) if root else None
        corrected = search.question.with_words(printed(root))
        if count := _count(search, corrected):
            yield Alternative("Did you mean", corrected.words, count, corrected.query_string)


def _one_leaf_alone(search: Search) -> Iterator[Alternative]:
    for _, leaf in _typed(search.question):
        alone = search.question.with_words(printed(leaf))
        if count := _count(search, alone):
            yield Alternative("Only", alone.words, count, alone.query_string)


def _without_a_leaf(search: Search) -> Iterator[Alternative]:
    for root, leaf in _typed(search.question):
        rest = search.question.with_words(printed(replaced(root, leaf, None)))
        if count := _count(search, rest):
            yield Alternative("Without", leaf.printed, count, rest.query_string)


def _without_a_filter(search: Search) -> Iterator[Alternative]:
    question = search.question
    for dimension in DIMENSIONS:
        if question.limits(dimension.name):
            rest = question.without_values(dimension.name)
            if count := search.without(dimension.name).size(question.show):
                listed = " or ".join(search.label_of(dimension, value) for value in question.values(dimension.name))
                years = question.year_range if dimension.name == YEAR else ""
                named = " and ".join(filter(None, (listed, years)))
                yield Alternative("Without", f"{dimension.phrase} {named}", count, rest.query_string)
    if question.has_arrival and (count := search.without(SINCE_VAR).size(question.show)):
        rest = question.arrived(None)
        yield Alternative("Without", f"arrived {arrival_in_words(question)}", count, rest.query_string)


def _typed(question: Question) -> list[tuple[Node, Leaf]]:
    """Return the leaves as they were typed, without synonyms, each with the root of the tree."""
    root = parse_query(question.words).root
    return [(root, leaf) for leaf, _ in leaves_of(root)] if root else []


def _count(search: Search, other: Question) -> int:
    """Count what other words find under the same filters."""
    return search.without(WORDS_VAR).matching(other.query).size(other.show)
