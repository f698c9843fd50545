"""Sentences for what a database raises, for people; its own messages are left out, since they may quote a row."""

from __future__ import annotations

import traceback

import msgspec
from psycopg_pool import PoolTimeout

_LOST = "The connection to the database was lost."
_CONNECTION_LOST = ("08", "57P")
_NO_TABLE = "42P01"
# The functions of Django that read and convert the values of rows; the driver calls the last for a date of SQLite.
_CONVERTING = ("cursor_iter", "apply_converters", "from_db_value", "parse_date")
# Prefixes of SQLite's error names and of PostgreSQL's SQLSTATE codes (of two characters: a whole class).
_FAILURES = (
    (("SQLITE_FULL", "53100"), "The disk that holds the database is full."),
    (("SQLITE_BUSY", "SQLITE_LOCKED", "55P03"), "Another process kept the database locked."),
    (("SQLITE_READONLY", "25006", "42501"), "The database cannot be written to."),
    (("SQLITE_CANTOPEN",), "The database's file cannot be opened."),
    ((_NO_TABLE, "42703"), "The database lacks tables of this version; manage.py migrate makes them."),
    (("53",), "The database server has run out of memory or connections."),
)


def database_failure(error: BaseException, *, was_connected: bool = True) -> str:
    """Return a sentence that says why the database failed, given the exception that Django raised.

    One cause has one sentence, however the driver meets it: a server that goes away while a connection is in use ends a
    statement, refuses the next connection or lets the pool wait in vain. ``was_connected`` says whether the database
    had answered before.
    """
    cause = error.__cause__
    code = _code(cause)
    if isinstance(cause, PoolTimeout) or not code or code.startswith(_CONNECTION_LOST):
        return _LOST if was_connected else "The database cannot be reached."
    known = (sentence for codes, sentence in _FAILURES if code.startswith(codes))
    return next(known, f"The database failed ({code}).")


def is_unavailable(error: BaseException) -> bool:
    """Return whether the database as a whole cannot answer: it is away, full, locked or without its tables."""
    code = _code(error.__cause__)
    return not code or code.startswith(_CONNECTION_LOST) or any(code.startswith(codes) for codes, _ in _FAILURES)


def is_deadlock(error: BaseException) -> bool:
    """Return whether PostgreSQL ended a transaction because another one waited for it, and it for the other."""
    return getattr(error.__cause__, "sqlstate", "") == "40P01"


def is_damaged_value(error: BaseException) -> bool:
    """Return whether a stored value could not be converted: an impossible date, or text that is no JSON.

    Django raises the ``ValueError`` of the conversion itself, so the frame it comes from tells it from other errors.
    """
    if isinstance(error, msgspec.ValidationError):
        return True  # JSON of another form than a record has
    if not isinstance(error, ValueError):
        return False
    frames = traceback.walk_tb(error.__traceback__)
    return any(frame.f_code.co_name in _CONVERTING and "django" in frame.f_code.co_filename for frame, _ in frames)


def _code(cause: BaseException | None) -> str:
    """Return SQLite's error name or PostgreSQL's SQLSTATE; the empty text if the server said nothing."""
    if str(cause).startswith(("no such table", "no such column")):
        return _NO_TABLE
    return getattr(cause, "sqlite_errorname", "") or getattr(cause, "sqlstate", "") or ""
