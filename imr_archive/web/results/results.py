"""One page of the result list: disputed items under their determinations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.search.facets.paging import Order
from imr_archive.search.facets.ranking import ranked_page
from imr_archive.web.question.state import Sort
from imr_archive.web.results.cards import Card, cards_of

if TYPE_CHECKING:
    from imr_archive.search.facets.selection import Selection
    from imr_archive.web.question.state import SearchState

PAGE_SIZE = 25
# The orders that need no words.
ORDERS = {Sort.NEWEST: Order.NEWEST, Sort.OLDEST: Order.OLDEST, Sort.MOST_ITEMS: Order.MOST_ITEMS}


class PageKeys(NamedTuple):
    """The keys of a page, of items or of determinations. ``number`` may be nearer than the page asked for.

    ``ranked_among`` tells that only so many of the newest items were ranked; None: all were.
    """

    keys: list[int]
    number: int
    pages: int
    ranked_among: int | None


@dataclass(frozen=True, slots=True)
class ResultPage:
    """A page of cards, of the number and the kind that its ``PageKeys`` tell."""

    cards: tuple[Card, ...]
    number: int
    pages: int
    problem: str
    ranked_among: int | None = None


def result_page(selection: Selection, state: SearchState) -> ResultPage:
    """Return the state's page: of items, under their letters, or of letters, with their items of the selection."""
    keys, number, pages, ranked_among = page_keys(selection, state)
    problem = f"There is no page {state.page:,}; this is the last one." if keys and number < state.page else ""
    return ResultPage(cards_of(selection, state, keys), number, pages, problem, ranked_among)


def page_keys(selection: Selection, state: SearchState) -> PageKeys:
    """Return the keys of the state's page in the state's unit and order."""
    pages = max(1, -(-selection.size(state.show) // PAGE_SIZE))
    number = min(state.page, pages)
    offset = (number - 1) * PAGE_SIZE
    if state.order is Sort.RELEVANCE:
        ranked = ranked_page(selection, state.query, state.show, offset=offset, limit=PAGE_SIZE)
        return PageKeys(ranked.keys, number, pages, ranked.among)
    keys = selection.page(ORDERS[state.order], state.show, offset=offset, limit=PAGE_SIZE)
    return PageKeys(keys, number, pages, None)
