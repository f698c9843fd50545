"""What every test has in common: which of them use the database, and what order the browser's tests need."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.test import override_settings

# A slow moment of the machine is no failure. CI draws the same examples every time: a red run is the change's doing.
hypothesis.settings.register_profile("archive", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("archive")

TESTS = Path(__file__).parent
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_serialized_rollback", "live_server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that run on both databases, and those that drive a browser; browser tests go last.

    Playwright keeps an event loop in the main thread once it has started, where Django then refuses its database to
    whatever test comes next (``tests/browser/conftest.py`` lifts that for the browser's own tests).
    """
    for item in items:
        room = item.path.relative_to(TESTS).parts[0]
        if uses_database(item):
            if room == "unit":
                raise pytest.UsageError(f"{item.nodeid} uses the database: tests/unit is for those that do not.")
            item.add_marker(pytest.mark.database)
        if room == "browser":
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def uses_database(item: pytest.Item) -> bool:
    """Whether a test asks for the database, by its marker or by a fixture."""
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or not fixtures.isdisjoint(DATABASE_FIXTURES)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hash passwords in no time: the tests' users keep nothing worth guarding."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_on_demand() -> Iterator[None]:
    """Find static files when they are asked for, instead of listing them all for each test's client."""
    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(scope="session", autouse=True)
def _uploads_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the files of uploads where the tests' other files are."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("uploads")):
        yield


@pytest.fixture(autouse=True)
def _no_snapshots() -> Iterator[None]:
    """Hold nothing of the database of the test before, which was rolled back under the process's feet."""
    from imr_archive.search.facets.snapshot import forget_snapshots  # models can't be loaded before Django is set up

    forget_snapshots()
    yield
    forget_snapshots()


@pytest.fixture(scope="session", autouse=True)
def _flush_empties_append_only_tables() -> Iterator[None]:
    """Let ``flush`` empty SQLite's append-only tables, whose triggers refuse the DELETE that it does so with."""
    flush = DatabaseWrapper.ops_class.execute_sql_flush

    def flush_all(operations: BaseDatabaseOperations, statements: list[str]) -> None:
        with operations.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%no_delete'")
            guards = dict(cursor.fetchall())
        flush(operations, [*(f"DROP TRIGGER {name}" for name in guards), *statements, *guards.values()])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseWrapper.ops_class, "execute_sql_flush", flush_all)
        yield
