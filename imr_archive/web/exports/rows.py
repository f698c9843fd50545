"""The rows of CSV and XLSX downloads: facts alone, read column by column instead of as whole records.

20,000 items a second need few columns and few objects: one query for the columns of the item and its determination,
one for each kind of linked row, some thousands of items at a time.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from imr_archive.models import Determination, DisputedItem
from imr_archive.models.readable import readable_rows
from imr_archive.search.facets.selection import Unit
from imr_archive.web.exports.linked import LinkedRows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from django.db.models import QuerySet

    from imr_archive.search.facets.paging import Order
    from imr_archive.search.facets.selection import Selection
    from imr_archive.web.exports.columns import ExportColumn

    Row = list[Any]
    # What makes a cell out of the columns that were read, and the item's key.
    Getter = Callable[[tuple[Any, ...], int], Any]

# So many items, or determinations, are read at a time.
AT_ONCE = 2_000
# The column that is made an absolute address.
_ADDRESS = "url"


def rows_in_order(
    selection: Selection, order: Order, unit: Unit, columns: Sequence[ExportColumn], address: Callable[[str], str]
) -> Iterator[list[Row]]:
    """Yield the rows of a selection in an order, some thousands at a time; those deleted meanwhile are left out.

    ``address`` makes a whole address out of a path.
    """
    reader = _RowReader(selection, unit, columns, address("/").removesuffix("/"))
    for offset in range(0, selection.size(unit), AT_ONCE):
        yield [*reader.rows(selection.page(order, unit, offset=offset, limit=AT_ONCE)).values()]


def item_rows(
    selection: Selection, keys: Sequence[int], columns: Sequence[ExportColumn], address: Callable[[str], str]
) -> dict[int, Row]:
    """Return the rows of some items by their keys, in their order; those deleted meanwhile are left out."""
    return _RowReader(selection, Unit.ITEMS, columns, address("/").removesuffix("/")).rows(keys)


class _RowReader:
    """Reads the rows of items, or of determinations, by their keys."""

    def __init__(self, selection: Selection, unit: Unit, columns: Sequence[ExportColumn], site: str) -> None:
        self._unit = unit
        self._columns = columns
        self._site = site
        self._linked = LinkedRows(selection)
        reviewer = "determination__reviewer_id" if unit is Unit.ITEMS else "reviewer_id"
        self._fields = [*dict.fromkeys(("pk", reviewer, *(field for each in columns for field in each.fields)))]
        self._names = {each.linked for each in columns if each.linked}

    def rows(self, keys: Sequence[int]) -> dict[int, Row]:
        model = DisputedItem if self._unit is Unit.ITEMS else Determination
        objects: QuerySet[Any] = model._default_manager.order_by()
        read = readable_rows(lambda some: self._read(objects, some), keys, what=model.__name__)
        linked = self._linked.read(self._names, keys, {key: row[1] for key, row in read.items()})
        getters = [self._getter(each, linked.get(each.linked)) for each in self._columns]
        return {key: [get(read[key], key) for get in getters] for key in keys if key in read}

    def _read(self, objects: QuerySet[Any], keys: Sequence[int]) -> dict[int, tuple[Any, ...]]:
        return {row[0]: row for row in objects.filter(pk__in=keys).values_list(*self._fields)}

    def _getter(self, column: ExportColumn, linked: Any) -> Getter:
        cell = column.cell
        if column.linked and cell:
            return lambda row, key: cell(found) if (found := linked.get(key)) else ""
        places = [self._fields.index(field) for field in column.fields]
        if column.name == _ADDRESS and cell:
            get, site = itemgetter(*places), self._site
            return lambda row, key: site + cell(*get(row))
        place = places[0]
        if cell:
            return lambda row, key: cell(row[place] or "")
        return lambda row, key: row[place]
