"""Identify the process that works on a run by a unique name, and check whether it still runs."""

from __future__ import annotations

import socket
from os import getpid
from pathlib import Path


def this_process() -> str:
    """Return the name of this process: its host, its process id and its start time."""
    return f"{socket.gethostname()}:{getpid()}:{_began(getpid())}"[-120:]


def is_alive(process: str) -> bool:
    """Return whether another process of this machine still runs; False for processes of other machines."""
    return _is_of_this_machine(process) and not is_gone(process) and process != this_process()


def is_gone(process: str) -> bool:
    """Return whether a process of this machine has ended; False for processes of other machines."""
    return _is_of_this_machine(process) and process.rpartition(":")[2] != _began(int(number_of(process)))


def is_elsewhere(process: str) -> bool:
    """Return whether a process is one of another machine, of which nothing is known."""
    return bool(process) and not _is_of_this_machine(process)


def number_of(process: str) -> str:
    """Return the process id in a process name."""
    return process.rsplit(":", 2)[1]


def _is_of_this_machine(process: str) -> bool:
    return process.rpartition(":")[0].rpartition(":")[0] == socket.gethostname()


def _began(number: int) -> str:
    """Return a process's start time in kernel clock ticks, because process ids are reused; empty if it has ended."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""
