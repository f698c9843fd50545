"""Settings of the connection and the process for bulk writing during a run (measured in ADR 7)."""

from __future__ import annotations

import gc
import logging
from contextlib import closing, contextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from django.db import Error, connection

from imr_archive.models.search_indexes import BATCH_TABLES
from imr_archive.search.fulltext.backend import backend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)

# Checkpoint the write-ahead log after 16,000 pages of 4 KB (64 MB) instead of 4 MB, so that a page that every batch
# changes is written once for many batches. The cache (in KB) is large enough for all pages that one batch changes.
_SQLITE = {"wal_autocheckpoint": 16_000, "cache_size": -131_072}
# GIN indexes collect new entries in a pending list, and the writer merges it when it exceeds the limit. A second
# connection flushes the lists earlier, so that the writer need not wait. A search scans 32 MB of list in about 15 ms.
_POSTGRESQL = {"default_toast_compression": "lz4", "gin_pending_list_limit": "32MB"}
_FLUSH_SECONDS = 1.0
# If the server does not answer, the thread is abandoned after this time; it ends with the process.
_MOST_SECONDS_TO_END = 60
# A batch is tens of thousands of tuples without reference cycles. With the default threshold of 700 objects, garbage
# collection takes a sixth of the writer's time.
_OBJECTS_BETWEEN_COLLECTIONS = 100_000


@contextmanager
def writing_much() -> Iterator[None]:
    """Apply the settings for bulk writing, and restore the earlier ones at the end."""
    setting = _on_sqlite() if connection.vendor == "sqlite" else _on_postgresql()
    with _rare_garbage_collection(), setting:
        yield


def flush_pending_lists(by: BaseDatabaseWrapper) -> int:
    """Flush the GIN pending lists of the tables that a run writes; return the number of pages flushed."""
    return backend(by).flush_pending_lists(BATCH_TABLES)


@contextmanager
def _rare_garbage_collection() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def _on_sqlite() -> Iterator[None]:
    before = {name: _ask(f"PRAGMA {name}") for name in _SQLITE}
    try:
        for name, value in _SQLITE.items():
            _ask(f"PRAGMA {name} = {value}")
        yield
    finally:
        with suppress(Error):
            for name, number in before.items():
                _ask(f"PRAGMA {name} = {number}")


@contextmanager
def _on_postgresql() -> Iterator[None]:
    wanted = {name: value for name, value in _POSTGRESQL.items() if _is_known(name, value)}
    before = {name: _ask("SELECT current_setting(%s)", name) for name in wanted}
    try:
        for name, value in wanted.items():
            _ask("SELECT set_config(%s, %s, false)", name, value)
        with _flushing():
            yield
    finally:
        with suppress(Error):
            flush_pending_lists(connection)
        with suppress(Error):
            for name, value in before.items():
                _ask("SELECT set_config(%s, %s, false)", name, value)


@contextmanager
def _flushing() -> Iterator[None]:
    """Flush GIN pending lists in a thread with its own connection. If the thread fails, the writer flushes them."""
    ended = Event()
    # Do not take the connection from the pool, because other threads may need all of its connections.
    own = connection.copy()
    own.settings_dict["OPTIONS"] = {**own.settings_dict["OPTIONS"], "pool": False}
    own.inc_thread_sharing()
    thread = Thread(target=_flush_periodically, args=(own, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(_MOST_SECONDS_TO_END)


def _flush_periodically(own: BaseDatabaseWrapper, ended: Event) -> None:
    """Flush GIN pending lists every second until the run has ended; short runs never connect."""
    try:
        with closing(own):
            while not ended.wait(_FLUSH_SECONDS):
                flush_pending_lists(own)
    except Error as error:
        logger.info("GIN pending lists are flushed by the writer itself (%s)", type(error).__name__)


def _is_known(name: str, value: str) -> bool:
    """Return whether this server has a setting and accepts the value; servers may be built without LZ4."""
    choices = _ask("SELECT coalesce(array_to_string(enumvals, ' '), %s) FROM pg_settings WHERE name = %s", value, name)
    return choices is not None and value in choices.split()


def _ask(statement: str, *parameters: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
        return row[0] if row else None
