"""How a connection and this process are set for writing much, as long as a run lasts; decision 7 has measurements."""

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

# Pages of 4 KB. The log is folded into the file each 64 MB, not each 4: a page that every batch changes is written
# once for many of them. The cache (in KB) holds what a batch changes, so that no batch spills into the log half-done.
_SQLITE = {"wal_autocheckpoint": 16_000, "cache_size": -131_072}
# Words wait in a list beside each index until there are enough to be sorted in together. Before it comes to that, a
# second connection sorts them in while the writer goes on; a list of 32 MB takes a search some 15 ms to read through.
_POSTGRESQL = {"default_toast_compression": "lz4", "gin_pending_list_limit": "32MB"}
_FOLDING_SECONDS = 1.0
# A thread whose server answers no more is left behind; it ends with the process.
_MOST_SECONDS_TO_END = 60
# A batch is tens of thousands of tuples that live until it is stored and are in no cycle: to look through them for
# cycles every 700 objects costs a sixth of the writer's time.
_OBJECTS_BETWEEN_COLLECTIONS = 100_000


@contextmanager
def writing_much() -> Iterator[None]:
    """Set the connection and this process for writing much, and set them back."""
    setting = _on_sqlite() if connection.vendor == "sqlite" else _on_postgresql()
    with _collecting_seldom(), setting:
        yield


def flush_pending_lists(by: BaseDatabaseWrapper) -> int:
    """Flush the GIN pending lists of the tables that a run writes; return how many pages."""
    return backend(by).flush_pending_lists(BATCH_TABLES)


@contextmanager
def _collecting_seldom() -> Iterator[None]:
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
        with _folding():
            yield
    finally:
        with suppress(Error):
            flush_pending_lists(connection)
        with suppress(Error):
            for name, value in before.items():
                _ask("SELECT set_config(%s, %s, false)", name, value)


@contextmanager
def _folding() -> Iterator[None]:
    """Have waiting words sorted in by a thread with a connection of its own; should it fail, the writer does it."""
    ended = Event()
    # Not of the pool, where others of this process may need every one.
    own = connection.copy()
    own.settings_dict["OPTIONS"] = {**own.settings_dict["OPTIONS"], "pool": False}
    own.inc_thread_sharing()
    thread = Thread(target=_fold_now_and_then, args=(own, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(_MOST_SECONDS_TO_END)


def _fold_now_and_then(own: BaseDatabaseWrapper, ended: Event) -> None:
    """Sort waiting words in until the run has ended; short runs never connect."""
    try:
        with closing(own):
            while not ended.wait(_FOLDING_SECONDS):
                flush_pending_lists(own)
    except Error as error:
        logger.info("Words that wait are sorted in by the writer itself (%s)", type(error).__name__)


def _is_known(name: str, value: str) -> bool:
    """Whether this server has a setting, and a value that is a choice among it: servers may be built without LZ4."""
    choices = _ask("SELECT coalesce(array_to_string(enumvals, ' '), %s) FROM pg_settings WHERE name = %s", value, name)
    return choices is not None and value in choices.split()


def _ask(statement: str, *parameters: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
        return row[0] if row else None
