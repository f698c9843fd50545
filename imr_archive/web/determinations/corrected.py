"""The values of a determination that a person set in place of what was read, as the page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from imr_archive.letters import paths
from imr_archive.models import Correction
from imr_archive.vocabulary import Basis, Laterality, Outcome, Priority, Sex
from imr_archive.web.formatting import day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imr_archive.models import Determination
    from imr_archive.vocabulary import Vocabulary

_CODES: Mapping[str, type[Vocabulary]] = {
    "outcome": Outcome,
    "priority": Priority,
    "worker_sex": Sex,
    "laterality": Laterality,
    "ca_basis": Basis,
    "reviewer_basis": Basis,
}
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
    return Corrected(
        path=path if position is None else f"items.{position - 1}.{path}",
        name=label if position is None else f"item {position}, {label}",
        before=_shown(field, correction.parsed),
        after=_shown(field, correction.value),
        day=day(timezone.localdate(correction.made_at)),
    )


def _shown(field: str, value: Any) -> str:
    """Return a value as a correction keeps it in words."""
    if value in (None, "", []):
        return "not stated"
    if field in _CODES:
        return _CODES[field](value).label
    if field.endswith("_date") or field in ("service_from", "service_to"):
        return day(date.fromisoformat(value))
    # Treatments and body parts are pairs of a slug and the words that name it.
    text = ", ".join(words for _, words in value) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
