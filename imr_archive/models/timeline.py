"""Rows of several tables as one list, newest first, in parts.

Each part is read with one query per table that stops after as many rows as the part has, so that a part of a long
history costs as much as one of a short one. A union in the database would leave the tables' columns to the lowest
common form and could not use their relations.
"""

from __future__ import annotations

from datetime import datetime
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import Model, QuerySet

_JOINT = "~"
_LONGEST_KEY = 18


class Cursor(NamedTuple):
    """The place of a row in the list: its time, the place of its table among the tables, and its key."""

    at: datetime
    table: int
    key: int

    def __str__(self) -> str:
        return _JOINT.join((self.at.isoformat(), str(self.table), str(self.key)))

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """Return the cursor that a text states; None if it states none."""
        at, _, rest = text.partition(_JOINT)
        table, _, key = rest.partition(_JOINT)
        if not all(each.isascii() and each.isdecimal() and len(each) <= _LONGEST_KEY for each in (table, key)):
            return None
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            return None
        return None if timezone.is_naive(moment) else cls(moment, int(table), int(key))

    @property
    def order(self) -> tuple[float, int, int]:
        """The sort key, ascending from the newest row to the oldest."""
        return -self.at.timestamp(), self.table, -self.key


class TimedRows(NamedTuple):
    """Rows of one table, and the column that has their time."""

    rows: QuerySet[Any]
    column: str


def newest_rows(tables: Sequence[TimedRows], *, before: Cursor | None, limit: int) -> list[tuple[Cursor, Model]]:
    """Return the newest rows of several tables before a place in their common list; one query for each table."""
    parts = (_part(place, table, before, limit) for place, table in enumerate(tables))
    return [*islice(merge(*parts, key=lambda each: each[0].order), limit)]


def _part(place: int, table: TimedRows, before: Cursor | None, limit: int) -> Iterator[tuple[Cursor, Model]]:
    rows, column = table
    if before:
        at_once = Q(**{column: before.at})
        if place == before.table:
            at_once &= Q(pk__lt=before.key)
        elif place < before.table:
            at_once &= Q(pk__in=[])
        # The first condition repeats what the others say together: an index of the column can be read by it.
        rows = rows.filter(Q(**{f"{column}__lte": before.at}), Q(**{f"{column}__lt": before.at}) | at_once)
    for row in rows.order_by(f"-{column}", "-pk")[:limit]:
        yield Cursor(getattr(row, column), place, row.pk), row
