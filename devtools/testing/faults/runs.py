"""Inject real faults into a run, and report the state of the run before and after resuming it.

Each fault interrupts ``manage.py ingest`` in a separate process with a separate database.
``tests/integration/ingest/test_faults.py`` asserts the results; ``python -m devtools.benchmarks.faults`` prints them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from devtools.testing.faults.archives import ArchiveProcess, PostgreSQLArchives, SmallDisk, SQLiteArchives

# More than a run has in hand at a time. What it tells of them does not fit into a pipe, so that a run that nobody
# listens to waits in the middle of its first batches' results: it cannot come to its end before the fault.
LETTERS = 1200
STRUCK_AFTER = 100


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


_GOES_ON = r"manage\.py ingest --resume \d+ processes the rest\.$"
_KEPT = r"The results of [\d,]+ files are stored; "

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
class KilledReparse:
    """The outcome of a run of ``reparse`` that was killed, resumed and undone."""

    before: dict[str, Any]
    report: str
    ended: list[tuple[int, str, str]]
    applied: dict[str, Any]
    after: dict[str, Any]


def rereading_of(archives: SQLiteArchives | PostgreSQLArchives, letters: Path) -> KilledReparse:
    """Kill a reparse in the middle, resume it, and undo it."""
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
        undone = archive.ended("undo", "2")
        return KilledReparse(before, report, [resumed, undone], applied, archive.rows())
