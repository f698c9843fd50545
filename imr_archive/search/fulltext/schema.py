"""Creates the full-text index of a table, on whichever database a migration is applied to.

SQLite gets an FTS5 table over the text table's own columns; PostgreSQL a side table with one stored tsvector a section.
Triggers keep them: whoever writes text, by whatever way, has it indexed in the same transaction.

A later migration that alters a text table on SQLite must drop and create its index again around the change: SQLite
rebuilds an altered table under a new name, and its triggers go with the old one. ``IndexByStatement`` (and for what the
facet index notes, ``HoldBackNotes``) must follow, or a batch of letters is indexed twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.migrations.operations.base import Operation

from imr_archive.search.fulltext.bulk_indexing import LATER, RETURN_IF_AT_ONCE, UNLESS_HELD_BACK

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

    from imr_archive.search.fulltext.tables import IndexedTable

# Accented Latin letters → plain ones, for servers without the unaccent extension and in any locale.
_ACCENTED = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝŸ"
_PLAIN = "aaaaaaceeeeiiiinooooouuuuyyaaaaaaceeeeiiiinooooouuuuyy"

# Porter's stemmer as FTS5 has it; no stop words, so that phrases keep every word; numbers and codes stand as they are.
_POSTGRESQL_CONFIGURATION = """
CREATE TEXT SEARCH DICTIONARY imr_porter (TEMPLATE = snowball, Language = porter);
CREATE TEXT SEARCH CONFIGURATION imr_words (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION imr_words ALTER MAPPING FOR asciiword, word, numword WITH imr_porter;
"""
_POSTGRESQL_VECTOR_FIRST = f"""
CREATE FUNCTION imr_vector(printed text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT to_tsvector('imr_words', regexp_replace(lower(translate(printed, '{_ACCENTED}', '{_PLAIN}')),
                                                 '[^[:alnum:]]+', ' ', 'g'))
$$;
"""
# ``translate`` compares each character with each of the accented ones, which costs as much as all the rest.
_POSTGRESQL_VECTOR = f"""
CREATE OR REPLACE FUNCTION imr_vector(printed text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT to_tsvector('imr_words', regexp_replace(
    lower(CASE WHEN printed ~ '[{_ACCENTED}]' THEN translate(printed, '{_ACCENTED}', '{_PLAIN}') ELSE printed END),
    '[^[:alnum:]]+', ' ', 'g'))
$$;
"""
_POSTGRESQL_VECTOR_BACK = _POSTGRESQL_VECTOR_FIRST.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
_POSTGRESQL_CONFIGURATION_BACK = """
DROP FUNCTION imr_vector(text);
DROP TEXT SEARCH CONFIGURATION imr_words;
DROP TEXT SEARCH DICTIONARY imr_porter;
"""


class SearchOperation(Operation):
    """A migration operation that asks which database it is applied to, and leaves Django's model state alone."""

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Search indexes are no part of Django's model state."""

    def _run(self, editor: BaseDatabaseSchemaEditor, **by_vendor: Callable[[], list[str]]) -> None:
        for statement in by_vendor[editor.connection.vendor]():
            editor.execute(statement, params=None)


class CreateSearchConfiguration(SearchOperation):
    """Teach PostgreSQL to read words as FTS5 does; nothing to do on SQLite."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Create the text search configuration."""
        self._run(schema_editor, sqlite=list, postgresql=lambda: [_POSTGRESQL_CONFIGURATION, _POSTGRESQL_VECTOR_FIRST])

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the text search configuration."""
        self._run(schema_editor, sqlite=list, postgresql=lambda: [_POSTGRESQL_CONFIGURATION_BACK])

    def describe(self) -> str:
        """Say what the operation does."""
        return "Create the text search configuration"


class CreateSearchIndex(SearchOperation):
    """Create the full-text index of one table, with its triggers, and index the rows it holds already."""

    def __init__(self, table: IndexedTable) -> None:
        self.table = table

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Create the index."""
        self._run(
            schema_editor,
            sqlite=lambda: _sqlite_create(self.table),
            postgresql=lambda: _postgresql_create(self.table),
        )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the index."""
        self._run(
            schema_editor,
            sqlite=lambda: _sqlite_drop(self.table),
            postgresql=lambda: _postgresql_drop(self.table),
        )

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Create the full-text index {self.table.index}"


class ReadWordsFaster(SearchOperation):
    """Let PostgreSQL look for accents before it folds them: the same vectors in half the time."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Replace the function that makes vectors."""
        self._run(schema_editor, sqlite=list, postgresql=lambda: [_POSTGRESQL_VECTOR])

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Put the former function back."""
        self._run(schema_editor, sqlite=list, postgresql=lambda: [_POSTGRESQL_VECTOR_BACK])

    def describe(self) -> str:
        """Say what the operation does."""
        return "Fold accents only where there are any"


class CreateHoldingBack(SearchOperation):
    """Create the table by which SQLite's triggers are held back; nothing to do on PostgreSQL."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Create the table."""
        self._run(schema_editor, sqlite=lambda: [f"CREATE TABLE {LATER} (held INTEGER NOT NULL)"], postgresql=list)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the table."""
        self._run(schema_editor, sqlite=lambda: [f"DROP TABLE {LATER}"], postgresql=list)

    def describe(self) -> str:
        """Say what the operation does."""
        return "Create the table that holds triggers back"


class IndexByStatement(SearchOperation):
    """Let the rows of a statement be indexed all at once: on PostgreSQL by the triggers themselves.

    SQLite knows triggers by row only; there they are held back while a writer says so (``search/at_once.py``).
    """

    def __init__(self, table: IndexedTable) -> None:
        self.table = table

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Replace the triggers by row."""
        self._run(
            schema_editor,
            sqlite=lambda: _sqlite_learn_again(self.table, UNLESS_HELD_BACK),
            postgresql=lambda: [
                *_postgresql_drop_triggers(self.table, "learn", "forget"),
                *_postgresql_triggers_by_statement(self.table),
            ],
        )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Put the triggers by row back."""
        self._run(
            schema_editor,
            sqlite=lambda: _sqlite_learn_again(self.table),
            postgresql=lambda: [
                # It shares its function with the trigger of inserted rows.
                f"DROP TRIGGER {self.table.index}_relearn ON {self.table.content}",
                *_postgresql_drop_triggers(self.table, "learn", "forget"),
                *_postgresql_triggers_by_row(self.table),
            ],
        )

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Keep the full-text index {self.table.index} statement by statement"


class TakeGivenVectors(SearchOperation):
    """Let PostgreSQL leave the words of a batch to the writer, who has them at hand (``search/at_once.py``)."""

    def __init__(self, table: IndexedTable) -> None:
        self.table = table

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Put the function of the triggers under a condition."""
        self._run(schema_editor, sqlite=list, postgresql=lambda: [_postgresql_learn(self.table, RETURN_IF_AT_ONCE)])

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Put the former function back."""
        self._run(schema_editor, sqlite=list, postgresql=lambda: [_postgresql_learn(self.table)])

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Let a batch's words be given to the full-text index {self.table.index}"


class ReadTextsOnce(SearchOperation):
    """Let PostgreSQL read the words of texts that the rows of a statement share once, not row by row."""

    def __init__(self, table: IndexedTable) -> None:
        self.table = table

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Replace the function of the triggers."""
        self._run(schema_editor, sqlite=list, postgresql=lambda: [_postgresql_learn_once(self.table)])

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Put the former function back."""
        self._run(schema_editor, sqlite=list, postgresql=lambda: [_postgresql_learn(self.table)])

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Read texts that rows share once for the full-text index {self.table.index}"


def _sqlite_create(table: IndexedTable) -> list[str]:
    index, columns = table.index, ", ".join(table.columns)
    old = ", ".join(f"old.{column}" for column in table.columns)
    new = ", ".join(f"new.{column}" for column in table.columns)
    forget = f"INSERT INTO {index}({index}, rowid, {columns}) VALUES ('delete', old.{table.key}, {old});"
    learn = f"INSERT INTO {index}(rowid, {columns}) VALUES (new.{table.key}, {new});"
    return [
        f"CREATE VIRTUAL TABLE {index} USING fts5({columns}, content='{table.content}', content_rowid='{table.key}', "
        "tokenize='porter unicode61 remove_diacritics 2')",
        f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table.content} BEGIN {learn} END",
        f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table.content} BEGIN {forget} END",
        f"CREATE TRIGGER {index}_update AFTER UPDATE ON {table.content} BEGIN {forget} {learn} END",
        f"INSERT INTO {index}({index}) VALUES ('rebuild')",
    ]


def _sqlite_learn_again(table: IndexedTable, condition: str = "") -> list[str]:
    """Replace the trigger of inserted rows by one that stands under a condition, or under none."""
    columns, new = ", ".join(table.columns), ", ".join(f"new.{column}" for column in table.columns)
    return [
        f"DROP TRIGGER {table.index}_insert",
        f"CREATE TRIGGER {table.index}_insert AFTER INSERT ON {table.content} {condition}BEGIN "
        f"INSERT INTO {table.index}(rowid, {columns}) VALUES (new.{table.key}, {new}); END",
    ]


def _sqlite_drop(table: IndexedTable) -> list[str]:
    triggers = [f"DROP TRIGGER {table.index}_{event}" for event in ("insert", "delete", "update")]
    return [*triggers, f"DROP TABLE {table.index}"]


def _postgresql_create(table: IndexedTable) -> list[str]:
    index, key, columns = table.index, table.key, ", ".join(table.columns)
    existing = ", ".join(f"imr_vector({column})" for column in table.columns)
    return [
        f"CREATE TABLE {index} ({key} bigint PRIMARY KEY, "
        + ", ".join(f"{column} tsvector NOT NULL" for column in table.columns)
        + ")",
        f"CREATE INDEX {index}_words ON {index} USING gin ({columns})",
        f"CREATE FUNCTION {index}_forget_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"TRUNCATE {index}; RETURN NULL; END $$",
        f"CREATE TRIGGER {index}_forget_all AFTER TRUNCATE ON {table.content} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {index}_forget_all()",
        *_postgresql_triggers_by_row(table),
        f"INSERT INTO {index} ({key}, {columns}) SELECT {key}, {existing} FROM {table.content}",
    ]


def _postgresql_triggers_by_row(table: IndexedTable) -> list[str]:
    index, key, columns = table.index, table.key, ", ".join(table.columns)
    vectors = ", ".join(f"imr_vector(new.{column})" for column in table.columns)
    return [
        f"CREATE FUNCTION {index}_learn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"INSERT INTO {index} ({key}, {columns}) VALUES (new.{key}, {vectors}) "
        f"{_postgresql_replacing(table)}; RETURN NULL; END $$",
        f"CREATE FUNCTION {index}_forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"DELETE FROM {index} WHERE {key} = old.{key}; RETURN NULL; END $$",
        f"CREATE TRIGGER {index}_learn AFTER INSERT OR UPDATE ON {table.content} "
        f"FOR EACH ROW EXECUTE FUNCTION {index}_learn()",
        f"CREATE TRIGGER {index}_forget AFTER DELETE ON {table.content} FOR EACH ROW EXECUTE FUNCTION {index}_forget()",
    ]


def _postgresql_learn(table: IndexedTable, first: str = "") -> str:
    vectors = ", ".join(f"imr_vector({column})" for column in table.columns)
    return _postgresql_learning(table, f"SELECT {table.key}, {vectors} FROM written", first)


def _postgresql_learn_once(table: IndexedTable) -> str:
    columns, words = ", ".join(table.columns), ", ".join(f"{column}_words" for column in table.columns)
    vectors = ", ".join(f"imr_vector({column}) AS {column}_words" for column in table.columns)
    # Materialized, or the vectors would be worked out for each row of the join after all.
    read = f"WITH read AS MATERIALIZED (SELECT {columns}, {vectors} FROM written GROUP BY {columns})"
    return _postgresql_learning(table, f"{read} SELECT {table.key}, {words} FROM written JOIN read USING ({columns})")


def _postgresql_learning(table: IndexedTable, learned: str, first: str = "") -> str:
    index, columns = table.index, ", ".join(table.columns)
    return (
        f"CREATE OR REPLACE FUNCTION {index}_learn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {first}"
        f"INSERT INTO {index} ({table.key}, {columns}) {learned} "
        f"{_postgresql_replacing(table)}; RETURN NULL; END $$"
    )


def _postgresql_triggers_by_statement(table: IndexedTable) -> list[str]:
    """Return triggers that see the rows of a statement as a table; each may watch one event only."""
    index = table.index
    return [
        _postgresql_learn(table),
        f"CREATE FUNCTION {index}_forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"DELETE FROM {index} USING gone WHERE {index}.{table.key} = gone.{table.key}; RETURN NULL; END $$",
        *(
            f"CREATE TRIGGER {index}_{name} AFTER {event} ON {table.content} REFERENCING {rows} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {index}_{function}()"
            for name, event, rows, function in (
                ("learn", "INSERT", "NEW TABLE AS written", "learn"),
                ("relearn", "UPDATE", "NEW TABLE AS written", "learn"),
                ("forget", "DELETE", "OLD TABLE AS gone", "forget"),
            )
        ),
    ]


def _postgresql_replacing(table: IndexedTable) -> str:
    set_vectors = ", ".join(f"{column} = excluded.{column}" for column in table.columns)
    return f"ON CONFLICT ({table.key}) DO UPDATE SET {set_vectors}"


def _postgresql_drop(table: IndexedTable) -> list[str]:
    return [*_postgresql_drop_triggers(table, "learn", "forget", "forget_all"), f"DROP TABLE {table.index}"]


def _postgresql_drop_triggers(table: IndexedTable, *names: str) -> list[str]:
    return [
        *(f"DROP TRIGGER {table.index}_{name} ON {table.content}" for name in names),
        *(f"DROP FUNCTION {table.index}_{name}()" for name in names),
    ]
