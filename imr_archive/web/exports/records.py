"""Disputed items as records for programs: each with the facts of its letter, under the names of the parse schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from django.urls import reverse
from django.utils import timezone

from imr_archive.letters.reader import stored_items
from imr_archive.models import Determination
from imr_archive.models.determination import reference_of
from imr_archive.models.readable import readable_rows
from imr_archive.search.facets.selection import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from imr_archive.letters.reader import StoredItem
    from imr_archive.search.facets.paging import Order
    from imr_archive.search.facets.selection import Selection

    # An item as JSON has it.
    ItemJson = dict[str, Any]

# So many items are read at a time.
_AT_ONCE = 500
# What the archive knows of a letter and of an item, and the API does not serve.
LETTER_ONLY, ITEM_ONLY = ("items", "text_sha256", "raw"), ("mentions", "raw")
_SIDES = ("claims_administrator", "reviewer")


def items_in_order(selection: Selection, order: Order, address: Callable[[str], str]) -> Iterator[list[ItemJson]]:
    """Yield all items of a selection in an order, some hundreds at a time, as ``items_json`` returns them."""
    for offset in range(0, selection.size(), _AT_ONCE):
        yield items_json(selection.page(order, Unit.ITEMS, offset=offset, limit=_AT_ONCE), address)


def determinations_in_order(
    selection: Selection, order: Order, address: Callable[[str], str]
) -> Iterator[list[ItemJson]]:
    """Yield all determinations of a selection in an order, as ``determinations_json`` returns them."""
    unit = Unit.DETERMINATIONS
    for offset in range(0, selection.size(unit), _AT_ONCE):
        keys = selection.page(order, unit, offset=offset, limit=_AT_ONCE)
        yield determinations_json(selection, keys, address)


def determinations_json(selection: Selection, keys: Sequence[int], address: Callable[[str], str]) -> list[ItemJson]:
    """Return determinations by their keys, in their order, each with its selected items."""
    found = _readable([item for key in keys for item in selection.items_of(key)])
    arrived = _arrivals(found)
    of_letters: dict[int, list[StoredItem]] = {}
    for stored in found.values():
        of_letters.setdefault(stored.determination, []).append(stored)
    return [_determination_json(of_letters[key], arrived[key], address) for key in keys if key in of_letters]


def items_json(keys: Sequence[int], address: Callable[[str], str]) -> list[ItemJson]:
    """Return items by their keys, in their order; those that were deleted meanwhile are left out.

    ``address`` makes a whole address out of a path.
    """
    found = _readable(keys)
    arrived = _arrivals(found)
    return [_item_json(found[key], arrived[found[key].determination], address) for key in keys if key in found]


def _readable(keys: Sequence[int]) -> dict[int, StoredItem]:
    return readable_rows(stored_items, keys, what="Disputed item")


def _arrivals(found: Mapping[int, StoredItem]) -> Mapping[int, str | None]:
    """Return the day on which each determination came into the archive, which its letter does not say."""
    keys = {each.determination for each in found.values()}
    rows = Determination.objects.filter(pk__in=keys, arrived_at__isnull=False).order_by("pk")
    days = {key: timezone.localdate(at).isoformat() for key, at in rows.values_list("pk", "arrived_at") if at}
    return dict.fromkeys(keys) | days


def _item_json(stored: StoredItem, arrived: str | None, address: Callable[[str], str]) -> ItemJson:
    return {"determination": _letter_json(stored, arrived, address), **_own_json(stored, address)}


def _determination_json(items: Sequence[StoredItem], arrived: str | None, address: Callable[[str], str]) -> ItemJson:
    ordered = sorted(items, key=lambda each: each.item.position)
    return _letter_json(ordered[0], arrived, address) | {"items": [_own_json(each, address) for each in ordered]}


def _letter_json(stored: StoredItem, arrived: str | None, address: Callable[[str], str]) -> ItemJson:
    return _plain(stored.letter, LETTER_ONLY) | {"arrived": arrived, "url": address(_page(stored))}


def _own_json(stored: StoredItem, address: Callable[[str], str]) -> ItemJson:
    """Return an item without its determination."""
    item = _plain(stored.item, ITEM_ONLY)
    item["reasons"] = [{"code": each["code"], "quote": each["quote"]} for each in item["reasons"]]
    for name in _SIDES:
        item[name]["citations"] = [_citation_json(each) for each in item[name]["citations"]]
    return {"url": address(f"{_page(stored)}#item-{stored.item.position}"), **item}


def _page(stored: StoredItem) -> str:
    return reverse("web:determination", args=[reference_of(stored.letter.case_number, stored.determination)])


def _plain(record: msgspec.Struct, left_out: Sequence[str]) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(record)
    return {name: value for name, value in values.items() if name not in left_out}


def _citation_json(citation: dict[str, Any]) -> dict[str, Any]:
    """Return a citation as the API names its parts: ``guideline`` is the slug of the canonical entry."""
    others = {name: citation[name] for name in ("source", "section", "year", "pages", "tables", "text")}
    return {"guideline": citation["slug"], "title": citation["guideline"], **others}
