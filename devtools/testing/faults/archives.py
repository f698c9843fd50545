"""Archives for fault tests, each in a database of its own, and a small disk that can be filled up."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from devtools.testing.postgresql import PostgresqlServer, own_server

ROOT = Path(__file__).resolve().parents[3]
TABLES = {"determinations": "determination", "letters": "sourceletter", "files": "ingestrunfile"}
_DISK_MEGABYTES = 96


class NoDisk(Exception):
    """This account may not mount a disk of its own, which only root may."""


@dataclass(frozen=True)
class ArchiveProcess:
    """A database, and commands on it in processes of their own."""

    url: str

    def started(self, *arguments: object, **options: Any) -> subprocess.Popen[str]:
        """Start a command of ``manage.py``; its output is read line by line."""
        return self._started(["manage.py", *map(str, arguments)], options)

    def started_module(self, name: str, *arguments: object) -> subprocess.Popen[str]:
        """Start a module of the tests."""
        return self._started(["-m", name, *map(str, arguments)], {})

    def ended(self, *arguments: object) -> tuple[int, str, str]:
        """Do a command to its end: its exit status, its output and what it said beside."""
        process = self.started(*arguments)
        output, said = process.communicate(timeout=300)
        return process.returncode, output, said.strip()

    def _started(self, command: Sequence[str], options: dict[str, Any]) -> subprocess.Popen[str]:
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        environment = {**os.environ, "DATABASE_URL": self.url}
        return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, text=True, bufsize=1, **pipes)

    def counts(self) -> dict[str, int]:
        """How many rows there are, past the archive's own code."""
        with closing(self._session()) as session:
            return {
                what: session.execute(f"SELECT count(*) FROM imr_archive_{table}").fetchone()[0]
                for what, table in TABLES.items()
            }

    def age(self) -> None:
        """Have every letter read badly by an older parser, past the archive's own code."""
        with closing(self._session()) as session:
            session.execute("UPDATE imr_archive_sourceletter SET parser_version = '1.0'")
            session.execute("UPDATE imr_archive_determination SET worker_age = 17")
            session.commit()

    def _session(self) -> Any:
        return psycopg.connect(self.url) if self.url.startswith("postgres") else sqlite3.connect(self.url[10:])

    def rows(self) -> dict[str, Any]:
        """What ``devtools.testing.rows`` says of it."""
        return json.loads(self.started_module("devtools.testing.rows").communicate(timeout=300)[0])


class SmallDisk:
    """A disk of a few megabytes in memory, which can be filled up and cleared."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._ballast = place / "ballast"

    @contextmanager
    def mounted(self) -> Iterator[SmallDisk]:
        """Mount it for as long as the block runs."""
        self.place.mkdir()
        size = f"size={_DISK_MEGABYTES}m"
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", self.place], capture_output=True)
        if done.returncode:
            raise NoDisk
        try:
            yield self
        finally:
            subprocess.run(["umount", "--lazy", self.place], check=True)

    def fill(self) -> None:
        """Take every byte that is left."""
        try:
            with self._ballast.open("wb", buffering=0) as stream:
                while stream.write(bytes(4096)):
                    pass
        except OSError:
            pass

    def clear(self) -> None:
        """Give the bytes back."""
        self._ballast.unlink()


class SQLiteArchives:
    """New archives in files of SQLite's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0
        self._empty = folder / "empty.sqlite3"
        ArchiveProcess(f"sqlite:///{self._empty}").ended("migrate", "--verbosity=0")

    @contextmanager
    def archive(self, *, on_small_disk: bool) -> Iterator[tuple[ArchiveProcess, SmallDisk | None]]:
        """An empty archive, for as long as the block runs."""
        self._made += 1
        place = self._folder / str(self._made)
        if on_small_disk:
            with SmallDisk(place).mounted() as disk:
                yield self._copy(place), disk
        else:
            place.mkdir()
            yield self._copy(place), None
            shutil.rmtree(place)

    def _copy(self, place: Path) -> ArchiveProcess:
        return ArchiveProcess(f"sqlite:///{shutil.copy(self._empty, place / 'archive.sqlite3')}")


class PostgreSQLArchives:
    """New archives on a server of their own."""

    def __init__(self, server: PostgresqlServer) -> None:
        self.server = server
        self._made = 0
        self._execute("CREATE DATABASE empty")
        ArchiveProcess(self._url("empty")).ended("migrate", "--verbosity=0")

    @contextmanager
    def archive(self, *, on_small_disk: bool) -> Iterator[tuple[ArchiveProcess, SmallDisk | None]]:
        """An empty archive, for as long as the block runs; the server's other files stay where there is room."""
        self._made += 1
        name = f"archive_{self._made}"
        if on_small_disk:
            with SmallDisk(self.server.folder / name).mounted() as disk:
                self.server.own(disk.place)
                self._execute(f"CREATE TABLESPACE small_{name} LOCATION '{disk.place}'")
                with self._copy(name, f"TABLESPACE small_{name}") as archive:
                    yield archive, disk
                self._execute(f"DROP TABLESPACE small_{name}")
        else:
            with self._copy(name) as archive:
                yield archive, None

    def disconnect_all(self, archive: ArchiveProcess) -> None:
        """End every connection to an archive, as an administrator would."""
        database = urlsplit(archive.url).path[1:]
        self._execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")

    @contextmanager
    def _copy(self, name: str, where: str = "") -> Iterator[ArchiveProcess]:
        self._execute(f"CREATE DATABASE {name} TEMPLATE empty {where}")
        yield ArchiveProcess(self._url(name))
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _url(self, database: str) -> str:
        return urlsplit(self.server.url)._replace(path=f"/{database}").geturl()

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.server.url, autocommit=True) as session:
            session.execute(statement)


@contextmanager
def new_archives(database: str, folder: Path) -> Iterator[SQLiteArchives | PostgreSQLArchives]:
    """Where archives of a kind of database come from: "sqlite", or "postgresql" on a server of its own."""
    if database == "sqlite":
        yield SQLiteArchives(folder)
    else:
        with own_server() as server:
            yield PostgreSQLArchives(server)
