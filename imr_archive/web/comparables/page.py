"""The comparable decisions of an item, as the page and the API show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from imr_archive.analytics.comparable.nearest import ComparableMatch, Comparables, comparables_of
from imr_archive.models import DisputedItem
from imr_archive.search.facets.selection import Selection
from imr_archive.vocabulary import Outcome
from imr_archive.web.comparables.why import why
from imr_archive.web.determinations.item_rows import with_reasons
from imr_archive.web.determinations.provenance import item_url

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from imr_archive.analytics.rates import Rate
    from imr_archive.models import Determination


@dataclass(frozen=True, slots=True)
class ComparableRow:
    """A comparable decision: its item, the addresses of its page and of the comparison, and why it is comparable."""

    reference: str
    case: str
    position: int
    outcome: Outcome
    decided: date | None
    request: str
    url: str
    compare_url: str
    nearness: float
    why: str


@dataclass(frozen=True, slots=True)
class ComparablesPage:
    """An item with the decisions nearest to it.

    ``rate`` is the overturn rate of the ``nearest``, which were found among ``compared`` distinct rationales.
    """

    data_version: str
    determination: Determination
    item: DisputedItem
    item_url: str
    compared: int
    nearest: int
    rate: Rate
    sides: Sequence[tuple[Outcome, Sequence[ComparableRow]]]
    treatment: tuple[str, str] | None


def comparables_page(items: QuerySet[DisputedItem]) -> ComparablesPage:
    """Build the page of an item, given as a queryset of one."""
    item = items.select_related("text").get()
    everything = Selection.of_everything()
    found = comparables_of(item, everything)
    sides = {Outcome.OVERTURNED: found.overturned, Outcome.UPHELD: found.upheld}
    rows = comparable_rows(item, found)
    first = item.item_treatments.order_by("position").select_related("treatment").first()
    return ComparablesPage(
        data_version=everything.snapshot.data_version,
        determination=item.determination,
        item=item,
        item_url=item_url(item),
        compared=found.compared,
        nearest=len(found.nearest),
        rate=found.rate,
        sides=[(outcome, [rows[each.key] for each in shown if each.key in rows]) for outcome, shown in sides.items()],
        treatment=(first.treatment.slug, first.treatment.name) if first else None,
    )


def comparable_rows(item: DisputedItem, found: Comparables) -> dict[int, ComparableRow]:
    """Return the rows of the decisions shown, by the keys of their items; what was deleted meanwhile is left out."""
    matches: Mapping[int, ComparableMatch] = {each.key: each for each in (*found.overturned, *found.upheld)}
    read = DisputedItem.objects.filter(pk__in=[item.pk, *matches]).order_by("pk")
    by_key = {each.pk: each for each in with_reasons(read)}
    own = [each.code for each in by_key.pop(item.pk).reason_rows] if item.pk in by_key else []
    return {
        key: _row(item.reference, matches[key], each, why(matches[key], item.text.rationale, own, _codes(each)))
        for key, each in by_key.items()
    }


def _codes(item: DisputedItem) -> list[str]:
    return [each.code for each in item.reason_rows]


def _row(subject: str, match: ComparableMatch, item: DisputedItem, sentence: str) -> ComparableRow:
    determination = item.determination
    return ComparableRow(
        reference=item.reference,
        case=str(determination),
        position=item.position,
        outcome=match.outcome,
        decided=determination.decision_date,
        request=item.text.description,
        url=item_url(item),
        compare_url=compare_url(subject, item.reference),
        nearness=match.nearness,
        why=sentence,
    )


def compare_url(one: str, other: str) -> str:
    """Return the address that lays two items side by side, by their references."""
    return f"{reverse('web:compare')}?{urlencode({'a': one, 'b': other})}"
