"""One page of the result list: disputed items under their determinations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.browse.cards import Card, cards_of
from imr_archive.browse.state import Sort
from imr_archive.index.paging import Order
from imr_archive.index.ranking import ranked_page

if TYPE_CHECKING:
    from imr_archive.browse.state import SearchState
    from imr_archive.index.selection import Selection

PAGE_SIZE = 25
_ORDERS = {Sort.NEWEST: Order.NEWEST, Sort.OLDEST: Order.OLDEST, Sort.MOST_ITEMS: Order.MOST_ITEMS}


@dataclass(frozen=True, slots=True)
class ResultPage:
    """A page of cards. ``number`` is the page shown, which may be nearer than the one asked for.

    ``ranked_among`` tells that only so many of the newest items were ranked; None: all were.
    """

    cards: tuple[Card, ...]
    number: int
    pages: int
    problem: str
    ranked_among: int | None = None


def result_page(selection: Selection, state: SearchState) -> ResultPage:
    """Return the state's page: of items, under their letters, or of letters, with their items of the selection."""
    size = selection.size(state.show)
    pages = max(1, -(-size // PAGE_SIZE))
    number = min(state.page, pages)
    problem = f"There is no page {state.page:,}; this is the last one." if size and number < state.page else ""
    keys, ranked_among = _page_keys(selection, state, offset=(number - 1) * PAGE_SIZE)
    return ResultPage(cards_of(selection, state, keys), number, pages, problem, ranked_among)


def _page_keys(selection: Selection, state: SearchState, *, offset: int) -> tuple[list[int], int | None]:
    if state.order is Sort.RELEVANCE:
        ranked = ranked_page(selection, state.query, state.show, offset=offset, limit=PAGE_SIZE)
        return ranked.keys, ranked.among
    return selection.page(_ORDERS[state.order], state.show, offset=offset, limit=PAGE_SIZE), None
