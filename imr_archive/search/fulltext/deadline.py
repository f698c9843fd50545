"""How long a reader's question may keep the database busy, on either database."""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from psycopg.pq import TransactionStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db import OperationalError
    from django.db.backends.base.base import BaseDatabaseWrapper

# SQLite looks at the clock after so many steps of a statement, which is some tenths of a millisecond.
_STEPS = 20_000
# What PostgreSQL calls a statement that ran out of time; psycopg's error carries it.
_QUERY_CANCELED = "57014"


@contextmanager
def time_limit(connection: BaseDatabaseWrapper, seconds: float) -> Iterator[None]:
    """Stop what takes longer: each statement on PostgreSQL, all of them together on SQLite. 0 sets no limit.

    What is stopped raises Django's ``OperationalError``, for which ``is_out_of_time`` is true. Who asks the database
    nothing opens no connection by this.
    """
    limit = _SqliteLimit(seconds) if connection.vendor == "sqlite" else _PostgresqlLimit(seconds)
    with connection.execute_wrapper(limit):
        try:
            yield
        finally:
            limit.lift(connection)


def is_out_of_time(error: OperationalError) -> bool:
    """Tell a statement that was stopped by its limit from a database that fails."""
    cause = error.__cause__
    return getattr(cause, "sqlstate", None) == _QUERY_CANCELED or str(cause) == "interrupted"


class _SqliteLimit:
    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds if seconds else math.inf
        self._is_set = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not self._is_set:
            self._is_set = True
            session = context["connection"].connection
            session.set_progress_handler(lambda: time.monotonic() > self._end, _STEPS)
        return execute(sql, params, many, context)

    def lift(self, connection: BaseDatabaseWrapper) -> None:
        if self._is_set and connection.connection is not None:
            connection.connection.set_progress_handler(None, 0)


class _PostgresqlLimit:
    """Sets the limit once for a connection of the pool: it remembers, and most requests ask for the same.

    What is set within a transaction goes with it, so there it is set for the transaction alone.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        session = context["connection"].connection
        if getattr(session, "imr_statement_timeout", 0) != self._seconds:
            in_transaction = not session.autocommit or session.info.transaction_status != TransactionStatus.IDLE
            limit = [f"{int(self._seconds * 1000)}", in_transaction]
            session.execute("SELECT set_config('statement_timeout', %s, %s)", limit)
            if not in_transaction:
                session.imr_statement_timeout = self._seconds
        return execute(sql, params, many, context)

    def lift(self, connection: BaseDatabaseWrapper) -> None:
        """Leave it to the next request, which sets its own."""
