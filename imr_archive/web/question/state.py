"""What a reader asks of the archive, parsed once from the query string into one value.

The state alone gives the list, the counts, the facets and every link on the page; links are made by asking it for its
neighbour states. Whether a value exists is not its business: the filters say so.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlencode

from imr_archive.search.facets.selection import Unit
from imr_archive.search.query.thesaurus import read_question
from imr_archive.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from django.utils.datastructures import MultiValueDict

    from imr_archive.search.query.parser import SearchQuery

WORDS_VAR = "q"
EXACT_VAR = "exact"
SHOW_VAR = "show"
SORT_VAR = "sort"
PAGE_VAR = "page"
# Facets of a disputed item, which must hold for one and the same item, then facets of its determination.
FACET_VARS = (
    "treatment",
    "outcome",
    "guideline",
    "ca_guideline",
    "basis",
    "ca_basis",
    "body_part",
    "specialty",
    "state",
    "year",
    "case_outcome",
    "sex",
    "age",
)
STEP = "/"
_BEFORE_FACETS = (WORDS_VAR, EXACT_VAR)
# Every parameter, in the order of a query string.
VARS = (*_BEFORE_FACETS, *FACET_VARS, SHOW_VAR, SORT_VAR, PAGE_VAR)


class Sort(Vocabulary):
    """The orders of the result list."""

    RELEVANCE = "relevance", "Best match"
    NEWEST = "newest", "Newest"
    OLDEST = "oldest", "Oldest"
    MOST_ITEMS = "items", "Most items"


@dataclass(frozen=True, slots=True)
class SearchState:
    """Words, chosen facet values, unit, order and page. Equal questions are equal states and have one query string.

    ``exact`` searches for the words alone, without what the thesaurus knows to mean the same. ``problems`` are
    sentences about what the query string held and no state can; they are no part of the question.
    """

    words: str = ""
    exact: bool = False
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    show: Unit = Unit.ITEMS
    sort: Sort | None = None
    page: int = 1
    problems: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_query(cls, query: MultiValueDict[str, str]) -> SearchState:
        """Read a query string; any string at all. Parameters that are not ours are left out."""
        problems = []
        sort = page = None
        show: Unit | None = Unit.ITEMS
        if asked := query.get(SHOW_VAR):
            show = next((known for known in Unit if known == asked), None)
            if show is None:
                problems.append(f"“{asked}” can’t be counted; choose items or determinations.")
        if asked := query.get(SORT_VAR):
            sort = next((known for known in Sort if known == asked), None)
            if sort is None:
                problems.append(f"There is no order named “{asked}”; choose relevance, newest, oldest or items.")
        if asked := query.get(PAGE_VAR):
            page = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0
            if page < 1:
                problems.append(f"“{asked}” is no page number; this is the first page.")
        chosen = {name: query.getlist(name) for name in FACET_VARS}
        words = " ".join((query.get(WORDS_VAR) or "").split())
        return cls(
            words=words,
            exact=bool(words) and is_exact(query),
            chosen=_canonical(chosen),
            show=show or Unit.ITEMS,
            sort=sort,
            page=page or 1,
            problems=tuple(problems),
        )

    @property
    def query(self) -> SearchQuery:
        """The words as a search query."""
        return read_question(self.words, exact=self.exact)

    @property
    def order(self) -> Sort:
        """The order that holds: the one asked for where it makes sense, else by relevance to the words, else newest."""
        ranked = bool(self.query.positive_leaves)
        if self.sort is None or (self.sort is Sort.RELEVANCE and not ranked):
            return Sort.RELEVANCE if ranked else Sort.NEWEST
        return self.sort

    @property
    def is_narrowed(self) -> bool:
        """Whether anything at all is asked for."""
        return bool(self.chosen or self.query)

    def values(self, name: str) -> tuple[str, ...]:
        """Return the chosen values of one facet."""
        return dict(self.chosen).get(name, ())

    def with_value(self, name: str, value: str) -> SearchState:
        """Choose a value. It takes the place of the values above and below it, so that a choice always narrows."""
        kept = [each for each in self.values(name) if not _related(each, value)]
        return self._choosing(name, [*kept, value])

    def toggles(self, name: str) -> Callable[[str], str]:
        """Return what gives the query string with a value of a facet chosen, or given up if it is chosen.

        It is that of ``with_value`` or ``without_value``, without working out the rest of the state for each value.
        """
        own = self.values(name)
        before: list[tuple[str, str]] = []
        after: list[tuple[str, str]] = []
        for pair in replace(self, page=1).pairs:
            if pair[0] != name:
                is_before = pair[0] in _BEFORE_FACETS or pair[0] in FACET_VARS[: FACET_VARS.index(name)]
                (before if is_before else after).append(pair)
        prefix, suffix = urlencode(before, safe=STEP), urlencode(after, safe=STEP)

        def toggled(value: str) -> str:
            kept = [each for each in own if each != value]
            if value not in own:
                kept = sorted([*(each for each in own if not _related(each, value)), value])
            chosen = "&".join(f"{name}={quote_plus(each, safe=STEP)}" for each in kept)
            query = "&".join(part for part in (prefix, chosen, suffix) if part)
            return f"?{query}" if query else ""

        return toggled

    def without_value(self, name: str, value: str) -> SearchState:
        """Give up one value."""
        return self._choosing(name, [each for each in self.values(name) if each != value])

    def without_values(self, name: str) -> SearchState:
        """Give up every value of a facet."""
        return self._choosing(name, ())

    def with_words(self, words: str) -> SearchState:
        """Ask for other words; without any, as if none had been typed."""
        return replace(self, words=words, page=1) if words else self.without_words()

    def without_words(self) -> SearchState:
        """Give up the words, and the order by relevance to them."""
        return replace(self, words="", exact=False, sort=None if self.sort is Sort.RELEVANCE else self.sort, page=1)

    def cleared(self) -> SearchState:
        """Give up the words and every value, keeping the unit and the order of the list."""
        return replace(self.without_words(), chosen=())

    def sorted_by(self, sort: Sort) -> SearchState:
        """Ask for another order, from its first page on."""
        return replace(self, sort=sort, page=1)

    def searched_exactly(self, exact: bool) -> SearchState:
        """Search for the words alone, or for what means the same, too."""
        return replace(self, exact=exact, page=1)

    def showing(self, unit: Unit) -> SearchState:
        """Count and list items, or determinations."""
        return replace(self, show=unit, page=1)

    def on_page(self, page: int) -> SearchState:
        """Turn to a page."""
        return replace(self, page=page)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The state as parameters in their canonical order, without what is left at its default."""
        pairs = [(WORDS_VAR, self.words)] if self.words else []
        if self.exact:
            pairs.append((EXACT_VAR, "1"))
        pairs += [(name, value) for name, values in self.chosen for value in values]
        if self.show is not Unit.ITEMS:
            pairs.append((SHOW_VAR, self.show.value))
        if self.sort:
            pairs.append((SORT_VAR, self.sort.value))
        if self.page > 1:
            pairs.append((PAGE_VAR, str(self.page)))
        return pairs

    @property
    def query_string(self) -> str:
        """The canonical query string, with its question mark; empty for the state that asks for nothing."""
        return f"?{encoded}" if (encoded := urlencode(self.pairs, safe=STEP)) else ""

    def _choosing(self, name: str, values: Iterable[str]) -> SearchState:
        return replace(self, chosen=_canonical(dict(self.chosen) | {name: tuple(values)}), page=1)


def is_exact(query: Mapping[str, Any]) -> bool:
    """Tell whether a query string asks for the words alone."""
    return query.get(EXACT_VAR) == "1"


def _canonical(chosen: Mapping[str, Iterable[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Put facets in their order and values in theirs, once each, without those that a chosen value above holds."""
    facets = []
    for name in FACET_VARS:
        asked = {value.strip() for value in chosen.get(name, ())} - {""}
        if values := tuple(sorted(value for value in asked if not asked.intersection(_above(value)))):
            facets.append((name, values))
    return tuple(facets)


def _above(value: str) -> list[str]:
    """Return the values of which this one is a part: for ``a/b/c``, ``a`` and ``a/b``."""
    steps = value.split(STEP)
    return [STEP.join(steps[:length]) for length in range(1, len(steps))]


def _related(one: str, other: str) -> bool:
    return one == other or one in _above(other) or other in _above(one)
