"""The values of a determination that a person set in place of what was read, as the page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import DateField
from django.utils import timezone

from imr_archive.letters import paths
from imr_archive.models import Correction, Determination, DisputedItem, Treatment
from imr_archive.web.formatting import day

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    "ca_citations": "claims administrator’s citations",
    "reviewer_citations": "expert reviewer’s citations",
    "certifications": "reviewer’s boards",
    "subspecialties": "reviewer’s subspecialties",
    "states": "reviewer’s licence states",
}
_DETERMINATION_PATHS = {**paths.DETERMINATION, **paths.DETERMINATION_LISTS}
_ITEM_PATHS = {**paths.ITEM, **paths.ITEM_LISTS}
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Corrected:
    """A corrected value: the path of its span, its name, what was read, what was set instead, the day and the reason.

    ``anchor`` is where the page lists it.
    """

    path: str
    name: str
    before: str
    after: str
    day: str
    reason: str
    anchor: str

    def concerns(self, path: str) -> bool:
        """Return whether a span states the value, a part of it or more than it."""
        return f"{path}.".startswith(f"{self.path}.") or self.path.startswith(f"{path}.")


def corrected_values(determination: Determination) -> tuple[Corrected, ...]:
    """Return the corrections of a determination, its own first; those that have lost their item are left out."""
    corrections = determination.corrections.exclude(item=Correction.WITHOUT_PLACE).order_by("item", "field", "pk")
    rows = sorted(corrections, key=lambda each: each.item or 0)
    names = _treatment_names(rows)
    return tuple(_corrected(number, each, names) for number, each in enumerate(rows, 1))


def _treatment_names(corrections: Sequence[Correction]) -> dict[str, str]:
    """Return the names of the treatments that corrections set or replace."""
    named = [each for row in corrections if row.field == "treatments" for each in (row.value, row.parsed)]
    slugs = {slug for pairs in named for slug, _ in pairs or ()}
    return dict(Treatment.objects.filter(slug__in=slugs).values_list("slug", "name")) if slugs else {}


def _corrected(number: int, correction: Correction, treatments: dict[str, str]) -> Corrected:
    field, position = correction.field, correction.item
    label = _LABELS.get(field, field.replace("_", " "))
    model: type[Model] = Determination if position is None else DisputedItem
    if position is None:
        path, name = _DETERMINATION_PATHS.get(field, field), label
    elif field == "item":
        path, name = f"items.{position - 1}", f"item {position}"
    else:
        path, name = f"items.{position - 1}.{_ITEM_PATHS.get(field, field)}", f"item {position}, {label}"
    return Corrected(
        path=path,
        name=name,
        before=_shown(model, field, correction.parsed, treatments),
        after=_shown(model, field, correction.value, treatments),
        day=day(timezone.localdate(correction.made_at)),
        reason=correction.reason,
        anchor=f"correction-{number}",
    )


def _shown(model: type[Model], name: str, value: Any, treatments: dict[str, str]) -> str:
    """Return a value as a correction keeps it in words; codes and dates are known by their column."""
    if name == "item":
        return str(value["description"]) if value else "no item"
    if value in (None, "", []):
        return "not stated"
    column = next((each for each in model._meta.concrete_fields if each.name == name), None)
    if isinstance(column, DateField):
        return day(date.fromisoformat(value))
    if column is not None and column.choices:
        return str(dict(column.flatchoices)[value])
    text = ", ".join(_part(each, treatments) for each in value) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _part(value: Any, treatments: dict[str, str]) -> str:
    """Name one of several values: a citation, a board or state, or a treatment or body part with its words."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return f"{value['guideline']} ({value['section']})" if value["section"] else str(value["guideline"])
    slug, words = value
    label: str = treatments.get(slug, words)
    return label
