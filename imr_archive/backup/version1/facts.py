"""The facts of a determination as format version 1 stores them: values by column name, as plain JSON."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from imr_archive.letters import columns
from imr_archive.models import (
    Determination,
    DisputedItem,
    Guideline,
    GuidelineCitation,
    GuidelineMention,
    ItemBodyPart,
    ItemTreatment,
)
from imr_archive.records import PROFILE_NAMES, LetterRecord
from imr_archive.vocabulary import CitedBy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from django.db.models import Model

    Facts = dict[str, Any]

_DETERMINATION = (
    *("case_number", "text_sha256", "layout", "priority"),
    *("injury_date", "ur_decision_date", "received_date", "assigned_date", "decision_date"),
    *("worker_age", "worker_sex", "outcome"),
)
_DETERMINATION_TEXT = ("clinical_summary", "raw")
_ITEM = (
    *("position", "outcome", "laterality", "quantity", "service_from", "service_to"),
    *("ca_basis", "reviewer_basis", "doubts"),
)
_ITEM_TEXT = (
    *("description", "original_request", "authorized", "ca_guideline", "reviewer_guideline", "rationale", "raw"),
)
_CITATION = ("cited_by", "position", "title", "section", "year", "pages", "tables", "text")
_MENTION = ("position", "text")
_SIDES = {CitedBy.CLAIMS_ADMINISTRATOR.value: "claims_administrator", CitedBy.REVIEWER.value: "reviewer"}


def stored_facts(keys: Collection[int]) -> dict[int, Facts]:
    """Return the facts of stored determinations by their keys."""
    names = (*_DETERMINATION, *(f"text__{name}" for name in _DETERMINATION_TEXT))
    profile = tuple(f"reviewer__{name}" for name in PROFILE_NAMES)
    items = _stored_items(keys)
    found = {}
    rows = Determination.objects.filter(pk__in=keys).order_by("pk")
    for key, reviewer, *values in rows.values_list("pk", "reviewer_id", *names, *profile):
        found[key] = {
            **_named((*_DETERMINATION, *_DETERMINATION_TEXT), values),
            "reviewer": dict(zip(PROFILE_NAMES, values[len(names) :], strict=True)) if reviewer else None,
            "items": items[key],
        }
    return found


def _stored_items(keys: Collection[int]) -> dict[int, list[Facts]]:
    names = ("pk", "determination_id", *_ITEM, *(f"text__{name}" for name in _ITEM_TEXT))
    linked = {
        "treatments": _of_items(keys, ItemTreatment, ("treatment__slug", "raw"), ("position",)),
        "body_parts": _of_items(keys, ItemBodyPart, ("body_part__slug", "raw"), ("pk",)),
        "citations": _of_items(keys, GuidelineCitation, ("guideline__slug", *_CITATION), ("cited_by", "position")),
        "mentions": _of_items(keys, GuidelineMention, ("guideline__slug", *_MENTION), ("position",)),
    }
    citations, mentions = ("guideline", *_CITATION), ("guideline", *_MENTION)
    found: dict[int, list[Facts]] = defaultdict(list)
    items = DisputedItem.objects.filter(determination__in=keys).order_by("determination", "position")
    for key, determination, *values in items.values_list(*names):
        found[determination].append(
            _named((*_ITEM, *_ITEM_TEXT), values)
            | {
                "treatments": linked["treatments"][key],
                "body_parts": linked["body_parts"][key],
                "citations": [_named(citations, row) for row in linked["citations"][key]],
                "mentions": [_named(mentions, row) for row in linked["mentions"][key]],
            }
        )
    return found


def _of_items(
    keys: Collection[int], model: type[Model], names: Sequence[str], order: Sequence[str]
) -> dict[int, list[list[Any]]]:
    rows = model._default_manager.filter(item__determination__in=keys).order_by("item", *order)
    found: dict[int, list[list[Any]]] = defaultdict(list)
    for item, *values in rows.values_list("item_id", *names):
        found[item].append(values)
    return found


def _named(names: Sequence[str], values: Iterable[Any]) -> Facts:
    plain = (value.isoformat() if isinstance(value, date) else value for value in values)
    return dict(zip(names, plain, strict=False))


# -- As a record ------------------------------------------------------------------------------------------------------


def record_of(facts: Facts, guidelines: Mapping[str, Guideline]) -> LetterRecord:
    """Return facts as a record; ``guidelines`` are the canonical entries by their slugs."""
    values: Facts = {"reviewer": facts["reviewer"] or {}, "raw": facts["raw"] or {}}
    _put(values, facts, columns.DETERMINATION.paths | columns.DETERMINATION_TEXT.paths)
    values["items"] = [_item(item, guidelines) for item in facts["items"]]
    return msgspec.convert(values, LetterRecord)


def _item(facts: Facts, guidelines: Mapping[str, Guideline]) -> Facts:
    values: Facts = {}
    _put(values, facts, columns.ITEM.paths | columns.ITEM_TEXT.paths)
    first, last = facts["service_from"] or facts["service_to"], facts["service_to"] or facts["service_from"]
    values["service_dates"] = [first, last] if first else None
    values["description"] = facts["description"]
    values["raw"] = dict(facts["raw"] or {})
    for name in ("treatments", "body_parts"):
        values[name] = [slug for slug, _ in facts[name]]
        values["raw"] |= {f"{name}.{number}": raw for number, (_, raw) in enumerate(facts[name])}
    for side in _SIDES.values():
        values[side]["citations"] = []
    for citation in facts["citations"]:
        entry = guidelines[citation["guideline"]]
        cited = {"slug": entry.slug, "source": entry.source, "chapter_number": entry.chapter_number}
        _put(cited, citation, columns.CITATION.paths)
        values[_SIDES[citation["cited_by"]]]["citations"].append(cited)
    values["mentions"] = [
        {"slug": entry.slug, "source": entry.source, "guideline": entry.title, "text": mention["text"]}
        for mention in facts["mentions"]
        for entry in [guidelines[mention["guideline"]]]
    ]
    return values


def _put(values: Facts, facts: Facts, paths: Mapping[str, str]) -> None:
    """Copy the values of columns to their paths in the data of a record."""
    for column, path in paths.items():
        above, _, name = path.rpartition(".")
        if column in facts and column != "raw":
            target = values.setdefault(above, {}) if above else values
            target[name] = None if facts[column] == "" else facts[column]
