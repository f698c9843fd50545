"""Disputed items as records for programs: everything that was read of each, under the names of the parse schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from imr_archive.models import DisputedItem, GuidelineCitation, ItemBodyPart, ItemTreatment
from imr_archive.search.facets.selection import Unit
from imr_archive.vocabulary import CitedBy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imr_archive.search.facets.paging import Order
    from imr_archive.search.facets.selection import Selection

    Record = dict[str, Any]

# So many items are read at a time.
_AT_ONCE = 500
DATES = ("injury", "ur_decision", "received", "assigned", "decision")
# Names of the record, and the columns that hold them.
_DETERMINATION = {
    "case_number": "determination__case_number",
    "layout": "determination__layout",
    "priority": "determination__priority",
    "outcome": "determination__outcome",
    "clinical_summary": "determination__text__clinical_summary",
}
PROFILE = ("certifications", "subspecialties", "states")
_ITEM = {
    "position": "position",
    "description": "text__description",
    "original_request": "text__original_request",
    "authorized": "text__authorized",
    "outcome": "outcome",
    "laterality": "laterality",
    "quantity": "quantity",
    "rationale": "text__rationale",
}
_SIDES = {
    "claims_administrator": (CitedBy.CLAIMS_ADMINISTRATOR, "ca_basis", "text__ca_guideline"),
    "reviewer": (CitedBy.REVIEWER, "reviewer_basis", "text__reviewer_guideline"),
}
_COLUMNS = (
    *("pk", "determination", "service_from", "service_to", "doubts", "determination__worker_age"),
    *("determination__worker_sex", *_DETERMINATION.values(), *_ITEM.values()),
    *(f"determination__{name}_date" for name in DATES),
    *(f"determination__reviewer__{name}" for name in PROFILE),
    *(column for _, *columns in _SIDES.values() for column in columns),
)
_CITATION = ("title", "section", "year", "pages", "tables", "text")


def records_in_order(selection: Selection, order: Order, address: Callable[[str], str]) -> Iterator[list[Record]]:
    """Yield the records of all items of a selection in an order, some hundreds at a time, as ``records_of`` does."""
    for offset in range(0, selection.size(), _AT_ONCE):
        yield records_of(selection.page(order, Unit.ITEMS, offset=offset, limit=_AT_ONCE), address)


def records_of(keys: Sequence[int], address: Callable[[str], str]) -> list[Record]:
    """Return the records of items by their keys, in their order; what was deleted in the meantime is left out.

    ``address`` makes a whole address out of a path. What a letter doesn't state is None, or an empty list.
    """
    rows = {row["pk"]: row for row in DisputedItem.objects.filter(pk__in=keys).order_by().values(*_COLUMNS)}
    found = {key: _record(rows[key], address) for key in keys if key in rows}
    treatments = ItemTreatment.objects.filter(item__in=found).order_by("position")
    for key, slug in treatments.values_list("item", "treatment__slug"):
        found[key]["treatments"].append(slug)
    body_parts = ItemBodyPart.objects.filter(item__in=found).order_by("pk")
    for key, slug in body_parts.values_list("item", "body_part__slug"):
        found[key]["body_parts"].append(slug)
    sides = {cited_by: name for name, (cited_by, *_) in _SIDES.items()}
    citations = GuidelineCitation.objects.filter(item__in=found).order_by("position")
    columns = ("item", "cited_by", "guideline__slug", "guideline__source", *_CITATION)
    for key, cited_by, slug, source, *values in citations.values_list(*columns):
        citation = {"guideline": slug, "source": source} | dict(zip(_CITATION, map(_stated, values), strict=True))
        found[key][sides[CitedBy(cited_by)]]["citations"].append(citation)
    return [*found.values()]


def _record(row: dict[str, Any], address: Callable[[str], str]) -> Record:
    reference = row["determination__case_number"] or str(row["determination"])
    page = reverse("web:determination", args=[reference])
    service = (row["service_from"], row["service_to"])
    item = {name: _stated(row[column]) for name, column in _ITEM.items()}
    sides = {
        name: {"basis": row[basis], "text": _stated(row[text]), "citations": []}
        for name, (_, basis, text) in _SIDES.items()
    }
    return {
        "determination": _determination(row) | {"url": address(page)},
        "url": address(f"{page}#item-{row['position']}"),
        **item,
        "treatments": [],
        "body_parts": [],
        "service_dates": [day.isoformat() for day in service] if all(service) else None,
        **sides,
        "doubts": row["doubts"],
    }


def _determination(row: dict[str, Any]) -> Record:
    dates = {name: row[f"determination__{name}_date"] for name in DATES}
    return {
        **{name: _stated(row[column]) for name, column in _DETERMINATION.items()},
        "dates": {name: day.isoformat() if day else None for name, day in dates.items()},
        "worker": {
            "age": row["determination__worker_age"],
            "sex": _stated(row["determination__worker_sex"]),
        },
        "reviewer": {name: row[f"determination__reviewer__{name}"] or [] for name in PROFILE},
    }


def _stated(value: Any) -> Any:
    """Return None for the empty text, which stands in a column where a letter states nothing."""
    return None if value == "" else value
