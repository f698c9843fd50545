"""SQL of the triggers that keep PostgreSQL's full-text indexes and the change log up to date.

The migrations create the same triggers from SQL of their own; this is what ``check_archive --repair`` restores lost
ones from, and a test compares the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imr_archive.search.fulltext.tables import EVENT_ROWS, Writing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.search.fulltext.tables import ChangeLog, IndexedTable, WatchedTable

# A setting of the transaction that disables triggers while a batch is written.
BULK_INDEXING = "imr_archive.bulk_indexing"
_UNLESS_BULK = f"IF current_setting('{BULK_INDEXING}', true) = 'on' THEN RETURN NULL; END IF; "


def index_triggers(table: IndexedTable) -> dict[str, list[str]]:
    """Return the statements that create or replace each trigger of a full-text index, by the trigger's name."""
    index, content = table.index, table.content
    truncate = [
        _function(f"{index}_truncate", f"TRUNCATE {index};"),
        *_trigger(f"{index}_truncate", "TRUNCATE", content),
    ]
    if table.writing is Writing.BY_ROW:
        return {
            f"{index}_upsert": [
                _function(f"{index}_upsert", _upsert(table, _values(table))),
                *_trigger(f"{index}_upsert", "INSERT OR UPDATE", content, each="ROW"),
            ],
            f"{index}_delete": [
                _function(f"{index}_delete", f"DELETE FROM {index} WHERE {table.key} = old.{table.key};"),
                *_trigger(f"{index}_delete", "DELETE", content, each="ROW"),
            ],
            f"{index}_truncate": truncate,
        }
    upsert = _function(f"{index}_upsert", _upsert_rows(table))
    delete = f"DELETE FROM {index} USING old_rows WHERE {index}.{table.key} = old_rows.{table.key};"
    return {
        # A trigger that sees the rows of its statement as a table may have one event only.
        f"{index}_insert": [
            upsert,
            *_trigger(f"{index}_insert", "INSERT", content, ("new",), function=f"{index}_upsert"),
        ],
        f"{index}_update": [
            upsert,
            *_trigger(f"{index}_update", "UPDATE", content, ("new",), function=f"{index}_upsert"),
        ],
        f"{index}_delete": [
            _function(f"{index}_delete", delete),
            *_trigger(f"{index}_delete", "DELETE", content, ("old",)),
        ],
        f"{index}_truncate": truncate,
    }


def _values(table: IndexedTable) -> str:
    return f"VALUES (new.{table.key}, {', '.join(f'imr_vector(new.{column})' for column in table.columns)})"


def _upsert_rows(table: IndexedTable) -> str:
    """Return the body that indexes the rows of a statement.

    Rows whose writer provides the vectors are skipped while it writes a batch; otherwise each distinct text is parsed
    once, because rows of such tables share their texts.
    """
    columns = ", ".join(table.columns)
    if table.writing is Writing.IN_BATCHES_WITH_VECTORS:
        vectors = ", ".join(f"imr_vector({column})" for column in table.columns)
        return _UNLESS_BULK + _upsert(table, f"SELECT {table.key}, {vectors} FROM new_rows")
    vectors = ", ".join(f"imr_vector({column}) AS {column}_vector" for column in table.columns)
    chosen = ", ".join(f"{column}_vector" for column in table.columns)
    # MATERIALIZED: otherwise PostgreSQL computes the vectors for each row of the join.
    texts = f"WITH texts AS MATERIALIZED (SELECT {columns}, {vectors} FROM new_rows GROUP BY {columns})"
    return _upsert(table, f"{texts} SELECT {table.key}, {chosen} FROM new_rows JOIN texts USING ({columns})")


def _upsert(table: IndexedTable, rows: str) -> str:
    replaced = ", ".join(f"{column} = excluded.{column}" for column in table.columns)
    return (
        f"INSERT INTO {table.index} ({table.key}, {', '.join(table.columns)}) {rows} "
        f"ON CONFLICT ({table.key}) DO UPDATE SET {replaced};"
    )


def change_triggers(log: ChangeLog) -> dict[str, list[str]]:
    """Return the statements that create or replace each trigger of the change log, by the trigger's name."""
    return {
        table.trigger(event): [
            _function(table.trigger(event), _log(log, table, event, sides)),
            *_trigger(table.trigger(event), event, table.name, sides),
        ]
        for table in log.watched
        for event, sides in EVENT_ROWS.items()
    }


def _log(log: ChangeLog, table: WatchedTable, event: str, sides: Sequence[str]) -> str:
    """Return the body that logs changes, in the order of the keys, so that two writers never deadlock.

    In a batch the determination's own row logs a new letter; its other rows would only log it again.
    """
    changed = " UNION ALL ".join(f"SELECT * FROM {side}_rows" for side in sides)
    condition = _UNLESS_BULK if table.in_batches and not table.is_determination and event == "INSERT" else ""
    return (
        f"{condition}INSERT INTO {log.name} (determination) SELECT DISTINCT logged.determination "
        f"FROM (WITH changed AS ({changed}) {_determinations(table)}) AS logged (determination) "
        f"WHERE logged.determination IS NOT NULL ORDER BY logged.determination "
        f"ON CONFLICT (determination) DO UPDATE SET id = nextval(pg_get_serial_sequence('{log.name}', 'id'));"
    )


def _determinations(table: WatchedTable) -> str:
    """Return the query for the determinations of the changed rows."""
    if table.link is None:
        return f"SELECT {f'changed.{table.column}' if table.field else '0'} FROM changed"
    link = table.link
    return (
        f"SELECT linked.{link.read_column} FROM changed "
        f"JOIN {link.name} AS linked ON linked.{link.matched_column} = changed.{table.column}"
    )


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
    )


def _trigger(
    name: str, event: str, table: str, sides: Sequence[str] = (), *, each: str = "STATEMENT", function: str = ""
) -> list[str]:
    """Return the statements that replace a trigger; ``sides`` are the versions of the rows that it sees as tables."""
    transition_tables = "".join(f"{side.upper()} TABLE AS {side}_rows " for side in sides)
    referencing = f"REFERENCING {transition_tables}" if sides else ""
    return [
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} AFTER {event} ON {table} {referencing}"
        f"FOR EACH {each} EXECUTE FUNCTION {function or name}()",
    ]
