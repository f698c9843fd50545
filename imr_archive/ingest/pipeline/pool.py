"""Parses files in worker processes: a bounded window of them at a time, results in the order of the files.

Small files travel by the handful, since each journey between processes costs as much as parsing a letter does.

Processes, because PDFium is not safe in threads, and because a file that kills its worker, or would take all the memory
there is, must cost that file only.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import time
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from imr_archive.ingest.pipeline.worker import ParserFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType
    from typing import Self

    from imr_archive.errors import LetterError

T = TypeVar("T")
R = TypeVar("R")

# Enough for no worker to wait while the writer stores a batch, and few enough to hold in memory.
_HANDFULS_PER_PROCESS = 16
_WINDOW_BYTES = 64 << 20
# What travels together: text letters by the dozen, PDFs nearly alone.
_HANDFUL = 16
_HANDFUL_BYTES = 128 << 10
_ENDLESS = "The parser came to no end with this file."
# A letter takes milliseconds; one that takes this long will not come to an end.
_MOST_SECONDS = 120
# How long the pool has to find out by itself that a worker is gone.
_GRACE_SECONDS = 2
# How often one who waits for the workers is told that nothing is ready.
_TICK_SECONDS = 0.1
# Twenty times what a worker takes for letters; a file that wants more is none.
_MOST_BYTES = 1 << 30
# Readers, the database and the writer go first: workers have time to spare whenever one of these is behind.
_NICENESS = 10


@dataclass(slots=True)
class _Handful(Generic[T]):
    """Tasks that travel together, with the bytes of each, if it has any to be parsed."""

    tasks: list[tuple[T, bytes | None]] = field(default_factory=list)
    size: int = 0

    @property
    def contents(self) -> list[bytes]:
        return [content for _, content in self.tasks if content is not None]


class ParserPool(Generic[T, R]):
    """Parses a stream of tasks; ``processes=0`` parses in this process, for a few trusted files.

    ``content`` gives the bytes of a task, or None for one that needs no parsing and only keeps its place in the order.
    """

    def __init__(
        self, processes: int, content: Callable[[T], bytes | None], parse: Callable[[bytes], R | LetterError]
    ) -> None:
        self._processes = processes
        self._content = content
        self._parse = parse
        self._executor: ProcessPoolExecutor | None = None
        self._careful: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for executor in (self._executor, self._careful):
            if executor is not None:
                if _has_lost_a_worker(executor):
                    _end(executor)
                executor.shutdown(cancel_futures=True)

    def parsed(self, tasks: Iterable[T]) -> Iterator[tuple[T, R | LetterError | None] | None]:
        """Yield each task with what its bytes became, in the order of the tasks; None while nothing is ready."""
        pending: deque[tuple[_Handful[T], Future[list[R | LetterError]] | None]] = deque()
        held = 0
        for handful in self._handfuls(tasks):
            pending.append((handful, self._submit(handful.contents)))
            held += handful.size
            while len(pending) > self._processes * _HANDFULS_PER_PROCESS or (held > _WINDOW_BYTES and pending):
                held -= pending[0][0].size
                yield from self._finish(*pending.popleft())
        while pending:
            yield from self._finish(*pending.popleft())

    def _handfuls(self, tasks: Iterable[T]) -> Iterator[_Handful[T]]:
        most = _HANDFUL if self._processes else 1
        handful: _Handful[T] = _Handful()
        for task in tasks:
            content = self._content(task)
            handful.tasks.append((task, content))
            handful.size += len(content or b"")
            if len(handful.tasks) >= most or handful.size > _HANDFUL_BYTES:
                yield handful
                handful = _Handful()
        if handful.tasks:
            yield handful

    def _submit(self, contents: Sequence[bytes]) -> Future[list[R | LetterError]] | None:
        if not contents or not self._processes:
            return None
        if self._executor is None:
            self._executor = _executor(self._processes)
        try:
            return self._executor.submit(_parse_all, self._parse, contents)
        except BrokenProcessPool:
            self._executor.shutdown()
            self._executor = _executor(self._processes)
            return self._executor.submit(_parse_all, self._parse, contents)

    def _finish(
        self, handful: _Handful[T], future: Future[list[R | LetterError]] | None
    ) -> Iterator[tuple[T, R | LetterError | None] | None]:
        yield None
        contents = handful.contents
        results: Iterator[R | LetterError] = map(self._parse, contents)
        if future is not None and self._executor is not None:
            yield from _waiting(self._executor, future)
            try:
                results = iter(future.result())
            except BrokenProcessPool:
                results = map(self._parse_carefully, contents)
        for task, content in handful.tasks:
            yield task, None if content is None else next(results)

    def _parse_carefully(self, content: bytes) -> R | LetterError:
        """Parse a file that was in a pool when one of its workers died, alone: was it the one that killed it?"""
        if self._careful is None:
            self._careful = _executor(1)
        began = time.monotonic()
        try:
            future = self._careful.submit(self._parse, content)
            for _ in _waiting(self._careful, future):
                pass
            return future.result()
        except BrokenProcessPool:
            took_too_long = time.monotonic() > began + _MOST_SECONDS
        self._careful.shutdown()
        self._careful = None
        return ParserFailed(_ENDLESS if took_too_long else "The parser's process died while it read this file.")


def _waiting(executor: ProcessPoolExecutor, future: Future[Any]) -> Iterator[None]:
    """Wait for an answer; kill the workers when it takes too long, or when one of them is gone and nobody says so."""
    deadline = time.monotonic() + _MOST_SECONDS
    while not future.done():
        wait([future], _TICK_SECONDS)
        yield None
        if _has_lost_a_worker(executor):
            deadline = min(deadline, time.monotonic() + _GRACE_SECONDS)
        if not future.done() and time.monotonic() > deadline:
            # It is the oldest of the window, so it has had a worker to itself all the time.
            _end(executor)
            wait([future])


def _parse_all(parse: Callable[[bytes], R | LetterError], contents: Sequence[bytes]) -> list[R | LetterError]:
    return [*map(parse, contents)]


def _executor(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _begin)


def _has_lost_a_worker(executor: ProcessPoolExecutor) -> bool:
    return any(process.exitcode is not None for process in (executor._processes or {}).values())


def _end(executor: ProcessPoolExecutor) -> None:
    """Kill the workers of a pool, whose other files are then parsed alone.

    One that was killed in the midst of an answer has left the pool's reader waiting for the rest, which would come from
    nobody: with all workers gone, and our own end of their pipe closed, it meets the end. The executor offers neither
    itself (the killing from Python 3.14 on), so both must be taken from it.
    """
    for process in [*(executor._processes or {}).values()]:
        process.kill()
    executor._result_queue._writer.close()  # type: ignore[attr-defined]  # the stubs leave it out


def _begin() -> None:
    """Prepare a worker: Ctrl-C is the main process's affair, whose end is the worker's as well; memory has a bound."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICENESS)
    Thread(target=_end_with_parent, daemon=True).start()
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    bound = _MOST_BYTES if most == resource.RLIM_INFINITY else min(_MOST_BYTES, most)
    with suppress(ValueError, OSError):  # macOS sets no such bound
        resource.setrlimit(resource.RLIMIT_AS, (bound, most))


def _end_with_parent() -> None:
    """End this worker when the process that started it is gone, killed perhaps: its queue would never tell."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
