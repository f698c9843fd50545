"""Migration operations of the archive. Frozen: applied migrations use them, so they import Django only."""

import sqlite3
from pathlib import Path

from django.core.management.base import CommandError
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder

SQL = Path(__file__).with_name("sql")


class RunSqlFile(Operation):
    """Run ``sql/<name>.<vendor>.sql`` of the database that is migrated; its reverse is ``<name>.<vendor>.reverse.sql``.

    ``vendors`` lists the databases that have the files; others have nothing to do. Django's ``RunSQL`` knows neither
    vendors nor files.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, name, vendors):
        self.name = name
        self.vendors = vendors

    def state_forwards(self, app_label, state):
        """Leave Django's model state alone: the models don't describe these objects."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        """Run the file."""
        self._run(schema_editor, "sql")

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        """Run the reverse file."""
        self._run(schema_editor, "reverse.sql")

    def describe(self):
        """Name the file."""
        return f"Run the SQL file {self.name}"

    def _run(self, schema_editor, suffix):
        vendor = schema_editor.connection.vendor
        if vendor in self.vendors:
            script = (SQL / f"{self.name}.{vendor}.{suffix}").read_text(encoding="utf-8")
            # PostgreSQL runs a whole script at once; sqlite3 takes one statement at a time.
            for statement in _sqlite_statements(script) if vendor == "sqlite" else [script]:
                schema_editor.execute(statement, params=None)


class RefuseOldDatabase(Operation):
    """Refuse a database that was migrated before the migrations were squashed."""

    reduces_to_sql = False
    reversible = True

    def state_forwards(self, app_label, state):
        """Change nothing."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        """Raise the error if the first migration of the old series is recorded."""
        applied = MigrationRecorder(schema_editor.connection).applied_migrations()
        if (app_label, "0001_initial") in applied:
            raise CommandError(
                "This database was made by an older version of the archive and can't be migrated in place. "
                "Export it with that version (manage.py export_archive FILE), then restore the export with this "
                "version into an empty database (manage.py migrate, manage.py restore_archive FILE)."
            )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        """Change nothing."""

    def describe(self):
        """Say what the operation does."""
        return "Refuse a database of an older version"


def _sqlite_statements(script):
    """Split a script; SQLite itself tells where a statement ends, because those of triggers hold semicolons."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
