"""Parses files in worker processes: a bounded window of files at a time, results in the order of the files.

Processes, because PDFium is not thread-safe, and because a file that kills its worker or needs too much memory must
cost that file only. Each thread of a pool drives one worker process; decision 13 compares this with other pools. Small
files are sent in chunks, because sending one costs about as much as parsing a letter.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from queue import LifoQueue
from typing import TYPE_CHECKING, Generic, TypeVar

from imr_archive.ingest.pipeline.worker import ParserFailed
from imr_archive.worker_process import WorkerFailed, WorkerProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType
    from typing import Self

    from imr_archive.errors import LetterError

T = TypeVar("T")
R = TypeVar("R")

# Enough that no worker waits while the writer stores a batch, and few enough to hold in memory.
_CHUNKS_PER_PROCESS = 16
_WINDOW_BYTES = 64 << 20
# What is sent together: text letters by the dozen, PDFs nearly alone.
_CHUNK_FILES = 16
_CHUNK_BYTES = 128 << 10
# Parsing a letter takes milliseconds; a chunk that takes this long will not finish.
_TIMEOUT_SECONDS = 120
# How often the caller gets None while it waits for the workers.
_TICK_SECONDS = 0.1


@dataclass(slots=True)
class _Chunk(Generic[T]):
    """Tasks that are sent together, each with its bytes if it has any to be parsed."""

    tasks: list[tuple[T, bytes | None]] = field(default_factory=list)
    size: int = 0

    @property
    def contents(self) -> list[bytes]:
        return [content for _, content in self.tasks if content is not None]


class ParserPool(Generic[T, R]):
    """Parses a stream of tasks; ``processes=0`` parses in this process, for a few trusted files.

    ``content`` returns the bytes of a task, or None for one that needs no parsing and only keeps its place in order.
    """

    def __init__(
        self, processes: int, content: Callable[[T], bytes | None], parse: Callable[[bytes], R | LetterError]
    ) -> None:
        self._processes = processes
        self._content = content
        self._parse = parse
        self._executor = ThreadPoolExecutor(max(processes, 1), "parser")
        self._workers: list[WorkerProcess[bytes, R | LetterError]] = [WorkerProcess(parse) for _ in range(processes)]
        # The last one that became idle is taken first, so that a few files start few processes.
        self._idle: LifoQueue[WorkerProcess[bytes, R | LetterError]] = LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_closed = True
        for worker in self._workers:
            worker.kill()
        self._executor.shutdown(cancel_futures=True)
        for worker in self._workers:
            worker.stop()

    def parsed(self, tasks: Iterable[T]) -> Iterator[tuple[T, R | LetterError | None] | None]:
        """Yield each task with its parse result, in the order of the tasks; None while nothing is ready."""
        pending: deque[tuple[_Chunk[T], Future[list[R | LetterError]] | None]] = deque()
        held = 0
        for chunk in self._chunks(tasks):
            pending.append((chunk, self._submit(chunk.contents)))
            held += chunk.size
            while len(pending) > self._processes * _CHUNKS_PER_PROCESS or (held > _WINDOW_BYTES and pending):
                held -= pending[0][0].size
                yield from self._finish(*pending.popleft())
        while pending:
            yield from self._finish(*pending.popleft())

    def _chunks(self, tasks: Iterable[T]) -> Iterator[_Chunk[T]]:
        max_files = _CHUNK_FILES if self._processes else 1
        chunk: _Chunk[T] = _Chunk()
        for task in tasks:
            content = self._content(task)
            chunk.tasks.append((task, content))
            chunk.size += len(content or b"")
            if len(chunk.tasks) >= max_files or chunk.size > _CHUNK_BYTES:
                yield chunk
                chunk = _Chunk()
        if chunk.tasks:
            yield chunk

    def _submit(self, contents: Sequence[bytes]) -> Future[list[R | LetterError]] | None:
        if not contents or not self._processes:
            return None
        return self._executor.submit(self._parse_in_worker, contents)

    def _finish(
        self, chunk: _Chunk[T], future: Future[list[R | LetterError]] | None
    ) -> Iterator[tuple[T, R | LetterError | None] | None]:
        yield None
        results: Iterator[R | LetterError]
        if future is None:
            results = map(self._parse, chunk.contents)
        else:
            while not future.done():
                wait([future], _TICK_SECONDS)
                yield None
            results = iter(future.result())
        for task, content in chunk.tasks:
            yield task, None if content is None else next(results)

    def _parse_in_worker(self, contents: Sequence[bytes]) -> list[R | LetterError]:
        """Parse a chunk in an idle worker; if that fails, parse its files one by one to find the one to blame."""
        worker = self._idle.get()
        try:
            return worker.parse(contents, timeout=_TIMEOUT_SECONDS)
        except WorkerFailed:
            return [self._parse_alone(worker, content) for content in contents if not self._is_closed]
        finally:
            self._idle.put(worker)

    def _parse_alone(self, worker: WorkerProcess[bytes, R | LetterError], content: bytes) -> R | LetterError:
        try:
            [result] = worker.parse([content], timeout=_TIMEOUT_SECONDS)
        except WorkerFailed as error:
            return ParserFailed(str(error))
        return result
