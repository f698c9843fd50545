"""What differs between two records of a case, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imr_archive.ingest.reparse.plan import clipped_pair
from imr_archive.letters.difference import ITEMS
from imr_archive.vocabulary import Basis, CaseOutcome, Layout, Outcome, Priority, ReasonCode, Sex

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMES = {
    "dates.injury": "date of injury",
    "dates.ur_decision": "date of the UR decision",
    "dates.received": "date of receipt",
    "dates.assigned": "date of assignment",
    "dates.decision": "date of the decision",
    "worker.age": "age",
    "worker.sex": "sex",
    "reviewer.states": "licence states",
    "items.reviewer.basis": "reviewer’s basis",
    "items.reviewer.text": "reviewer’s guideline",
    "items.reviewer.citations": "reviewer’s citations",
    "items.claims_administrator.basis": "claims administrator’s basis",
    "items.claims_administrator.text": "claims administrator’s guideline",
    "items.claims_administrator.citations": "claims administrator’s citations",
}
_CODES: dict[str, dict[str, str]] = {
    "outcome": {each.value: each.label for each in (*CaseOutcome, *Outcome)},
    "basis": {each.value: each.label for each in Basis},
    "layout": {each.value: each.label for each in Layout},
    "priority": {each.value: each.label for each in Priority},
    "sex": {each.value: each.label for each in Sex},
}
_REASONS = {each.value: each.label for each in ReasonCode}


@dataclass(frozen=True, slots=True)
class ChangeInWords:
    """One value that would change; ``turns`` marks an outcome that is public and would be another.

    Of a change that is too long to be kept with its revision, the values are not known.
    """

    name: str
    before: str
    after: str
    turns: bool
    is_long: bool = False


def change_in_words(change: Mapping[str, Any]) -> ChangeInWords:
    """Name the field of a change, and show both values as far as they differ."""
    field, last = change["field"], change["field"].rpartition(".")[2]
    item = f"item {change['item']}" if change["item"] else ""
    name = item if field == ITEMS else " ".join(filter(None, (f"{item}:" if item else "", field_in_words(field))))
    name = sentence_case(name)
    if "before" not in change:
        return ChangeInWords(name, "", "", turns=False, is_long=True)
    before, after = (value_in_words(last, change[side]) for side in ("before", "after"))
    before, after = clipped_pair(before, after)
    return ChangeInWords(name, before, after, turns=last == "outcome" and bool(change["before"]))


def value_in_words(name: str, value: Any) -> str:
    """Say a value of a record in words; the empty text for none."""
    if isinstance(value, list):
        return ", ".join(filter(None, (value_in_words(name, part) for part in value)))
    if isinstance(value, dict):
        return _REASONS.get(value.get("code", ""), "") or str(value.get("text") or value.get("guideline") or "")
    text = "" if value is None else str(value)
    codes = _CODES.get(name, {})
    return codes.get(text, text)


def sentence_case(words: str) -> str:
    """Begin words with a capital, and leave the others of them as they are."""
    return f"{words[:1].upper()}{words[1:]}"


def field_in_words(field: str) -> str:
    """Name a field of a record by its path, without its item."""
    return _NAMES.get(field, field.rpartition(".")[2].replace("_", " "))
