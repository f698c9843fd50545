"""One page of the result list: disputed items under their determinations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.search.facets.paging import Order
from imr_archive.search.facets.words.ranking import ranked_page
from imr_archive.web.question.parameters import Sort, View
from imr_archive.web.results.cards import Card, cards_of
from imr_archive.web.results.table import ResultTable, table_of

if TYPE_CHECKING:
    from imr_archive.web.question.search import Search

# The items, or determinations, of a page.
PAGE_SIZES = {View.CARDS: 25, View.TABLE: 50}
# The orders that need no words.
ORDERS = {
    Sort.NEWEST: Order.NEWEST,
    Sort.OLDEST: Order.OLDEST,
    Sort.MOST_ITEMS: Order.MOST_ITEMS,
    Sort.ARRIVED: Order.ARRIVED,
}


class ListedKeys(NamedTuple):
    """The primary keys of the items, or of the determinations, of a part of the list; ``ranked_among`` as below."""

    keys: list[int]
    ranked_among: int | None


class PageKeys(NamedTuple):
    """The primary keys of the items, or of the determinations, of a page.

    ``number`` is the last page where a later one was asked for. ``ranked_among`` is the number of newest items among
    which the best were ranked; None if all were ranked.
    """

    keys: list[int]
    number: int
    pages: int
    ranked_among: int | None


@dataclass(frozen=True, slots=True)
class ResultPage:
    """A page of cards, or of the table; ``number``, ``pages`` and ``ranked_among`` as in ``PageKeys``."""

    cards: tuple[Card, ...]
    table: ResultTable | None
    number: int
    pages: int
    problem: str
    ranked_among: int | None = None


def result_page(search: Search) -> ResultPage:
    """Return the page of a question: items under their determinations, or determinations with their selected items."""
    keys, number, pages, ranked_among = page_keys(search)
    asked = search.question.page
    problem = f"There is no page {asked:,}; this is the last one." if keys and number < asked else ""
    if search.question.view is View.TABLE:
        return ResultPage((), table_of(search, keys), number, pages, problem, ranked_among)
    return ResultPage(cards_of(search, keys), None, number, pages, problem, ranked_among)


def page_keys(search: Search) -> PageKeys:
    """Return the keys of a question's page, in its unit and order."""
    question, selection = search.question, search.selection
    limit = PAGE_SIZES[question.view]
    pages = max(1, -(-selection.size(question.show) // limit))
    number = min(question.page, pages)
    keys, ranked_among = listed_keys(search, offset=(number - 1) * limit, limit=limit)
    return PageKeys(keys, number, pages, ranked_among)


def listed_keys(search: Search, *, offset: int, limit: int) -> ListedKeys:
    """Return the keys of a part of a question's list, in its unit and order."""
    question, selection = search.question, search.selection
    if question.order is Sort.RELEVANCE:
        ranked = ranked_page(selection, question.query, question.show, offset=offset, limit=limit)
        return ListedKeys(ranked.keys, ranked.among)
    return ListedKeys(selection.page(ORDERS[question.order], question.show, offset=offset, limit=limit), None)
