"""The values of a record that people may correct, by the names of their columns and as corrections keep them.

Codes and dates are plain text; the empty text stands where a text or a code is not stated. Treatments and body parts
are pairs of a slug and the words that name it, boards and licence states are names, citations are their records as
JSON has them. The field ``item`` is a whole item as JSON has it, None where there is none: so items come and go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from imr_archive.letters import columns, paths
from imr_archive.letters.difference import plain
from imr_archive.letters.hashes import record_sha256
from imr_archive.records import CitationRecord, ItemRecord, LetterRecord, case_outcome
from imr_archive.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    # The position of an item or None, a field, and its value.
    FieldValue = tuple[int | None, str, Any]

DETERMINATION_FIELDS = (
    *("case_number", "priority", "injury_date", "ur_decision_date", "received_date", "assigned_date"),
    *("decision_date", "worker_age", "worker_sex", *paths.DETERMINATION_LISTS, "clinical_summary"),
)
ITEM_FIELDS = (
    *("outcome", "laterality", "quantity", "service_from", "service_to", "ca_basis", "reviewer_basis"),
    *("description", "original_request", "authorized", "ca_guideline", "reviewer_guideline", "rationale"),
    *("treatments", "body_parts", *paths.ITEM_LISTS),
)
WHOLE_ITEM = "item"
_NAMED = ("treatments", "body_parts")
_OF_DETERMINATION = {**paths.DETERMINATION, **paths.DETERMINATION_LISTS}
_OF_ITEM = {**paths.ITEM, **paths.ITEM_LISTS}


def field_value(record: LetterRecord | ItemRecord, field: str) -> Any:
    """Return the value of a field as corrections keep it."""
    if field in _NAMED:
        return [[slug, record.raw[f"{field}.{number}"]] for number, slug in enumerate(getattr(record, field))]
    value = plain(paths.getter(_path(record, field))(record))
    return "" if value is None and _is_text(record, field) else value


def value_at(record: LetterRecord, position: int | None, field: str) -> Any:
    """Return the value at a place of a letter; raise ``LookupError`` if it has no such item."""
    if position is None:
        return field_value(record, field)
    item = next((each for each in record.items if each.position == position), None)
    if field == WHOLE_ITEM:
        return item and plain(item)
    if item is None:
        raise LookupError(position)
    return field_value(item, field)


def is_same(field: str, one: Any, other: Any) -> bool:
    """Return whether two values of a field are one, apart from what follows from our tables and an item's number."""
    if field == WHOLE_ITEM and one and other:
        items = (msgspec.convert(each | {"position": 0}, ItemRecord) for each in (one, other))
        first, second = map(record_sha256, items)
        return first == second
    if field in paths.ITEM_LISTS:
        first_hashes, second_hashes = (
            [record_sha256(msgspec.convert(cited, CitationRecord)) for cited in each] for each in (one, other)
        )
        return first_hashes == second_hashes
    return bool(one == other)


def with_values(record: LetterRecord, values: Iterable[FieldValue]) -> LetterRecord:
    """Return a record with other values; an item that it does not have is passed over."""
    data = plain(record)
    items = {item["position"]: item for item in data["items"]}
    for position, field, value in values:
        if position is None:
            _put(data, _OF_DETERMINATION.get(field, field), value)
        elif field == WHOLE_ITEM:
            _put_item(items, position, value)
        elif position in items:
            _put_in_item(items[position], field, value)
    data["items"] = [item for _, item in sorted(items.items())]
    data["outcome"] = case_outcome(item["outcome"] and Outcome(item["outcome"]) for item in data["items"])
    return msgspec.convert(data, LetterRecord)


def _put_item(items: dict[int, Any], position: int, item: dict[str, Any] | None) -> None:
    if item is None:
        items.pop(position, None)
    elif position:
        items[position] = plain(item) | {"position": position}


def _put_in_item(item: dict[str, Any], field: str, value: Any) -> None:
    if field in _NAMED:
        item[field] = [slug for slug, _ in value]
        others = {path: words for path, words in item["raw"].items() if not path.startswith(f"{field}.")}
        item["raw"] = others | {f"{field}.{number}": words for number, (_, words) in enumerate(value)}
    else:
        _put(item, _OF_ITEM.get(field, field), value)


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    above, _, name = path.rpartition(".")
    if name.isdecimal():
        data[above] = _with_end(data[above] or [None, None], int(name), value)
    else:
        (data[above] if above else data)[name] = None if value == "" else value


def _with_end(ends: list[Any], place: int, value: Any) -> list[Any] | None:
    """Return a range of dates with another end; a single date stands as both."""
    ends[place] = value
    first, last = ends[0] or ends[1], ends[1] or ends[0]
    return [first, last] if first else None


def _path(record: LetterRecord | ItemRecord, field: str) -> str:
    renamed = _OF_ITEM if isinstance(record, ItemRecord) else _OF_DETERMINATION
    return renamed.get(field, field)


def _is_text(record: LetterRecord | ItemRecord, field: str) -> bool:
    own = (columns.ITEM, columns.ITEM_TEXT)
    tables = own if isinstance(record, ItemRecord) else (columns.DETERMINATION, columns.DETERMINATION_TEXT)
    return any(field in table.names and table.is_text(field) for table in tables)
