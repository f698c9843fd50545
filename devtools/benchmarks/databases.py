"""Temporary empty SQLite and PostgreSQL databases, created for one measurement and deleted after it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

import psycopg

NAME = "imr_archive_bench"


class DatabaseServer(NamedTuple):
    """What holds the databases, a folder or a server, by its address; a server of ours with its process."""

    address: str
    process: int | None = None


@contextmanager
def server(kind: str, folder: Path) -> Iterator[DatabaseServer]:
    """Yield the work folder for SQLite; else the server that DATABASE_URL names, or one with its data in the folder."""
    if kind == "sqlite":
        yield DatabaseServer(f"sqlite:///{folder}")
    elif "postgres" in os.environ.get("DATABASE_URL", ""):
        yield DatabaseServer(os.environ["DATABASE_URL"])
    else:
        from devtools.testing.postgresql import kept_server  # only where a server is wanted

        home = folder / "postgresql-ingest"
        with kept_server(home) as address:
            yield DatabaseServer(address, int((home / "data" / "postmaster.pid").read_text().split()[0]))


@contextmanager
def empty_database(address: str, *, words_indexed: bool = True) -> Iterator[dict[str, str]]:
    """Yield the environment of an empty database with the archive's tables; it is gone when the block ends.

    ``words_indexed=False``: without the full-text indexes, and without the notes that the facet index goes by.
    """
    sqlite = address.startswith("sqlite")
    (_make_file if sqlite else _make_database)(address)
    named = f"{address}/{NAME}.sqlite3" if sqlite else urlunsplit(urlsplit(address)._replace(path=f"/{NAME}"))
    environment = {**os.environ, "DATABASE_URL": named, "DJANGO_SETTINGS_MODULE": "imr_archive.settings"}
    try:
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env=environment, check=True)
        if not words_indexed:
            _drop_triggers(named)
        yield environment
    finally:
        (_drop_file if sqlite else _drop_database)(address)


def _make_file(address: str) -> None:
    _drop_file(address)


def _drop_file(address: str) -> None:
    folder = Path(address.removeprefix("sqlite:///"))
    for file in folder.glob(f"{NAME}.sqlite3*"):
        file.unlink()


def _make_database(address: str) -> None:
    _drop_database(address)
    _on_server(address, f"CREATE DATABASE {NAME}")


def _drop_database(address: str) -> None:
    _on_server(address, f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def _on_server(address: str, statement: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)


def _drop_triggers(address: str) -> None:
    """Drop every trigger of the archive's tables: they index words, and note what the facet index must read."""
    with psycopg.connect(address) as connection:
        triggers = connection.execute(
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger "
            "WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'imr_archive_%'"
        ).fetchall()
        for trigger, table in triggers:
            connection.execute(f"DROP TRIGGER {trigger} ON {table}")
