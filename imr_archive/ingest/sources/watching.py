"""A spool folder that is watched: which of its files are complete, and have not been taken yet."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from imr_archive.errors import ArchiveError
from imr_archive.ingest.sources.files import printable
from imr_archive.ingest.sources.walk import FolderWalk

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

    def __init__(self, folder: str, *, follow_links: bool = False) -> None:
        self._folder = folder
        self._follow_links = follow_links
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
        try:
            os.scandir(self._folder).close()
        except OSError as problem:
            sentence = f"The folder {printable(self._folder)!r} cannot be watched: {problem.strerror}."
            raise FolderLost(sentence) from problem
        for found in FolderWalk(Path(self._folder), follow_links=self._follow_links):
            try:
                known = found.path.stat()
            except OSError:  # it was removed meanwhile
                continue
            if found.problem:
                yield str(found.path), _mark(found.path, 0, 0)
            elif not found.passed_over:
                yield str(found.path), _mark(found.path, known.st_size, known.st_mtime_ns)


def complete_files(
    folder: str, *, every: float, stopped: Callable[[], bool], follow_links: bool = False
) -> Iterator[list[str]]:
    """Look at a folder each ``every`` seconds and yield what is complete, a run's worth at a time, until stopped.

    Looks are never closer together, however quickly the files are dealt with: a file that is still being written would
    not have had the time to change.
    """
    spool = SpoolFolder(folder, follow_links=follow_links)
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
