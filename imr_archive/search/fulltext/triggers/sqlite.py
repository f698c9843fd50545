"""SQL of the triggers that keep SQLite's full-text indexes and the change log up to date.

The migrations create the same triggers from SQL of their own; this is what ``check_archive --repair`` restores lost
ones from, and a test compares the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imr_archive.search.fulltext.tables import EVENT_ROWS, Writing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.search.fulltext.tables import ChangeLog, IndexedTable, WatchedTable

# A row in this table disables the triggers of inserted letters while a batch is written.
BULK_INDEXING = "imr_archive_bulkindexing"
_UNLESS_BULK = f"WHEN NOT EXISTS (SELECT 1 FROM {BULK_INDEXING}) "


def index_triggers(table: IndexedTable) -> dict[str, list[str]]:
    """Return the statements that create or replace each trigger of a full-text index, by the trigger's name."""
    index, columns = table.index, ", ".join(table.columns)
    old = ", ".join(f"old.{column}" for column in table.columns)
    new = ", ".join(f"new.{column}" for column in table.columns)
    delete = f"INSERT INTO {index} ({index}, rowid, {columns}) VALUES ('delete', old.{table.key}, {old});"
    insert = f"INSERT INTO {index} (rowid, {columns}) VALUES (new.{table.key}, {new});"
    condition = "" if table.writing is Writing.BY_ROW else _UNLESS_BULK
    return {
        f"{index}_insert": _trigger(f"{index}_insert", "INSERT", table.content, insert, condition),
        f"{index}_update": _trigger(f"{index}_update", "UPDATE", table.content, f"{delete} {insert}"),
        f"{index}_delete": _trigger(f"{index}_delete", "DELETE", table.content, delete),
    }


def change_triggers(log: ChangeLog) -> dict[str, list[str]]:
    """Return the statements that create or replace each trigger of the change log, by the trigger's name."""
    return {
        table.trigger(event): _change_trigger(log, table, event, sides)
        for table in log.watched
        for event, sides in EVENT_ROWS.items()
    }


def _change_trigger(log: ChangeLog, table: WatchedTable, event: str, sides: Sequence[str]) -> list[str]:
    condition = _UNLESS_BULK if table.in_batches and event == "INSERT" else ""
    logged = " ".join(_log(log, _determination(table, side)) for side in sides)
    return _trigger(table.trigger(event), event, table.name, logged, condition)


def _log(log: ChangeLog, determination: str) -> str:
    """Return the statements that log a change: not INSERT OR REPLACE, which the OR IGNORE of a statement overrides."""
    return (
        f"DELETE FROM {log.name} WHERE determination IN ({determination}); "
        f"INSERT INTO {log.name} (determination) {determination};"
    )


def _determination(table: WatchedTable, side: str) -> str:
    """Return the query for the determination of the row that fires the trigger."""
    if table.link is None:
        return f"SELECT {side}.{table.column}" if table.field else "SELECT 0"
    link = table.link
    return (
        f"SELECT linked.{link.read_column} FROM {link.name} AS linked "
        f"WHERE linked.{link.matched_column} = {side}.{table.column}"
    )


def _trigger(name: str, event: str, table: str, body: str, condition: str = "") -> list[str]:
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} AFTER {event} ON {table} {condition}BEGIN {body} END",
    ]
