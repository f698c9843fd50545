"""One worker process, which parses or draws the contents that it is sent over a pipe of its own.

A pipe for each worker, shared with nobody: when a worker is killed, even in the middle of an answer, its pipe ends, and
only what it was parsing is lost.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

T = TypeVar("T")
R = TypeVar("R")

# Twenty times what a worker needs for letters; a file that needs more is not a letter.
_MAX_MEMORY = 1 << 30
# Readers, the database and the writer have priority: workers have time to spare whenever one of these is behind.
_NICENESS = 10


class WorkerFailed(Exception):
    """A worker that gave no answer, and was stopped; the message says why."""


class WorkerProcess(Generic[T, R]):
    """A process that is started when it is first needed, and again after it has failed."""

    def __init__(self, parse: Callable[[T], R]) -> None:
        self._parse = parse
        self._process: SpawnProcess | None = None
        self._connection: Connection[Any, Any] | None = None

    def parse(self, contents: Sequence[T], *, timeout: float) -> list[R]:
        """Return what each content parses to; raise ``WorkerFailed`` if the process dies or exceeds ``timeout``."""
        try:
            connection = self._connection or self._start()
            connection.send(contents)
            if connection.poll(timeout):
                return cast("list[R]", connection.recv())
        except (EOFError, OSError) as error:
            self.stop()
            raise WorkerFailed("The parser's process died while it read this file.") from error
        self.stop()
        raise WorkerFailed("The parser did not finish this file in time.")

    def kill(self) -> None:
        """Kill the process; a thread that waits for its answer then gets ``WorkerFailed``."""
        if self._process is not None:
            self._process.kill()

    def stop(self) -> None:
        """Kill the process and wait for its end; it holds nothing that would need to be saved."""
        self.kill()
        if self._process is not None and self._connection is not None:
            self._process.join()
            self._connection.close()
        self._process = self._connection = None

    def _start(self) -> Connection[Any, Any]:
        context = multiprocessing.get_context("spawn")
        connection, its_end = context.Pipe()
        # The parent's copy of the worker's end must be closed, or the pipe would never end.
        with its_end:
            process = context.Process(target=_serve, args=(its_end, self._parse), daemon=True)
            process.start()
        self._process, self._connection = process, connection
        # Its answer that it has started, so that the timeout is for the parser alone.
        connection.recv()
        return connection


def _serve(connection: Connection[Any, Any], parse: Callable[[Any], Any]) -> None:
    """Parse what arrives until the pipe ends."""
    _prepare_worker()
    connection.send(None)
    with suppress(EOFError):
        while True:
            contents = connection.recv()
            connection.send([*map(parse, contents)])


def _prepare_worker() -> None:
    """Leave Ctrl-C to the main process, give way to others, end with the main process, and bound the memory."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICENESS)
    Thread(target=_end_with_parent, daemon=True).start()
    _, hard_limit = resource.getrlimit(resource.RLIMIT_AS)
    limit = _MAX_MEMORY if hard_limit == resource.RLIM_INFINITY else min(_MAX_MEMORY, hard_limit)
    with suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard_limit))


def _end_with_parent() -> None:
    """End this worker, even in the middle of a file, when the process that started it has ended or was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
