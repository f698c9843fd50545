"""Lets the database itself note which determinations were written or deleted since the facet index was built.

Triggers do it, so that whoever writes, by whatever way, is counted at once. A determination stands in the log once,
under the number of its last change: the sum of the numbers rises with every change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from imr_archive.search.fulltext.bulk_indexing import LOG, RETURN_IF_AT_ONCE, UNLESS_HELD_BACK
from imr_archive.search.fulltext.schema import SearchOperation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

_ITEMS = "imr_archive_disputeditem"


@dataclass(frozen=True, slots=True)
class WatchedTable:
    """A table whose rows the facet index holds, or whose words are looked for by position.

    ``found`` is the SQL that leads from its rows, under the alias ``changed``, to the keys of their determinations.
    """

    name: str
    found: str


def _of_item(name: str) -> WatchedTable:
    return WatchedTable(name, f"SELECT i.determination_id FROM changed JOIN {_ITEMS} AS i ON i.id = changed.item_id")


def _of_reviewer(name: str) -> WatchedTable:
    return WatchedTable(
        name,
        "SELECT d.id FROM changed JOIN imr_archive_determination AS d ON d.reviewer_id = changed.reviewer_id",
    )


# 0 stands for the names that pages show.
_NAMES = "SELECT 0 FROM changed"

LETTERS = (
    WatchedTable("imr_archive_determination", "SELECT changed.id FROM changed"),
    WatchedTable(_ITEMS, "SELECT changed.determination_id FROM changed"),
    WatchedTable("imr_archive_determinationtext", "SELECT changed.determination_id FROM changed"),
    _of_item("imr_archive_disputeditemtext"),
    _of_item("imr_archive_itemtreatment"),
    _of_item("imr_archive_itembodypart"),
    _of_item("imr_archive_guidelinecitation"),
)
WATCHED = (
    *LETTERS,
    _of_reviewer("imr_archive_reviewerspecialty"),
    _of_reviewer("imr_archive_reviewerlicence"),
    WatchedTable("imr_archive_treatment", _NAMES),
    WatchedTable("imr_archive_guideline", _NAMES),
    WatchedTable("imr_archive_bodypart", _NAMES),
)
_EVENTS = {"insert": ("new",), "update": ("old", "new"), "delete": ("old",)}


class CreateChangeLog(SearchOperation):
    """Have every watched table's changes noted from now on."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Create the triggers, and note every determination that is there already."""
        self._run(
            schema_editor,
            sqlite=lambda: [*_sqlite_create(), _NOTE_ALL],
            postgresql=lambda: [*_postgresql_create(), _NOTE_ALL],
        )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the triggers."""
        self._run(schema_editor, sqlite=lambda: [*_sqlite_drop()], postgresql=lambda: [*_postgresql_drop()])

    def describe(self) -> str:
        """Say what the operation does."""
        return "Create the log of changes for the facet index"


class HoldBackNotes(SearchOperation):
    """Hold SQLite's triggers of inserted letters back while a writer says so; nothing to do on PostgreSQL."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Replace the triggers."""
        self._run(schema_editor, sqlite=lambda: [*_sqlite_insert_again(UNLESS_HELD_BACK)], postgresql=list)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Put the former triggers back."""
        self._run(schema_editor, sqlite=lambda: [*_sqlite_insert_again()], postgresql=list)

    def describe(self) -> str:
        """Say what the operation does."""
        return "Let the notes of inserted letters be held back"


class NoteLettersOnce(SearchOperation):
    """Have a new letter noted on PostgreSQL with its determination alone, not again with each table that hangs on it.

    A batch says so (``search/at_once.py``); SQLite's notes of a batch are held back as it is.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Replace the triggers' functions."""
        self._run(schema_editor, sqlite=list, postgresql=lambda: [*_postgresql_notes_again(RETURN_IF_AT_ONCE)])

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Put the former functions back."""
        self._run(schema_editor, sqlite=list, postgresql=lambda: [*_postgresql_notes_again()])

    def describe(self) -> str:
        """Say what the operation does."""
        return "Note the letters of a batch once each"


_NOTE_ALL = f"INSERT INTO {LOG} (determination) SELECT id FROM imr_archive_determination ORDER BY id"


