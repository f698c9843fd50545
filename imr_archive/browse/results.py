"""One page of the result list: disputed items under their determinations."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.utils.text import get_text_list

from imr_archive.browse.state import Sort
from imr_archive.index.paging import Order
from imr_archive.index.ranking import ranked_page
from imr_archive.index.selection import Unit
from imr_archive.models import (
    Determination,
    DisputedItem,
    GuidelineCitation,
    GuidelineMention,
    ItemBodyPart,
    ItemTreatment,
)
from imr_archive.search.passages import Snippet, best_snippet
from imr_archive.search.tree import Section
from imr_archive.vocabulary import Basis, CitedBy, DiagnosticCode, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

    from imr_archive.browse.state import SearchState
    from imr_archive.index.selection import Selection
    from imr_archive.models import Treatment
    from imr_archive.search.tree import Leaf

PAGE_SIZE = 25
# Of a letter with dozens of matching items, a list of letters shows the first few; its page shows them all.
ITEMS_SHOWN = 5
GUIDELINES_SHOWN = 2

_ORDERS = {Sort.NEWEST: Order.NEWEST, Sort.OLDEST: Order.OLDEST, Sort.MOST_ITEMS: Order.MOST_ITEMS}
# Where what is fetched along with an item is found on it.
_TREATMENTS, _BODY_PARTS = "treatment_rows", "body_part_rows"
_CITATIONS, _MENTIONS = "citation_rows", "mention_rows"

_SUMMARY = "clinical summary"
# What a snippet is taken from, by the place of the text.
_SOURCES = ("rationale", "request", "request", "request", "reviewer’s guideline", "administrator’s guideline", _SUMMARY)
_SUMMARY_SOURCE = _SOURCES.index(_SUMMARY)
# The description stands above the snippet, with its words marked.
_DESCRIPTION = 1


@dataclass(frozen=True, slots=True)
class Reliance:
    """What one side relied on, in brief: each guideline once, with its first section, and how many more there are."""

    basis: Basis
    guidelines: tuple[tuple[str, str], ...]
    more: int


@dataclass(frozen=True, slots=True)
class ItemCard:
    """A matching item; ``section`` names what the snippet was taken from, unless it is the rationale.

    ``elsewhere`` names the words that the snippet doesn't show, and where they stand.
    """

    item: DisputedItem
    treatments: tuple[str, ...]
    sides: tuple[tuple[str, Reliance], ...]
    doubts: tuple[str, ...]
    snippet: Snippet | None
    section: str
    elsewhere: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A determination on the result list."""

    determination: Determination
    items: tuple[ItemCard, ...]
    remainder: str


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
    return ResultPage(_cards(selection, state, keys), number, pages, problem, ranked_among)


def _page_keys(selection: Selection, state: SearchState, *, offset: int) -> tuple[list[int], int | None]:
    if state.order is Sort.RELEVANCE:
        ranked = ranked_page(selection, state.query, state.show, offset=offset, limit=PAGE_SIZE)
        return ranked.keys, ranked.among
    return selection.page(_ORDERS[state.order], state.show, offset=offset, limit=PAGE_SIZE), None


def _cards(selection: Selection, state: SearchState, keys: Sequence[int]) -> tuple[Card, ...]:
    if state.show is Unit.DETERMINATIONS:
        wanted = [key for determination in keys for key in selection.items_of(determination)[:ITEMS_SHOWN]]
    else:
        wanted = [*keys]
    found = with_facts(DisputedItem.objects.filter(pk__in=wanted).order_by()).in_bulk()
    # In the order of the page; a letter that was deleted since it was counted is left out.
    matching: dict[int, list[DisputedItem]] = {}
    for key in wanted:
        if key in found:
            matching.setdefault(found[key].determination_id, []).append(found[key])
    determinations = Determination.objects.order_by().select_related("reviewer", "text").in_bulk(matching)
    outcomes: dict[int, Counter[str]] = {key: Counter() for key in matching}
    of_letters = DisputedItem.objects.filter(determination__in=matching).order_by()
    for key, outcome in of_letters.values_list("determination", "outcome"):
        outcomes[key][outcome] += 1
    cards = []
    for key, items in matching.items():
        if key in determinations:
            items.sort(key=lambda item: item.position)
            rest = outcomes[key] - Counter(item.outcome for item in items)
            shown = _item_cards(determinations[key], items, state.query.positive_leaves)
            cards.append(Card(determinations[key], shown, remainder_sentence(rest)))
    return tuple(cards)


def _item_cards(
    determination: Determination, items: Sequence[DisputedItem], leaves: Sequence[Leaf]
) -> tuple[ItemCard, ...]:
    cards: list[ItemCard] = []
    for item in items:
        # The summary is the letter's: what it says is shown once, not under each item.
        is_shown = any(card.section == _SUMMARY for card in cards)
        cards.append(_item_card(item, determination.text.clinical_summary, leaves, summary_is_shown=is_shown))
    return tuple(cards)


