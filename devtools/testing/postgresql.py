"""A PostgreSQL server for the tests: a configured one, or a temporary one that is deleted after the run.

``python -m devtools.testing.postgresql COMMAND…`` runs a command with ``DATABASE_URL`` naming that server.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import quote

DEBIAN_SERVERS = Path("/usr/lib/postgresql")
# the data live for minutes: nothing is worth waiting for a disk
THROWAWAY_OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"
LASTING_OPTIONS = "-c fsync=off -c full_page_writes=off"
# of a size for the million letters of a benchmark on a machine of 16 GB or more
KEPT_OPTIONS = "-c shared_buffers=2GB -c maintenance_work_mem=512MB -c work_mem=64MB -c max_wal_size=8GB -c jit=off"
NO_SERVER = """
************************************************************************
NO POSTGRESQL SERVER: the tests that use the database ran on SQLite only.
Install one (on Debian: apt install postgresql) or name a server that may
create databases in TEST_DATABASE_URL.
************************************************************************
"""


class NoServer(Exception):
    """Neither is a server named in TEST_DATABASE_URL, nor are a server's programs on this machine."""


@contextmanager
def postgresql_url() -> Iterator[str]:
    """The address of a server on which the tests may create databases, for as long as the block runs."""
    if named := os.environ.get("TEST_DATABASE_URL"):
        yield named
    else:
        with _throwaway_server(_server_programs()) as url:
            yield url


def _server_programs() -> Path:
    """The folder of the newest server's programs: Debian keeps them off the PATH."""
    installed = [folder for folder in DEBIAN_SERVERS.glob("*/bin") if (folder / "initdb").exists()]
    if installed:
        return max(installed, key=lambda folder: float(folder.parent.name))
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise NoServer


@contextmanager
def _throwaway_server(programs: Path) -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory(prefix="imr-postgresql-", ignore_cleanup_errors=True) as name,
        PostgresqlServer(programs, Path(name), THROWAWAY_OPTIONS).running(stop="immediate") as server,
    ):
        yield server.url


@contextmanager
def kept_server(folder: Path) -> Iterator[str]:
    """A server whose data stay in a folder for the next time, made if it is not there; for benchmarks."""
    folder.mkdir(parents=True, exist_ok=True)
    with PostgresqlServer(_server_programs(), folder.resolve(), KEPT_OPTIONS).running(stop="fast") as server:
        yield server.url


@contextmanager
def own_server() -> Iterator[PostgresqlServer]:
    """A server that a test may stop and start again, with commits that outlast that."""
    with (
        tempfile.TemporaryDirectory(prefix="imr-postgresql-", ignore_cleanup_errors=True) as name,
        PostgresqlServer(_server_programs(), Path(name), LASTING_OPTIONS).running(stop="immediate") as server,
    ):
        yield server


class PostgresqlServer:
    """A PostgreSQL server that listens on a socket in its own folder only, so that no port can be taken."""

    def __init__(self, programs: Path, folder: Path, options: str) -> None:
        self.folder = folder
        self.url = f"postgres://imr@{quote(str(folder), safe='')}/postgres"
        self._programs = programs
        self._options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' {options}"
        self._as_owner: list[str] = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            self.own(folder)
            self._as_owner = ["runuser", "-u", "postgres", "--"]

    def own(self, folder: Path) -> None:
        """Let the server write to a folder."""
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)

    @contextmanager
    def running(self, *, stop: str) -> Iterator[Self]:
        """Run for as long as the block does; the data are made if they are not there."""
        if not (self.folder / "data").exists():
            self._run("initdb", "--username=imr", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start()
        try:
            yield self
        finally:
            self.stop(stop)

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        self._run("pg_ctl", "start", "--wait", "--log", str(self.folder / "log"), "--options", self._options)

    def stop(self, mode: str) -> None:
        """Stop, and wait until it has."""
        self._run("pg_ctl", "stop", f"--mode={mode}")

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_owner, str(self._programs / program), "--pgdata", str(self.folder / "data"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder)
        if done.returncode:
            log = self.folder / "log"
            sys.exit(f"{program} failed:\n{done.stdout}{done.stderr}{log.read_text() if log.exists() else ''}")


def main(command: Sequence[str]) -> int:
    """Run the command against the server and return its exit code; without a server, fail only in CI."""
    try:
        with postgresql_url() as url:
            return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}).returncode
    except NoServer:
        sys.stderr.write(NO_SERVER)
        return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    # ended by a signal, the server is still stopped
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    sys.exit(main(sys.argv[1:]))
