"""The cards of the result list: disputed items under their determinations."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.text import get_text_list

from imr_archive.models import Determination, DisputedItem
from imr_archive.models.readable import readable_rows
from imr_archive.search.facets.selection import Unit
from imr_archive.search.passages import Snippet, best_snippet
from imr_archive.search.query.tree import Section
from imr_archive.vocabulary import Basis, CitedBy, Outcome
from imr_archive.web.determinations.item_rows import doubts_of
from imr_archive.web.results.item_facts import ItemFacts, facts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imr_archive.search.query.tree import Leaf
    from imr_archive.vocabulary import ReasonCode
    from imr_archive.web.question.search import Search

# A list of determinations shows the first few matching items of each.
ITEMS_SHOWN = 5
GUIDELINES_SHOWN = 2

_SUMMARY = "clinical summary"
# The names of the texts that a snippet can be taken from, in the order of ``_item_card``.
_SOURCES = ("rationale", "request", "request", "request", "reviewer’s guideline", "administrator’s guideline", _SUMMARY)
_SUMMARY_SOURCE = _SOURCES.index(_SUMMARY)
# The index of the description, which is the heading of the card and never a snippet.
_DESCRIPTION = 1


@dataclass(frozen=True, slots=True)
class CardReliance:
    """What one side relied on: each guideline once with its first section, and the number of those left out."""

    basis: Basis
    guidelines: tuple[tuple[str, str], ...]
    more: int


@dataclass(frozen=True, slots=True)
class ItemCard:
    """A matching item; ``section`` names the text of the snippet, unless it is the rationale.

    ``elsewhere`` are the search words that the snippet does not show, with the names of the texts that contain them.
    """

    item: DisputedItem
    treatments: tuple[str, ...]
    body_parts: tuple[str, ...]
    reasons: tuple[ReasonCode, ...]
    sides: tuple[tuple[str, CardReliance], ...]
    doubts: tuple[str, ...]
    snippet: Snippet | None
    section: str
    elsewhere: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A determination on the result list; ``remainder`` is a sentence about its items that are not shown."""

    determination: Determination
    items: tuple[ItemCard, ...]
    remainder: str


def cards_of(search: Search, keys: Sequence[int]) -> tuple[Card, ...]:
    """Return the cards for the keys of a page, in order: of items, or of determinations, as the question shows."""
    selection, leaves = search.selection, search.question.query.positive_leaves
    if search.question.show is Unit.DETERMINATIONS:
        wanted = [key for determination in keys for key in selection.items_of(determination)[:ITEMS_SHOWN]]
    else:
        wanted = [*keys]
    rows = DisputedItem.objects.order_by().select_related("text")
    found = readable_rows(rows.in_bulk, wanted, what="Disputed item")
    facts = facts_of(wanted)
    # In the order of the page; what was deleted since it was counted is skipped.
    matching: dict[int, list[DisputedItem]] = {}
    for key in wanted:
        if key in found:
            matching.setdefault(found[key].determination_id, []).append(found[key])
    letters = Determination.objects.order_by().select_related("reviewer", "text")
    determinations = readable_rows(letters.in_bulk, [*matching], what="Determination")
    outcomes: dict[int, Counter[str]] = {key: Counter() for key in matching}
    of_letters = DisputedItem.objects.filter(determination__in=matching).order_by()
    for key, outcome in of_letters.values_list("determination", "outcome"):
        outcomes[key][outcome] += 1
    cards = []
    for key, items in matching.items():
        if key in determinations:
            items.sort(key=lambda item: item.position)
            rest = outcomes[key] - Counter(item.outcome for item in items)
            shown = _item_cards(determinations[key], items, facts, leaves)
            cards.append(Card(determinations[key], shown, remainder_sentence(rest)))
    return tuple(cards)


def _item_cards(
    determination: Determination, items: Sequence[DisputedItem], facts: Mapping[int, ItemFacts], leaves: Sequence[Leaf]
) -> tuple[ItemCard, ...]:
    cards: list[ItemCard] = []
    for item in items:
        # The summary belongs to the whole letter, so a snippet of it is shown once, not for each item.
        is_shown = any(card.section == _SUMMARY for card in cards)
        summary = determination.text.clinical_summary
        cards.append(_item_card(item, facts[item.pk], summary, leaves, summary_is_shown=is_shown))
    return tuple(cards)


def _item_card(
    item: DisputedItem, facts: ItemFacts, summary: str, leaves: Sequence[Leaf], *, summary_is_shown: bool
) -> ItemCard:
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
        treatments=tuple(facts.treatments),
        body_parts=tuple(facts.body_parts),
        reasons=tuple(facts.reasons),
        sides=(
            ("reviewer", _reliance(facts.cited[CitedBy.REVIEWER], item.reviewer_basis)),
            ("administrator", _reliance(facts.cited[CitedBy.CLAIMS_ADMINISTRATOR], item.ca_basis)),
        ),
        doubts=doubts_of(item),
        snippet=snippet,
        section=_SOURCES[snippet.source] if snippet and snippet.source else "",
        elsewhere=tuple(_elsewhere(snippet, leaves)) if snippet else (),
    )


def _elsewhere(snippet: Snippet, leaves: Sequence[Leaf]) -> Iterator[tuple[str, str]]:
    """Yield the search words found outside the snippet and the heading, grouped by the text they are in."""
    standing: dict[str, list[str]] = {}
    for leaf, source in snippet.elsewhere:
        if source != _DESCRIPTION:
            standing.setdefault(_SOURCES[source], []).append(leaves[leaf].printed or leaves[leaf].also_printed[0])
    for where, words in standing.items():
        yield get_text_list([f"“{each}”" for each in words], "and"), where


def _reliance(sections: Mapping[str, str], basis: str) -> CardReliance:
    return CardReliance(
        Basis(basis), tuple(sections.items())[:GUIDELINES_SHOWN], max(0, len(sections) - GUIDELINES_SHOWN)
    )


def remainder_sentence(rest: Counter[str]) -> str:
    """Return a sentence on the outcomes of the other items: "4 more items, all upheld"."""
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
    return f"{items}, {how}"