def with_facts(items: QuerySet[DisputedItem]) -> QuerySet[DisputedItem]:
    """Fetch items with their text, treatments, body parts and citations."""
    return items.select_related("text").prefetch_related(
        Prefetch(
            "item_treatments",
            ItemTreatment.objects.order_by("position").select_related("treatment__parent__parent"),
            to_attr=_TREATMENTS,
        ),
        Prefetch(
            "item_body_parts", ItemBodyPart.objects.order_by("pk").select_related("body_part"), to_attr=_BODY_PARTS
        ),
        Prefetch(
            "citations",
            GuidelineCitation.objects.order_by("cited_by", "position").select_related("guideline"),
            to_attr=_CITATIONS,
        ),
    )


def with_mentions(items: QuerySet[DisputedItem]) -> QuerySet[DisputedItem]:
    """Fetch also the guidelines that the items' rationales mention."""
    return items.prefetch_related(
        Prefetch(
            "mentions", GuidelineMention.objects.order_by("position").select_related("guideline"), to_attr=_MENTIONS
        )
    )


def doubts_of(item: DisputedItem) -> tuple[str, ...]:
    """Return the parser's doubts about an item in words."""
    labels = {code.value: code.label for code in DiagnosticCode}
    return tuple(labels[code] for code in item.doubts if code in labels)


def citations_of(item: DisputedItem, side: CitedBy) -> tuple[GuidelineCitation, ...]:
    """Return one side's citations of an item that was fetched with its facts."""
    return tuple(citation for citation in item.citation_rows if citation.cited_by == side)


def treatment_line(treatment: Treatment) -> list[Treatment]:
    """Return a treatment that was fetched with its parents, after those above it."""
    return [*treatment_line(treatment.parent), treatment] if treatment.parent else [treatment]


def _item_card(item: DisputedItem, summary: str, leaves: Sequence[Leaf], *, summary_is_shown: bool) -> ItemCard:
    text = item.text
    texts = (
        (text.rationale, Section.RATIONALE),
        (text.description, Section.REQUEST),
        (text.original_request, Section.REQUEST),
        (text.authorized, Section.REQUEST),
        (text.reviewer_guideline, Section.GUIDELINE),
        (text.ca_guideline, Section.GUIDELINE),
        (summary, Section.SUMMARY),
    )
    snippet = best_snippet(
        texts, leaves, unshown={_DESCRIPTION, _SUMMARY_SOURCE} if summary_is_shown else {_DESCRIPTION}
    )
    return ItemCard(
        item=item,
        # The last two levels tell enough: "Imaging" by its category, "Tramadol" by its class.
        treatments=tuple(
            " › ".join(treatment.name for treatment in treatment_line(row.treatment)[-2:])
            for row in item.treatment_rows
        ),
        sides=(
            ("reviewer", _reliance(item, CitedBy.REVIEWER, item.reviewer_basis)),
            ("administrator", _reliance(item, CitedBy.CLAIMS_ADMINISTRATOR, item.ca_basis)),
        ),
        doubts=doubts_of(item),
        snippet=snippet,
        section=_SOURCES[snippet.source] if snippet and snippet.source else "",
        elsewhere=tuple(_elsewhere(snippet, leaves)) if snippet else (),
    )


def _elsewhere(snippet: Snippet, leaves: Sequence[Leaf]) -> Iterator[tuple[str, str]]:
    """Yield the words that stand outside the snippet and the card's heading, by what they stand in."""
    standing: dict[str, list[str]] = {}
    for leaf, source in snippet.elsewhere:
        if source != _DESCRIPTION:
            standing.setdefault(_SOURCES[source], []).append(leaves[leaf].printed or leaves[leaf].also_printed[0])
    for where, words in standing.items():
        yield get_text_list([f"“{each}”" for each in words], "and"), where


def _reliance(item: DisputedItem, side: CitedBy, basis: str) -> Reliance:
    sections: dict[str, str] = {}
    for citation in citations_of(item, side):
        sections.setdefault(citation.guideline.label, citation.section)
    return Reliance(Basis(basis), tuple(sections.items())[:GUIDELINES_SHOWN], max(0, len(sections) - GUIDELINES_SHOWN))


def remainder_sentence(rest: Counter[str]) -> str:
    """Say what became of a determination's other items: "4 more items in this determination, all upheld"."""
    total = rest.total()
    if not total:
        return ""
    said = [
        (rest[outcome], outcome.label.lower() if outcome else "without an outcome")
        for outcome in (*Outcome, "")
        if rest[outcome]
    ]
    items = "1 more item" if total == 1 else f"{total} more items"
    if len(said) == 1:
        how = said[0][1] if total == 1 else f"all {said[0][1]}"
    else:
        how = get_text_list([f"{number} {words}" for number, words in said], "and")
    return f"{items} in this determination, {how}"
