"""Rows become records again, in a fixed number of queries however many letters are asked for."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from imr_archive.letters import columns
from imr_archive.models import (
    Determination,
    DisputedItem,
    GuidelineCitation,
    GuidelineMention,
    ItemBodyPart,
    ItemReason,
    ItemTreatment,
)
from imr_archive.records import DATE_NAMES, PROFILE_NAMES, ItemRecord, LetterRecord
from imr_archive.vocabulary import CitedBy

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import Model

    # What will be a record, as plain values by their names.
    Values = dict[str, Any]

_SIDES = {CitedBy.CLAIMS_ADMINISTRATOR.value: "claims_administrator", CitedBy.REVIEWER.value: "reviewer"}


class StoredItem(NamedTuple):
    """One item, with the key and the record of its determination, the latter without items."""

    determination: int
    letter: LetterRecord
    item: ItemRecord


def stored_records(keys: Collection[int]) -> dict[int, LetterRecord]:
    """Return the records of stored determinations by their keys."""
    items = _items("determination", keys)
    of_letters: dict[int, list[Values]] = defaultdict(list)
    for determination, values in items.values():
        of_letters[determination].append(values)
    return {key: _record(values | {"items": of_letters[key]}) for key, values in _letters(keys).items()}


def stored_items(keys: Collection[int]) -> dict[int, StoredItem]:
    """Return stored items by their keys, each with its determination's record."""
    items = _items("pk", keys)
    letters = {key: _record(values) for key, values in _letters({key for key, _ in items.values()}).items()}
    return {
        key: StoredItem(determination, letters[determination], msgspec.convert(values, ItemRecord))
        for key, (determination, values) in items.items()
        if determination in letters
    }


def _record(values: Values) -> LetterRecord:
    return msgspec.convert(values, LetterRecord)


def _letters(keys: Collection[int]) -> dict[int, Values]:
    names = (
        *columns.DETERMINATION.names,
        *(f"text__{name}" for name in columns.DETERMINATION_TEXT.names),
        *(f"reviewer__{name}" for name in PROFILE_NAMES),
    )
    facts, text = len(columns.DETERMINATION.names), len(columns.DETERMINATION_TEXT.names)
    found = {}
    for key, *row in Determination.objects.filter(pk__in=keys).order_by("pk").values_list("pk", *names):
        values: Values = {"dates": dict.fromkeys(DATE_NAMES)}
        columns.DETERMINATION.put(row[:facts], values)
        columns.DETERMINATION_TEXT.put(row[facts : facts + text], values)
        values["raw"] = values["raw"] or {}
        profile = zip(PROFILE_NAMES, row[facts + text :], strict=True)
        values["reviewer"] = {name: names or [] for name, names in profile}
        found[key] = values
    return found


def _items(by: str, keys: Collection[int]) -> dict[int, tuple[int, Values]]:
    """Return what will be items by their keys, each with its determination's key: those of some keys, in their order.

    ``by`` says whose keys they are: ``pk`` of the items, ``determination`` of their determinations.
    """
    own = {f"{by}__in": keys}
    linked = {"item__in" if by == "pk" else f"item__{by}__in": keys}
    names = (*columns.ITEM.names, *(f"text__{name}" for name in columns.ITEM_TEXT.names))
    rows = DisputedItem.objects.filter(**own).order_by("determination", "position")
    found: dict[int, tuple[int, Values]] = {}
    for key, determination, *row in rows.values_list("pk", "determination_id", *names):
        values: Values = {"treatments": [], "body_parts": [], "reasons": [], "mentions": []}
        columns.ITEM.put(row[: len(columns.ITEM.names)], values)
        columns.ITEM_TEXT.put(row[len(columns.ITEM.names) :], values)
        values["service_dates"] = _service_dates(values["service_dates"])
        values["raw"] = dict(values["raw"] or {})
        values["description"] = values["description"] or ""
        for side in _SIDES.values():
            values[side]["citations"] = []
        found[key] = (determination, values)
    _add_named(found, ItemTreatment, "treatments", "treatment__slug", "position", linked)
    _add_named(found, ItemBodyPart, "body_parts", "body_part__slug", "pk", linked)
    _add_citations(found, linked)
    _add_reasons(found, linked)
    _add_mentions(found, linked)
    return found


def _service_dates(ends: dict[str, Any]) -> list[Any] | None:
    """Return both ends; a single date stands as both."""
    first, last = ends["0"] or ends["1"], ends["1"] or ends["0"]
    return [first, last] if first else None


def _add_named(
    found: dict[int, tuple[int, Values]], model: type[Model], name: str, slug: str, order: str, linked: Values
) -> None:
    """Add the slugs of canonical rows that items name, with the words that name them."""
    rows = model._default_manager.filter(**linked).order_by("item", order).values_list("item_id", slug, "raw")
    for key, value, raw in rows:
        if key in found:
            _, values = found[key]
            values["raw"][f"{name}.{len(values[name])}"] = raw
            values[name].append(value)


def _add_citations(found: dict[int, tuple[int, Values]], linked: Values) -> None:
    """Add what each side cites; the source and the chapter are those of the canonical guideline."""
    names = ("guideline__slug", "guideline__source", "guideline__chapter_number", *columns.CITATION.names)
    rows = GuidelineCitation.objects.filter(**linked).order_by("item", "cited_by", "position")
    for key, cited_by, slug, source, chapter, *row in rows.values_list("item_id", "cited_by", *names):
        if key in found:
            values: Values = {"slug": slug, "source": source, "chapter_number": chapter}
            columns.CITATION.put(row, values)
            found[key][1][_SIDES[cited_by]]["citations"].append(values)


def _add_reasons(found: dict[int, tuple[int, Values]], linked: Values) -> None:
    rows = ItemReason.objects.filter(**linked).order_by("item", "position")
    for key, *row in rows.values_list("item_id", *columns.REASON.names):
        if key in found:
            values: Values = {}
            columns.REASON.put(row, values)
            found[key][1]["reasons"].append(values)


def _add_mentions(found: dict[int, tuple[int, Values]], linked: Values) -> None:
    names = ("guideline__slug", "guideline__source", "guideline__title", *columns.MENTION.names)
    rows = GuidelineMention.objects.filter(**linked).order_by("item", "position")
    for key, slug, source, title, *row in rows.values_list("item_id", *names):
        if key in found:
            values: Values = {"slug": slug, "source": source, "guideline": title}
            columns.MENTION.put(row, values)
            found[key][1]["mentions"].append(values)
