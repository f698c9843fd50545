"""The previous and the next determination in the results from which a determination was opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse

from imr_archive.models import Determination, DisputedItem
from imr_archive.search.facets.selection import Unit
from imr_archive.web.results.result_page import PAGE_SIZES, listed_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imr_archive.web.question.search import Search


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Links to the cards before and after a determination in a result list; None at the ends.

    ``rank`` is the place of the determination, or of its first listed item, among ``total`` in the list's unit.
    """

    rank: int
    total: int
    unit: Unit
    previous: str | None
    next: str | None


class _Card(NamedTuple):
    """A determination on one page of the list; ``offset`` is the place of its first key in the whole list, from 0."""

    page: int
    determination: int
    reference: str
    offset: int


def neighbours_of(determination: Determination, search: Search) -> Neighbours | None:
    """Return the neighbours of a determination in the results, if it is on the question's page or on one beside it.

    The links from a list carry its page number, so that three pages of keys are enough however long the list is.
    """
    question = search.question
    size, total = PAGE_SIZES[question.view], search.selection.size(question.show)
    page = min(question.page, max(1, -(-total // size)))
    first = max(0, page - 2) * size
    keys = listed_keys(search, offset=first, limit=(page + 1) * size - first).keys
    cards = [*_cards(keys, question.show, first, size)]
    places = [place for place, card in enumerate(cards) if card.determination == determination.pk]
    if not places:
        return None
    place = min(places, key=lambda each: abs(cards[each].page - page))

    def link(found: Iterable[_Card]) -> str | None:
        card = next((each for each in found if each.determination != determination.pk), None)
        if card is None:
            return None
        return reverse("web:determination", args=[card.reference]) + question.on_page(card.page).query_string

    return Neighbours(
        rank=cards[place].offset + 1,
        total=total,
        unit=question.show,
        previous=link(reversed(cards[:place])),
        next=link(cards[place + 1 :]),
    )


def _cards(keys: Sequence[int], unit: Unit, first: int, size: int) -> Iterator[_Card]:
    """Yield the cards of some pages in order: each determination once a page, as the list groups its items."""
    if unit is Unit.ITEMS:
        items = DisputedItem.objects.filter(pk__in=keys).order_by("pk")
        rows = [*items.values_list("pk", "determination_id", "determination__case_number")]
    else:
        rows = [*Determination.objects.filter(pk__in=keys).order_by("pk").values_list("pk", "pk", "case_number")]
    found = {key: (determination, number or str(determination)) for key, determination, number in rows}
    seen: set[tuple[int, int]] = set()
    for offset, key in enumerate(keys, first):
        # What was deleted since the list was counted is skipped.
        if key in found and (card := (offset // size + 1, found[key][0])) not in seen:
            seen.add(card)
            yield _Card(*card, found[key][1], offset)
