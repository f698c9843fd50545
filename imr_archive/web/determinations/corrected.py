"""The values of a determination that a person set in place of what was read, as the page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import DateField
from django.utils import timezone

from imr_archive.letters import paths
from imr_archive.models import Correction, Determination, DisputedItem
from imr_archive.web.formatting import day

if TYPE_CHECKING:
    from django.db.models import Model

# The fields whose names do not read well as labels.
_LABELS = {
    "ur_decision_date": "UR decision date",
    "worker_age": "worker’s age",
    "worker_sex": "worker’s sex",
    "ca_basis": "claims administrator’s basis",
    "ca_guideline": "claims administrator’s guideline paragraph",
    "reviewer_basis": "expert reviewer’s basis",
    "reviewer_guideline": "expert reviewer’s guideline paragraph",
}
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Corrected:
    """A corrected value: the path of its span, its name, what was read, what was set instead, and the day."""

    path: str
    name: str
    before: str
    after: str
    day: str

    def concerns(self, path: str) -> bool:
        """Return whether a span states the value, a part of it or more than it."""
        return f"{path}.".startswith(f"{self.path}.") or self.path.startswith(f"{path}.")


def corrected_values(determination: Determination) -> tuple[Corrected, ...]:
    """Return the corrections of a determination, its own first; those that have lost their item are left out."""
    corrections = determination.corrections.exclude(item=Correction.WITHOUT_PLACE).order_by("item", "field", "pk")
    found = [_corrected(each) for each in sorted(corrections, key=lambda each: each.item or 0)]
    return tuple(found)


def _corrected(correction: Correction) -> Corrected:
    field, position = correction.field, correction.item
    label = _LABELS.get(field, field.replace("_", " "))
    named = paths.DETERMINATION if position is None else paths.ITEM
    path = named.get(field, field)
    model = Determination if position is None else DisputedItem
    return Corrected(
        path=path if position is None else f"items.{position - 1}.{path}",
        name=label if position is None else f"item {position}, {label}",
        before=_shown(model, field, correction.parsed),
        after=_shown(model, field, correction.value),
        day=day(timezone.localdate(correction.made_at)),
    )


def _shown(model: type[Model], name: str, value: Any) -> str:
    """Return a value as a correction keeps it in words; codes and dates are known by their column."""
    if value in (None, "", []):
        return "not stated"
    column = next((each for each in model._meta.concrete_fields if each.name == name), None)
    if isinstance(column, DateField):
        return day(date.fromisoformat(value))
    if column is not None and column.choices:
        return str(dict(column.flatchoices)[value])
    # Treatments and body parts are pairs of a slug and the words that name it.
    text = ", ".join(words for _, words in value) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
