"""A PostgreSQL server for the tests: one that is named, or one made for this run and thrown away after it.

``python -m tests.postgresql COMMAND…`` runs a command with ``DATABASE_URL`` naming that server.
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
from urllib.parse import quote

DEBIAN_SERVERS = Path("/usr/lib/postgresql")
# the data live for minutes: nothing is worth waiting for a disk
THROWAWAY_OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"
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
    """A new server that listens on a socket in its own folder only, so that no port can be taken."""
    with (
        tempfile.TemporaryDirectory(prefix="imr-postgresql-", ignore_cleanup_errors=True) as name,
        _server(programs, Path(name), THROWAWAY_OPTIONS, stop="immediate") as url,
    ):
        yield url


@contextmanager
def kept_server(folder: Path) -> Iterator[str]:
    """A server whose data stay in a folder for the next time, made if it is not there; for benchmarks."""
    folder.mkdir(parents=True, exist_ok=True)
    with _server(_server_programs(), folder.resolve(), KEPT_OPTIONS, stop="fast") as url:
        yield url


@contextmanager
def _server(programs: Path, folder: Path, options: str, *, stop: str) -> Iterator[str]:
    as_owner: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        as_owner = ["runuser", "-u", "postgres", "--"]
    data, log = folder / "data", folder / "log"

    def run(program: str, *arguments: str) -> None:
        command = [*as_owner, str(programs / program), "--pgdata", str(data), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
        if done.returncode:
            details = log.read_text() if log.exists() else ""
            sys.exit(f"{program} failed:\n{done.stdout}{done.stderr}{details}")

    if not data.exists():
        run("initdb", "--username=imr", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    where = f"-c listen_addresses='' -c unix_socket_directories='{folder}'"
    run("pg_ctl", "start", "--wait", "--log", str(log), "--options", f"{where} {options}")
    try:
        yield f"postgres://imr@{quote(str(folder), safe='')}/postgres"
    finally:
        run("pg_ctl", "stop", f"--mode={stop}")


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
