"""The migrations are frozen: they import no live code, and make the triggers that the live code would make."""

import ast
import re
import sys
from dataclasses import replace

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder

from imr_archive.admin.people.roles import PERMISSIONS
from imr_archive.models import Revision, search_indexes
from imr_archive.models.search_indexes import INDEXED_TABLES
from imr_archive.search.facets import change_log
from imr_archive.search.facets.change_log import CHANGE_LOG
from imr_archive.search.fulltext.backend import backend, restore_triggers
from imr_archive.search.fulltext.columns import IndexedColumn
from imr_archive.search.fulltext.tables import WatchedTable
from tests.architecture.source import place, python_files, syntax

pytestmark = pytest.mark.database


# What the migrations make for the archive: kind, name and definition of each object.
SCHEMA = {
    "sqlite": """
        SELECT type, name, sql FROM sqlite_master
        WHERE (tbl_name LIKE 'imr_archive%%' OR type = 'trigger') AND name NOT LIKE 'sqlite_autoindex%%'
    """,
    "postgresql": """
        SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT 'function', proname, pg_get_functiondef(oid)
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'imr_archive%%'
        UNION ALL SELECT 'column', table_name || '.' || column_name, data_type || is_nullable
        FROM information_schema.columns WHERE table_name LIKE 'imr_archive%%'
    """,
}


def schema(using=connection):
    with using.cursor() as cursor:
        cursor.execute(SCHEMA[using.vendor], [])
        return {(kind, name): without_layout(definition or "") for kind, name, definition in cursor.fetchall()}


def without_layout(sql):
    return re.sub(r" ?([(),;]) ?", r"\1", re.sub(r"\s+", " ", sql)).replace("$ ", "$").replace(" $", "$").strip()


@pytest.fixture
def databases(django_db_setup, django_db_blocker, tmp_path):
    """Open the tests' own database for reading, and an empty one beside it, which a test may migrate."""
    settings = connections.settings["default"]
    name = f"{settings['NAME']}_scratch"
    # SQLite keeps a shared database in memory until the process ends; a file is empty for each test.
    test_name = tmp_path / "scratch.sqlite3" if connection.vendor == "sqlite" else None
    connections.settings["scratch"] = {**settings, "NAME": name, "TEST": {**settings["TEST"], "NAME": test_name}}
    scratch = connections["scratch"]
    with django_db_blocker.unblock():
        scratch.settings_dict["NAME"] = scratch.creation._create_test_db(verbosity=0, autoclobber=True)
        yield
        scratch.creation.destroy_test_db(name, verbosity=0)
    del connections["scratch"]
    del connections.settings["scratch"]


@pytest.fixture
def scratch(databases):
    """Return the empty database."""
    return connections["scratch"]


def migrate(database, *target):
    call_command("migrate", *target, database=database.alias, verbosity=0)


def test_migrations_import_nothing_of_the_live_code():
    offences = [
        place(path, node.lineno)
        for path in python_files("imr_archive")
        if "migrations" in path.parts
        for node in syntax(path)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in ([node.module] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
        if module.partition(".")[0] not in ("django", *sys.stdlib_module_names)
        and not module.startswith("imr_archive.migrations.")
    ]
    assert offences == []


def test_a_later_searchable_column_and_watched_table_change_nothing_in_a_fresh_database(scratch, monkeypatch):
    items, *others = INDEXED_TABLES
    items = replace(items, indexed=(*items.indexed, IndexedColumn("later", 1.0, None)))
    monkeypatch.setattr(search_indexes, "INDEXED_TABLES", (items, *others))
    watched = (*CHANGE_LOG.watched, WatchedTable(Revision))
    monkeypatch.setattr(change_log, "CHANGE_LOG", replace(CHANGE_LOG, watched=watched))
    migrate(scratch)
    assert schema(scratch) == schema()


def test_migrations_can_be_reversed(scratch):
    migrate(scratch)
    made = schema(scratch)
    migrate(scratch, "imr_archive", "zero")
    assert schema(scratch) == {}
    migrate(scratch)
    assert schema(scratch) == made


def test_the_migrations_make_the_roles(scratch):
    migrate(scratch)
    granted = Permission.objects.using(scratch.alias).values_list("group__name", "content_type__app_label", "codename")
    groups = {(name, f"{app}.{codename}") for name, app, codename in granted.filter(group__isnull=False)}
    assert groups == {(role.value, name) for role, names in PERMISSIONS.items() for name in names}


def test_a_database_of_the_versions_before_the_squash_is_refused(scratch):
    recorder = MigrationRecorder(scratch)
    recorder.ensure_schema()
    for name in ("0001_initial", "0002_search", "0015_one_index_a_question"):
        recorder.record_applied("imr_archive", name)
    with pytest.raises(CommandError, match=r"export_archive .* restore_archive"):
        migrate(scratch)


@pytest.mark.django_db
def test_the_live_triggers_are_those_that_the_migrations_made():
    triggers = backend(connection).change_triggers(CHANGE_LOG)
    for table in INDEXED_TABLES:
        triggers |= backend(connection).index_triggers(table)
    made = schema()
    append_only = ("imr_archive_revision", "imr_archive_loginevent", "django_admin_log")
    guards = {f"{table}_no_{action}" for table in append_only for action in ("update", "delete")}
    assert {name for kind, name in made if kind == "trigger"} == {*triggers, *guards}
    restore_triggers(connection, triggers.values())
    assert schema() == made


@pytest.mark.django_db
@pytest.mark.parametrize("table", INDEXED_TABLES, ids=lambda table: table.index)
def test_the_indexes_have_the_columns_that_the_live_code_reads(table):
    with connection.cursor() as cursor:
        found = [column.name for column in connection.introspection.get_table_description(cursor, table.index)]
    key = [] if connection.vendor == "sqlite" else [table.key]
    assert [each for each in found if each not in (table.index, "rank")] == [*key, *table.columns]
