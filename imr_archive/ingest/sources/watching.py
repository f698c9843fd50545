"""A spool folder that is watched: which of its files are complete, and have not been taken yet."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

from imr_archive.errors import ArchiveError
from imr_archive.ingest.sources.folders import files_below, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Files of one run: many batches of the writer, and few enough to be named in the run's row.
_MOST_FILES = 5_000
# How often one who waits asks whether to stop.
_TICK_SECONDS = 0.1


class FolderLost(ArchiveError):
    """A watched folder that is not there any more, or cannot be listed."""


class SpoolFolder:
    """Remembers of each file its name, size and time of change: a file is taken once, and again if it has changed."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._waiting: set[bytes] = set()
        self._taken: set[bytes] = set()

    def look(self) -> list[str]:
        """Return the files that are as they were at the look before, and that no look has returned yet.

        A folder below that cannot be listed is among them, so that it ends in the report. Raise ``FolderLost`` if the
        spool folder itself can't be.
        """
        complete, waiting, taken = [], set(), set()
        for path, mark in self._marked():
            if mark in self._taken:
                taken.add(mark)
            elif mark in self._waiting:
                complete.append(path)
                taken.add(mark)
            else:
                waiting.add(mark)
        self._waiting, self._taken = waiting, taken
        return complete

    def _marked(self) -> Iterator[tuple[str, bytes]]:
        problems: list[OSError] = []
        for file in files_below(Path(self._folder), problems.append):
            try:
                known = file.stat()
            except OSError:  # it was taken away in between
                continue
            yield str(file), _mark(file, known.st_size, known.st_mtime_ns)
        for problem in problems:
            if str(problem.filename) == str(Path(self._folder)):
                sentence = f"The folder {printable(self._folder)!r} cannot be watched: {problem.strerror}."
                raise FolderLost(sentence) from problem
            if not isinstance(problem, FileNotFoundError):
                yield str(problem.filename), _mark(problem.filename, 0, 0)


def complete_files(folder: str, *, every: float, stopped: Callable[[], bool]) -> Iterator[list[str]]:
    """Look at a folder each ``every`` seconds and yield what is complete, a run's worth at a time, until stopped.

    Looks are never closer together, however quickly the files are dealt with: a file that is still being written would
    not have had the time to change.
    """
    spool = SpoolFolder(folder)
    while not stopped():
        files = spool.look()
        for first in range(0, len(files), _MOST_FILES):
            if stopped():
                return
            yield files[first : first + _MOST_FILES]
        _wait(every, stopped)


def _mark(path: Path | str, size: int, changed: int) -> bytes:
    """Return what a file is remembered by: sixteen bytes, as there may be a million of them."""
    known = f"{path}\0{size}\0{changed}".encode(errors="surrogateescape")
    return hashlib.blake2b(known, digest_size=16).digest()


def _wait(seconds: float, stopped: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not stopped() and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, _TICK_SECONDS))
