"""Parses files in worker processes: a bounded window of them at a time, results in the order of the files.

Processes, because PDFium is not safe in threads, and because a file that kills its worker, or would take all the memory
there is, must cost that file only.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Generic, TypeVar

from imr_archive.ingest.worker import ParserFailed, parse_content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from imr_archive.errors import LetterError
    from imr_archive.parsing.results import ParsedLetter

T = TypeVar("T")

# Enough for no worker to wait while the writer is busy, and few enough to hold in memory.
_WINDOW_PER_PROCESS = 4
_WINDOW_BYTES = 64 << 20
_ENDLESS = "The parser came to no end with this file."
# A letter takes milliseconds; one that takes this long will not come to an end.
_MOST_SECONDS = 120
# Twenty times what a worker takes for letters; a file that wants more is none.
_MOST_BYTES = 1 << 30


class ParserPool(Generic[T]):
    """Parses a stream of tasks; ``processes=0`` parses in this process, for a few trusted files.

    ``content`` gives the bytes of a task, or None for one that needs no parsing and only keeps its place in the order.
    """

    def __init__(
        self,
        processes: int,
        content: Callable[[T], bytes | None],
        parse: Callable[[bytes], ParsedLetter | LetterError] = parse_content,
    ) -> None:
        self._processes = processes
        self._content = content
        self._parse = parse
        self._executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def parsed(self, tasks: Iterable[T]) -> Iterator[tuple[T, ParsedLetter | LetterError | None]]:
        """Yield each task with what its bytes became, in the order of the tasks."""
        pending: deque[tuple[T, Future[ParsedLetter | LetterError] | None]] = deque()
        held = 0
        for task in tasks:
            pending.append((task, self._submit(task)))
            held += len(self._content(task) or b"")
            while len(pending) > self._processes * _WINDOW_PER_PROCESS or (held > _WINDOW_BYTES and pending):
                held -= len(self._content(pending[0][0]) or b"")
                yield self._finish(*pending.popleft())
        while pending:
            yield self._finish(*pending.popleft())

    def _submit(self, task: T) -> Future[ParsedLetter | LetterError] | None:
        content = self._content(task)
        if content is None or not self._processes:
            return None
        if self._executor is None:
            self._executor = _executor(self._processes)
        try:
            return self._executor.submit(self._parse, content)
        except BrokenProcessPool:
            self._executor.shutdown()
            self._executor = _executor(self._processes)
            return self._executor.submit(self._parse, content)

    def _finish(
        self, task: T, future: Future[ParsedLetter | LetterError] | None
    ) -> tuple[T, ParsedLetter | LetterError | None]:
        content = self._content(task)
        if content is None:
            return task, None
        if future is None:
            return task, self._parse(content)
        try:
            return task, future.result(_MOST_SECONDS)
        except BrokenProcessPool:
            return task, self._parse_alone(content)
        except TimeoutError:
            # It is the oldest of the window, so it has had a worker to itself all the time.
            _end(self._executor)
            return task, ParserFailed(_ENDLESS)

    def _parse_alone(self, content: bytes) -> ParsedLetter | LetterError:
        """Parse a file that was in a pool when one of its workers died: was it the one that killed it?"""
        with _executor(1) as executor:
            try:
                return executor.submit(self._parse, content).result(_MOST_SECONDS)
            except BrokenProcessPool:
                return ParserFailed("The parser's process died while it read this file.")
            except TimeoutError:
                _end(executor)
                return ParserFailed(_ENDLESS)


def _executor(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _begin)


def _end(executor: ProcessPoolExecutor | None) -> None:
    """Kill the workers of a pool, whose other files are then parsed alone.

    The executor offers this itself from Python 3.14 on; before, its processes must be taken from it.
    """
    for process in [*executor._processes.values()] if executor else ():
        process.kill()


def _begin() -> None:
    """Prepare a worker: Ctrl-C is the main process's affair, whose end is the worker's as well; memory has a bound."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
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
