"""Checks before the demo starts: the Python version, the port and the folder of letters.

``make demo`` runs this with the system's Python before a virtual environment exists, and that Python may be too old.
Therefore this file uses only the standard library and no syntax newer than Python 3.7.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import sys

HOST = "127.0.0.1"
OLDEST_PYTHON = (3, 11)


def python_problem(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> str | None:
    """Return why this Python cannot run the archive, or None."""
    if version < OLDEST_PYTHON:
        found = ".".join(str(part) for part in version)
        return f"The archive needs Python 3.11 or newer; this is {found}. Name another with PYTHON=."
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        return "This Python cannot make virtual environments. On Debian, `apt install python3-venv` mends that."
    return None


def letters_problem(folder: str) -> str | None:
    """Return why letters cannot be read from this folder, or None."""
    if not os.path.isdir(folder):  # noqa: PTH112 - never raises, whatever was typed
        return f"There is no folder of letters at {folder!r}."
    return None


def port_problem(port: str) -> str | None:
    """Return why the site cannot be served on this port, or None."""
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 1 <= int(port) <= 65535):
        return f"The port must be a number from 1 to 65535, not {port!r}."
    with socket.socket() as probe:
        # The server sets this option too: connections of an earlier server that are still closing are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(port)))
        except PermissionError:
            return f"Port {port} is reserved for the system; choose one from 1024 up with PORT=."
        except OSError:
            return f"Port {port} is already in use; choose another with PORT=."
    return None


def demo_problem(letters: str, port: str) -> str | None:
    """Return the first reason why the demo cannot run with these options, as a sentence, or None."""
    return letters_problem(letters) or port_problem(port)


def main(arguments: list[str]) -> int:
    """Run ``python -m imr_archive.preflight [LETTERS PORT]``: print the first problem, if any, and exit with 2."""
    problem = python_problem() or (demo_problem(*arguments) if arguments else None)
    if problem is None:
        return 0
    sys.stderr.write(problem + "\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
