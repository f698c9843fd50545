"""Which process works on a run, by a name that tells it from any other, and whether it still does."""

from __future__ import annotations

import socket
from os import getpid
from pathlib import Path


def this_process() -> str:
    """Return the name of this process: its machine, its number, and when it began."""
    return f"{socket.gethostname()}:{getpid()}:{_began(getpid())}"[-120:]


def is_alive(process: str) -> bool:
    """Whether another process of this machine still runs; one of another machine cannot be asked."""
    return _is_of_this_machine(process) and not is_gone(process) and process != this_process()


def is_gone(process: str) -> bool:
    """Whether a process of this machine has come to its end; one of another machine cannot be asked."""
    return _is_of_this_machine(process) and process.rpartition(":")[2] != _began(int(number_of(process)))


def number_of(process: str) -> str:
    """Return the number of a process."""
    return process.rsplit(":", 2)[1]


def _is_of_this_machine(process: str) -> bool:
    return process.rpartition(":")[0].rpartition(":")[0] == socket.gethostname()


def _began(number: int) -> str:
    """Return when a process began, in the kernel's clock, which tells two of one number apart."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""
