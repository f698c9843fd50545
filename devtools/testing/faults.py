"""What goes wrong with a run in mid-run, for real, and what becomes of the run and of its resumption.

Each fault is met by ``manage.py ingest`` in a process of its own, on a database of its own. ``tests/integration/
test_faults.py`` says what must be so; ``python -m devtools.benchmarks.faults`` prints it as a table.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

import psycopg

from devtools.testing.postgresql import PostgresqlServer, own_server

ROOT = Path(__file__).resolve().parents[2]
# More than a run has in hand at a time. What it tells of them does not fit into a pipe, so that a run that nobody
# listens to waits in the middle of its first batches' results: it cannot come to its end before the fault.
LETTERS = 1200
STRUCK_AFTER = 100
TABLES = {"determinations": "determination", "letters": "sourceletter", "files": "ingestrunfile"}
_DISK_MEGABYTES = 96


class NoDisk(Exception):
    """This account may not mount a disk of its own, which only root may."""


# -- Archives, each in a database of its own --------------------------------------------------------------------------


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


# -- Faults -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scene:
    """A run at work, and what it stands on."""

    process: subprocess.Popen[str]
    archive: ArchiveProcess
    archives: SQLiteArchives | PostgreSQLArchives
    disk: SmallDisk | None


def _nothing(scene: Scene) -> None:
    pass


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong: how, what puts it right, and how the run must end."""

    name: str
    strike: Callable[[Scene], None]
    status: int
    says: str = ""
    mend: Callable[[Scene], None] = _nothing
    on_small_disk: bool = False
    databases: tuple[str, ...] = ("sqlite", "postgresql")


def children(process: subprocess.Popen[str]) -> list[int]:
    """Return the processes that a process has started, from any of its threads."""
    threads = Path(f"/proc/{process.pid}/task").glob("*/children")
    return [int(each) for thread in threads for each in thread.read_text().split()]


