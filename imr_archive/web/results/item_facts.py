"""The linked rows of the items of a page, as plain values: a page has hundreds, and model instances would be slow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imr_archive.models import GuidelineCitation, ItemBodyPart, ItemReason, ItemTreatment
from imr_archive.vocabulary import CitedBy, ReasonCode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """The linked rows of an item: names, reasons, and by side each cited guideline with the first section cited."""

    treatments: list[str] = field(default_factory=list)
    body_parts: list[str] = field(default_factory=list)
    reasons: list[ReasonCode] = field(default_factory=list)
    cited: dict[CitedBy, dict[str, str]] = field(default_factory=lambda: {side: {} for side in CitedBy})


def facts_of(items: Sequence[int]) -> Mapping[int, ItemFacts]:
    """Read the linked rows of items, in four queries."""
    facts = {key: ItemFacts() for key in items}
    treatments = ItemTreatment.objects.filter(item__in=items).order_by("position")
    for key, above, name in treatments.values_list("item", "treatment__parent__name", "treatment__name"):
        # The last two levels are enough: "Imaging" with its category, "Tramadol" with its class.
        facts[key].treatments.append(f"{above} › {name}" if above else name)
    parts = ItemBodyPart.objects.filter(item__in=items).order_by("pk")
    for key, name in parts.values_list("item", "body_part__name"):
        facts[key].body_parts.append(name)
    reasons = ItemReason.objects.filter(item__in=items).order_by("position")
    for key, code in reasons.values_list("item", "code"):
        if code not in facts[key].reasons:
            facts[key].reasons.append(ReasonCode(code))
    citations = GuidelineCitation.objects.filter(item__in=items).order_by("position")
    for key, side, label, section in citations.values_list("item", "cited_by", "guideline__label", "section"):
        facts[key].cited[CitedBy(side)].setdefault(label, section)
    return facts
