"""The question: everything that a reader asks of the archive, as one value made from the query string.

The question alone determines the list, the counts, the facets and every link on a page. Links are made by asking it
for its neighbours: ``question.with_value("outcome", "upheld").query_string``. Whether a chosen value exists is checked
by ``QuestionReader``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlencode

from imr_archive.search.facets.dimensions import YEAR
from imr_archive.search.facets.sections import STEP
from imr_archive.search.facets.selection import Unit
from imr_archive.search.query.thesaurus import read_question
from imr_archive.search.query.tree import Scope
from imr_archive.web.question.parameters import (
    ARRIVAL_VARS,
    BEFORE_FACETS,
    COLUMNS_VAR,
    EXACT_VAR,
    FACET_VARS,
    PAGE_VAR,
    SCOPE_VAR,
    SHOW_VAR,
    SINCE_VAR,
    SORT_VAR,
    UNTIL_VAR,
    VALUES_VAR,
    VIEW_VAR,
    WORDS_VAR,
    YEAR_FROM_VAR,
    YEAR_RANGE_VARS,
    YEAR_TO_VAR,
    Sort,
    TableColumn,
    ValueSort,
    View,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from imr_archive.search.query.parser import SearchQuery


@dataclass(frozen=True)
class Question:
    """Words, chosen facet values, unit, order and page. Equal questions are equal values and have one query string.

    ``exact`` searches for the words alone, without the synonyms of the thesaurus. ``scope`` is where words are looked
    for. ``year_from`` and ``year_to`` are the first and the last year of the decision, ``since`` and ``until`` the
    first and the last day of arrival. ``value_sort`` is the order of the facets' values. ``columns`` are those chosen
    for the table and for downloads; none are the usual ones.
    """

    words: str = ""
    exact: bool = False
    scope: Scope = Scope.ITEM
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    since: date | None = None
    until: date | None = None
    show: Unit = Unit.ITEMS
    sort: Sort | None = None
    value_sort: ValueSort = ValueSort.COUNT
    view: View = View.CARDS
    columns: tuple[TableColumn, ...] = ()
    page: int = 1

    @property
    def query(self) -> SearchQuery:
        """The words as a search query."""
        return read_question(self.words, exact=self.exact, scope=self.scope)

    @property
    def is_about_letters(self) -> bool:
        """Whether items are found by words of their letter's summary, which all items of the letter share."""
        return self.scope is Scope.LETTER and self.query != self.searched_in(Scope.ITEM).query

    @property
    def order(self) -> Sort:
        """The order of the list: the one asked for where it applies, else by relevance to the words, else newest."""
        ranked = bool(self.query.positive_leaves)
        if self.sort is None or (self.sort is Sort.RELEVANCE and not ranked):
            return Sort.RELEVANCE if ranked else Sort.NEWEST
        return self.sort

    @property
    def is_narrowed(self) -> bool:
        """Whether any condition is set."""
        return bool(self.chosen or self.has_year_range or self.has_arrival or self.query)

    @property
    def has_year_range(self) -> bool:
        """Whether the year of the decision is limited by its first or last year."""
        return self.year_from is not None or self.year_to is not None

    @property
    def year_range(self) -> str:
        """The range of years in words: "2014–2016", "since 2014" or "until 2016"; empty without one."""
        if self.year_from is not None and self.year_to is not None:
            same = self.year_from == self.year_to
            return str(self.year_from) if same else f"{self.year_from}–{self.year_to}"
        if self.year_from is not None:
            return f"since {self.year_from}"
        return f"until {self.year_to}" if self.year_to is not None else ""

    @property
    def has_arrival(self) -> bool:
        """Whether the day of arrival is limited."""
        return self.since is not None or self.until is not None

    def limits(self, name: str) -> bool:
        """Return whether the question has a condition on the words, on a facet or on the arrival."""
        if name == WORDS_VAR:
            return bool(self.words)
        if name in ARRIVAL_VARS:
            return self.has_arrival
        return bool(self.values(name)) or (name == YEAR and self.has_year_range)

    def values(self, name: str) -> tuple[str, ...]:
        """Return the chosen values of one facet."""
        return dict(self.chosen).get(name, ())

    def with_value(self, name: str, value: str) -> Question:
        """Choose a value. It replaces the values above and below it, so that a choice always narrows."""
        kept = [each for each in self.values(name) if not _related(each, value)]
        return self._choosing(name, [*kept, value])

    def toggles(self, name: str) -> Callable[[str], str]:
        """Return a function that gives the query string with a value of a facet chosen, or removed if it is chosen.

        The result equals that of ``with_value`` or ``without_value``, but the other parameters are encoded only once:
        a page has hundreds of these links.
        """
        own = self.values(name)
        before: list[tuple[str, str]] = []
        after: list[tuple[str, str]] = []
        for pair in replace(self, page=1).pairs:
            if pair[0] != name:
                is_before = pair[0] in BEFORE_FACETS or pair[0] in FACET_VARS[: FACET_VARS.index(name)]
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

    def without_value(self, name: str, value: str) -> Question:
        """Remove one value."""
        return self._choosing(name, [each for each in self.values(name) if each != value])

    def without_values(self, name: str) -> Question:
        """Remove every value of a facet; of the years, the range too."""
        return (self.without_year_range() if name == YEAR else self)._choosing(name, ())

    def without_year_range(self) -> Question:
        """Remove the first and the last year."""
        return replace(self, year_from=None, year_to=None, page=1)

    def arrived(self, since: date | None, until: date | None = None) -> Question:
        """Keep what arrived from one day to another; None leaves that end open."""
        return replace(self, since=since, until=until, page=1)

    def with_words(self, words: str) -> Question:
        """Replace the words; empty words remove them."""
        return replace(self, words=words, page=1) if words else self.without_words()

    def without_words(self) -> Question:
        """Remove the words, and the order by relevance with them."""
        sort = None if self.sort is Sort.RELEVANCE else self.sort
        return replace(self, words="", exact=False, scope=Scope.ITEM, sort=sort, page=1)

    def cleared(self) -> Question:
        """Remove the words and every value; keep the unit and the order of the list."""
        return replace(self.without_words(), chosen=(), year_from=None, year_to=None, since=None, until=None)

    def sorted_by(self, sort: Sort) -> Question:
        """Change the order and go to its first page."""
        return replace(self, sort=sort, page=1)

    def searched_exactly(self, exact: bool) -> Question:
        """Search with or without synonyms."""
        return replace(self, exact=exact, page=1)

    def searched_in(self, scope: Scope) -> Question:
        """Look for the words in the item alone, or in its letter's summary, too."""
        return replace(self, scope=scope, page=1)

    def showing(self, unit: Unit) -> Question:
        """Count and list items, or determinations."""
        return replace(self, show=unit, page=1)

    def viewed_as(self, view: View) -> Question:
        """List cards, or a table. The pages of the two differ in length."""
        return replace(self, view=view, page=1)

    def on_page(self, page: int) -> Question:
        """Go to a page."""
        return replace(self, page=page)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters in their canonical order, without those at their default."""
        pairs = [(WORDS_VAR, self.words)] if self.words else []
        if self.exact:
            pairs.append((EXACT_VAR, "1"))
        if self.scope is not Scope.ITEM:
            pairs.append((SCOPE_VAR, self.scope.value))
        pairs += [(name, value) for name, values in self.chosen for value in values]
        years = ((YEAR_FROM_VAR, self.year_from), (YEAR_TO_VAR, self.year_to))
        pairs += [(name, str(year)) for name, year in years if year is not None]
        days = ((SINCE_VAR, self.since), (UNTIL_VAR, self.until))
        pairs += [(name, day.isoformat()) for name, day in days if day is not None]
        if self.show is not Unit.ITEMS:
            pairs.append((SHOW_VAR, self.show.value))
        if self.sort:
            pairs.append((SORT_VAR, self.sort.value))
        if self.value_sort is not ValueSort.COUNT:
            pairs.append((VALUES_VAR, self.value_sort.value))
        if self.view is not View.CARDS:
            pairs.append((VIEW_VAR, self.view.value))
        pairs += [(COLUMNS_VAR, column.value) for column in self.columns]
        if self.page > 1:
            pairs.append((PAGE_VAR, str(self.page)))
        return pairs

    @property
    def pairs_beside_filters(self) -> list[tuple[str, str]]:
        """The parameters that the form of the filters has no field for, but for the page."""
        filters = (*FACET_VARS, *YEAR_RANGE_VARS, SINCE_VAR, UNTIL_VAR, VALUES_VAR, PAGE_VAR)
        return [pair for pair in self.pairs if pair[0] not in filters]

    @property
    def pairs_beside_columns(self) -> list[tuple[str, str]]:
        """The parameters that the form of the columns has no field for, but for the page."""
        return [pair for pair in self.pairs if pair[0] not in (COLUMNS_VAR, PAGE_VAR)]

    @property
    def filter_pairs(self) -> list[tuple[str, str]]:
        """The parameters that stay when new words are typed: all but the words, their order and the page."""
        return [pair for pair in self.pairs if pair[0] not in (WORDS_VAR, SORT_VAR, PAGE_VAR)]

    @cached_property
    def query_string(self) -> str:
        """The canonical query string, with its question mark; empty for the question that asks for nothing."""
        return f"?{encoded}" if (encoded := urlencode(self.pairs, safe=STEP)) else ""

    def _choosing(self, name: str, values: Iterable[str]) -> Question:
        return replace(self, chosen=canonical_choices(dict(self.chosen) | {name: tuple(values)}), page=1)


def canonical_choices(chosen: Mapping[str, Iterable[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Sort facets and values, without duplicates and without values below another chosen value."""
    facets = []
    for name in FACET_VARS:
        asked = {value.strip() for value in chosen.get(name, ())} - {""}
        if values := tuple(sorted(value for value in asked if not asked.intersection(_above(value)))):
            facets.append((name, values))
    return tuple(facets)


def _above(value: str) -> list[str]:
    """Return the values above this one: for ``a/b/c``, ``a`` and ``a/b``."""
    steps = value.split(STEP)
    return [STEP.join(steps[:length]) for length in range(1, len(steps))]


def _related(one: str, other: str) -> bool:
    return one == other or one in _above(other) or other in _above(one)