def is_gone(number: int) -> bool:
    """Whether a process is at its end."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def _kill_a_worker(scene: Scene) -> None:
    workers = [
        number for number in children(scene.process) if b"spawn_main" in Path(f"/proc/{number}/cmdline").read_bytes()
    ]
    os.kill(workers[0], signal.SIGKILL)


def _kill_the_writer(scene: Scene) -> None:
    workers = children(scene.process)
    scene.process.kill()
    scene.process.wait()
    deadline = time.monotonic() + 10
    while not all(map(is_gone, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert all(map(is_gone, workers)), "workers outlive the writer"


def _stop_listening(scene: Scene) -> None:
    cast("IO[str]", scene.process.stdout).close()


def _signal(number: signal.Signals) -> Callable[[Scene], None]:
    return lambda scene: scene.process.send_signal(number)


def _fill_the_disk(scene: Scene) -> None:
    cast("SmallDisk", scene.disk).fill()


def _clear_the_disk(scene: Scene) -> None:
    cast("SmallDisk", scene.disk).clear()


def _disconnect(scene: Scene) -> None:
    cast("PostgreSQLArchives", scene.archives).disconnect_all(scene.archive)


def _stop_the_server(scene: Scene) -> None:
    cast("PostgreSQLArchives", scene.archives).server.stop("immediate")


def _start_the_server(scene: Scene) -> None:
    cast("PostgreSQLArchives", scene.archives).server.start()


_GOES_ON = r"manage\.py ingest --resume \d+ goes on with the rest\.$"
_KEPT = r"What became of [\d,]+ files is stored; "

FAULTS = (
    Fault("a parsing worker killed (kill -9)", _kill_a_worker, 0),
    Fault("the writer killed (kill -9)", _kill_the_writer, -signal.SIGKILL),
    Fault(
        "Ctrl-C (SIGINT)",
        _signal(signal.SIGINT),
        130,
        rf"Interrupted\. {_KEPT}{_GOES_ON}",
    ),
    Fault("told to terminate (SIGTERM)", _signal(signal.SIGTERM), 143, rf"Interrupted\. {_KEPT}{_GOES_ON}"),
    Fault("nobody reads its events any more (| head)", _stop_listening, 128 + signal.SIGPIPE, "^$"),
    Fault(
        "the disk full",
        _fill_the_disk,
        3,
        rf"The disk that holds the database is full\. {_KEPT}{_GOES_ON}",
        _clear_the_disk,
        on_small_disk=True,
    ),
    Fault(
        "the connection ended (pg_terminate_backend)",
        _disconnect,
        3,
        rf"The connection to the database was lost\. {_KEPT}{_GOES_ON}",
        databases=("postgresql",),
    ),
    Fault(
        "the server stopped (pg_ctl stop --mode=immediate)",
        _stop_the_server,
        3,
        rf"The connection to the database was lost\. {_KEPT}{_GOES_ON}",
        _start_the_server,
        databases=("postgresql",),
    ),
)


def faults_of(database: str) -> list[Fault]:
    """The faults that a kind of database can meet."""
    return [fault for fault in FAULTS if database in fault.databases]


# -- What came of it --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Story:
    """What a run said of a fault, what its resumption said, and the rows before and after."""

    fault: Fault
    told: int
    status: int
    said: str
    before: dict[str, int]
    resumed_status: int
    resumed_said: str
    after: dict[str, int]
    rows: dict[str, Any]


def undisturbed(archives: SQLiteArchives | PostgreSQLArchives, letters: Path) -> dict[str, Any]:
    """The rows of an archive whose run met nothing."""
    with archives.archive(on_small_disk=False) as (archive, _):
        archive.ended("ingest", "--processes=1", letters)
        return archive.rows()


def story_of(fault: Fault, archives: SQLiteArchives | PostgreSQLArchives, letters: Path) -> Story:
    """Let a run meet a fault, put it right, and resume."""
    with archives.archive(on_small_disk=fault.on_small_disk) as (archive, disk):
        process = archive.started("ingest", "--processes=1", "--json-events", letters)
        heard = "".join(cast("IO[str]", process.stdout).readline() for _ in range(STRUCK_AFTER))
        scene = Scene(process, archive, archives, disk)
        fault.strike(scene)
        output, said = process.communicate(timeout=300)
        fault.mend(scene)
        before = archive.counts()
        resumed_status, _, resumed_said = archive.ended("ingest", "--processes=1", "--resume", "1")
        return Story(
            fault=fault,
            told=(heard + output).count('"event": "file"'),
            status=process.returncode,
            said=said.strip(),
            before=before,
            resumed_status=resumed_status,
            resumed_said=resumed_said,
            after=archive.counts(),
            rows=archive.rows(),
        )


@dataclass(frozen=True)
class Rereading:
    """What became of a run of ``reparse`` that was killed, resumed and undone."""

    before: dict[str, Any]
    report: str
    ended: list[tuple[int, str, str]]
    applied: dict[str, Any]
    after: dict[str, Any]


def rereading_of(archives: SQLiteArchives | PostgreSQLArchives, letters: Path) -> Rereading:
    """Kill a run that writes letters anew in the middle of it, go on with it, and take it back."""
    with archives.archive(on_small_disk=False) as (archive, _):
        archive.ended("ingest", "--processes=1", letters)
        archive.age()
        before = archive.rows()
        process = archive.started("reparse", "--all", "--apply", "--processes=1", "--json-events")
        for _ in range(STRUCK_AFTER):
            cast("IO[str]", process.stdout).readline()
        _kill_the_writer(Scene(process, archive, archives, None))
        process.communicate(timeout=300)
        _, report, _ = archive.ended("ingest_report", "2")
        resumed = archive.ended("reparse", "--processes=1", "--resume", "2")
        applied = archive.rows()
        undone = archive.ended("reparse", "--undo", "2")
        return Rereading(before, report, [resumed, undone], applied, archive.rows())