def _sqlite_create() -> Iterator[str]:
    for table in WATCHED:
        yield from (_sqlite_trigger(table, event) for event in _EVENTS)


def _sqlite_trigger(table: WatchedTable, event: str, condition: str = "") -> str:
    noted = " ".join(map(_noted, (_of_one_row(table.found, side) for side in _EVENTS[event])))
    return f"CREATE TRIGGER {table.name}_noted_{event} AFTER {event} ON {table.name} {condition}BEGIN {noted} END"


def _sqlite_insert_again(condition: str = "") -> Iterator[str]:
    """Replace the triggers of inserted letters by such as stand under a condition, or under none."""
    for table in LETTERS:
        yield f"DROP TRIGGER {table.name}_noted_insert"
        yield _sqlite_trigger(table, "insert", condition)


def _noted(found: str) -> str:
    """Forget and note again: an OR REPLACE would give way to an OR IGNORE of the statement that fires the trigger."""
    return f"DELETE FROM {LOG} WHERE determination IN ({found}); INSERT INTO {LOG} (determination) {found};"


def _of_one_row(found: str, side: str) -> str:
    """Say what one row of a trigger leads to, which has no table of its rows to select from."""
    if found.endswith("FROM changed"):
        return found.removesuffix(" FROM changed").replace("changed.", f"{side}.")
    return found.replace("FROM changed JOIN", "FROM").replace(" ON ", " WHERE ").replace("changed.", f"{side}.")


def _sqlite_drop() -> Iterator[str]:
    for table in WATCHED:
        yield from (f"DROP TRIGGER {table.name}_noted_{event}" for event in _EVENTS)


def _postgresql_create() -> Iterator[str]:
    for table in WATCHED:
        for event, sides in _EVENTS.items():
            name = f"{table.name}_noted_{event}"
            yield _postgresql_function(table, event)
            tables = " ".join(f"{side.upper()} TABLE AS {side}_rows" for side in sides)
            yield (
                f"CREATE TRIGGER {name} AFTER {event} ON {table.name} REFERENCING {tables} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )


def _postgresql_function(table: WatchedTable, event: str, first: str = "") -> str:
    changed = " UNION ALL ".join(f"SELECT * FROM {side}_rows" for side in _EVENTS[event])
    # In the order of the keys, so that two writers never wait for each other.
    return (
        f"CREATE OR REPLACE FUNCTION {table.name}_noted_{event}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {first}"
        f"INSERT INTO {LOG} (determination) "
        f"SELECT DISTINCT noted.key FROM (WITH changed AS ({changed}) {table.found}) AS noted (key) "
        "WHERE noted.key IS NOT NULL ORDER BY noted.key "
        f"ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('{LOG}', 'id')); "
        "RETURN NULL; END $$"
    )


def _postgresql_notes_again(first: str = "") -> Iterator[str]:
    """Let what hangs on a determination be noted after a condition, or without one, where it is inserted."""
    _, *hanging = LETTERS
    for table in hanging:
        yield _postgresql_function(table, "insert", first)


def _postgresql_drop() -> Iterator[str]:
    for table in WATCHED:
        for event in _EVENTS:
            yield f"DROP TRIGGER {table.name}_noted_{event} ON {table.name}"
            yield f"DROP FUNCTION {table.name}_noted_{event}()"


def last_change(connection: BaseDatabaseWrapper) -> int:
    """Return the number of the last change; whatever is committed later has a higher one.

    PostgreSQL numbers changes before they are committed, so this waits there for those that are under way.
    """
    with transaction.atomic(using=connection.alias):
        lock_log(connection)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {LOG}")
            (number,) = cursor.fetchone()
    return int(number)


def lock_log(connection: BaseDatabaseWrapper) -> None:
    """Keep changes from being noted until the transaction ends; SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {LOG} IN SHARE ROW EXCLUSIVE MODE")


def lost_notes(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the triggers that should note changes and are gone, or not switched on."""
    if connection.vendor == "sqlite":
        stored = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        stored = "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(stored)
        found = {name for (name,) in cursor.fetchall()}
    return [name for table in WATCHED for event in _EVENTS if (name := f"{table.name}_noted_{event}") not in found]
