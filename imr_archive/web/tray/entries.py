"""The items of a tray: found by their references, in the order asked for, at most fifty.

The browser keeps a tray; the server only knows the references that an address or a form names, such as
``CM16-0224814-1`` (the case number with the item's position).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q
from django.urls import reverse

from imr_archive.models import DisputedItem
from imr_archive.vocabulary import CitedBy, Outcome
from imr_archive.web.determinations.citation import CitationEntry, citations_of
from imr_archive.web.determinations.provenance import ITEM_VAR
from imr_archive.web.results.item_facts import facts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imr_archive.web.results.item_facts import ItemFacts

MOST = 50
# Between references in an address.
JOINT = ","
_REFERENCE = re.compile(r"([A-Z0-9-]{1,20})-([0-9]{1,4})", re.ASCII)
_LONGEST_SHOWN = 40
_LONGEST_KEY = 18


@dataclass(frozen=True, slots=True)
class TrayEntry:
    """One item with what a tray shows of it; ``path`` is its address without the host, ``note`` the reader's own."""

    reference: str
    item: DisputedItem
    meaning: str
    path: str
    citation: CitationEntry
    treatments: Sequence[str]
    guidelines: Sequence[str]
    note: str = ""


class TrayItems(NamedTuple):
    """The entries in their order, the references that name no item, and how many were asked for beyond the limit."""

    entries: Sequence[TrayEntry]
    missing: Sequence[str]
    beyond: int

    @property
    def references(self) -> str:
        """The references of the entries, as an address has them."""
        return JOINT.join(each.reference for each in self.entries)


def tray_items(references: str, notes: Mapping[str, str] | None = None) -> TrayItems:
    """Return the items that joined references name, each once; five queries."""
    asked = [*dict.fromkeys(each for text in references.upper().split(JOINT) if (each := text.strip()))]
    wanted = {each: found.groups() for each in asked[:MOST] if (found := _REFERENCE.fullmatch(each))}
    items = _items(wanted)
    facts = facts_of([item.pk for item in items.values()])
    notes = notes or {}
    entries = [_entry(each, items[each], facts[items[each].pk], notes.get(each, "")) for each in asked if each in items]
    missing = [each[:_LONGEST_SHOWN] for each in asked[:MOST] if each not in items]
    return TrayItems(entries, missing, max(0, len(asked) - MOST))


def _items(wanted: Mapping[str, Sequence[str | None]]) -> dict[str, DisputedItem]:
    cases = {str(case) for case, _ in wanted.values()}
    keys = [int(case) for case in cases if case.isdecimal() and len(case) <= _LONGEST_KEY]
    of_cases = Q(determination__case_number__in=cases) | Q(determination__in=keys, determination__case_number=None)
    positions = {int(position or 0) for _, position in wanted.values()}
    rows = DisputedItem.objects.filter(of_cases, position__in=positions).select_related("determination", "text")
    found = {f"{row.determination.reference}-{row.position}": row for row in rows.order_by("pk")}
    return {
        each: found[key]
        for each, (case, position) in wanted.items()
        if (key := f"{case}-{int(position or 0)}") in found
    }


def _entry(reference: str, item: DisputedItem, facts: ItemFacts, note: str) -> TrayEntry:
    # Of one item alone, the citation is that of the item.
    [citation] = citations_of(item.determination, [item])
    page = reverse("web:determination", args=[item.determination.reference])
    cited = facts.cited[CitedBy.REVIEWER]
    return TrayEntry(
        reference=reference,
        item=item,
        meaning=Outcome(item.outcome).meaning if item.outcome else "No outcome is stated",
        path=f"{page}?{ITEM_VAR}={item.position}",
        citation=citation,
        treatments=facts.treatments,
        guidelines=[f"{label}, {section}" if section else label for label, section in cited.items()],
        note=note,
    )
