"""Rows as tuples into tables, by the quickest way of each database: COPY on PostgreSQL, executemany on SQLite.

The caller has opened a transaction. Errors are Django's, as from any other statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django.db import connection
from django.db.models import DateField, DateTimeField
from psycopg.adapt import Dumper
from psycopg.postgres import types
from psycopg.pq import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.db.models import Field, Model

    Row = tuple[Any, ...]


# The name is asked for once, not for each key.
_POSTGRESQL_KEYS = """
SELECT nextval(name)
FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name OFFSET 0) AS one, generate_series(1, %s)
"""


class _JsonText(Dumper):
    """JSON that is text already, in the binary form of ``jsonb``: a version, and the text."""

    oid = types["jsonb"].oid
    format = Format.BINARY

    def dump(self, obj: str) -> bytes:
        return b"\x01" + obj.encode()


@dataclass(frozen=True, eq=False)
class Table:
    """The columns of a model's table that are inserted or updated; JSON columns take text."""

    model: type[Model]
    columns: tuple[str, ...]

    def keys(self, number: int) -> Sequence[int]:
        """Take new keys, which nobody else will be given."""
        if not number:
            return ()
        name = self.model._meta.db_table
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                # The transaction began with the write lock, so that this cannot change before its end.
                cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [name])
                last = (cursor.fetchone() or (0,))[0]
                return range(last + 1, last + 1 + number)
            cursor.execute(_POSTGRESQL_KEYS, [name, number])
            return [key for (key,) in cursor.fetchall()]

    def insert(self, rows: Sequence[Row]) -> None:
        """Insert rows; unlike ``bulk_create``, with no object a row."""
        if not rows:
            return
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.executemany(self._insert, self._adapted(rows))
                return
            cursor.cursor.adapters.register_dumper(str, _JsonText)
            with connection.wrap_database_errors, cursor.cursor.copy(self._copy) as copy:
                if self._is_binary:
                    copy.set_types(self._types)
                for row in rows:
                    copy.write_row(row)

    def update(self, rows: Sequence[Row]) -> None:
        """Write rows over those that have their keys, which stand in the first column."""
        if rows:
            with connection.cursor() as cursor:
                cursor.executemany(self._update, [(*row[1:], row[0]) for row in self._adapted(rows)])

    def put(self, rows: Sequence[Row]) -> None:
        """Insert rows, or write over those that have their keys, which stand in the first column."""
        if rows:
            with connection.cursor() as cursor:
                cursor.executemany(self._put, self._adapted(rows))

    @cached_property
    def _names(self) -> str:
        columns = ", ".join(connection.ops.quote_name(column) for column in self.columns)
        return f"{connection.ops.quote_name(self.model._meta.db_table)} ({columns})"

    @cached_property
    def _copy(self) -> str:
        return f"COPY {self._names} FROM STDIN{' (FORMAT binary)' if self._is_binary else ''}"

    @cached_property
    def _is_binary(self) -> bool:
        """Whether rows are sent in binary form, which is cheaper at both ends.

        Those with small numbers are not: psycopg would cut a number that is too big to what its column holds.
        """
        return not {"smallint", "integer"} & {*self._types}

    @cached_property
    def _types(self) -> list[str]:
        """PostgreSQL's names of the columns' types, without their lengths."""
        return [(field.db_type(connection) or "").partition("(")[0] for field in self._fields]

    @cached_property
    def _fields(self) -> list[Field[Any, Any]]:
        fields = (self.model._meta.get_field(column.removesuffix("_id")) for column in self.columns)
        return [cast("Field[Any, Any]", field) for field in fields]

    @cached_property
    def _insert(self) -> str:
        values = ", ".join(["%s"] * len(self.columns))
        return f"INSERT INTO {self._names} VALUES ({values})"  # noqa: S608 - names of our own tables

    @cached_property
    def _update(self) -> str:
        key, *columns = map(connection.ops.quote_name, self.columns)
        values = ", ".join(f"{column} = %s" for column in columns)
        table = connection.ops.quote_name(self.model._meta.db_table)
        return f"UPDATE {table} SET {values} WHERE {key} = %s"  # noqa: S608 - names of our own tables

    @cached_property
    def _put(self) -> str:
        key, *columns = map(connection.ops.quote_name, self.columns)
        values = ", ".join(f"{column} = excluded.{column}" for column in columns)
        return f"{self._insert} ON CONFLICT ({key}) DO UPDATE SET {values}"

    @cached_property
    def _times(self) -> list[tuple[int, Callable[[Any], Any]]]:
        """The places of dates and times in a row, which SQLite holds as text, and how they are written."""
        found: list[tuple[int, Callable[[Any], Any]]] = []
        for place, field in enumerate(self._fields):
            if isinstance(field, DateTimeField):
                found.append((place, connection.ops.adapt_datetimefield_value))
            elif isinstance(field, DateField):
                found.append((place, connection.ops.adapt_datefield_value))
        return found

    def _adapted(self, rows: Sequence[Row]) -> Sequence[Row]:
        return [*map(self._with_times, rows)] if self._times else rows

    def _with_times(self, row: Row) -> Row:
        values = [*row]
        for place, adapt in self._times:
            values[place] = adapt(values[place])
        return tuple(values)
