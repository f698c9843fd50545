"""Reads many keys from a database as one value instead of a row each, which is six times as fast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import Aggregate, Field

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler
    from numpy.typing import NDArray

_BIG_ENDIAN = np.dtype(">i8")


class KeyArrayField(Field):  # type: ignore[type-arg]  # no column has it
    """The output field of ``Keys``: an array of int64, empty where there is no row."""

    def from_db_value(self, value: str | bytes | None, *_: object) -> NDArray[np.int64]:
        """Read the text of SQLite or the bytes of PostgreSQL."""
        return read_keys(value)


class Keys(Aggregate):
    """Aggregates all values of an integer column, without nulls, into one array.

    Several in one query have the same order as long as their columns hold no null.
    """

    output_field = KeyArrayField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        """Join the numbers by commas."""
        return self.as_sql(compiler, connection, function="group_concat", **extra)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        """Join the numbers as eight bytes each."""
        template = "string_agg(int8send((%(expressions)s)::bigint), ''::bytea)"
        return self.as_sql(compiler, connection, template=template, **extra)


def read_keys(value: str | bytes | memoryview | None) -> NDArray[np.int64]:
    """Return the array of the keys that a database joined into one value; None gives the empty one."""
    if value is None:
        return np.empty(0, dtype=np.int64)
    if isinstance(value, str):
        return np.fromstring(value, dtype=np.int64, sep=",")
    return np.frombuffer(value, dtype=_BIG_ENDIAN).astype(np.int64)
