"""Where files come from: what a caller names becomes a stream of sources, each file once and in a lasting order."""

from __future__ import annotations

import io
import os
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, cast

from imr_archive.errors import ArchiveError
from imr_archive.ingest.sources.archives import container_kind, ending_refusal, is_wanted, sources_in
from imr_archive.ingest.sources.files import (
    ReceivedFile,
    Source,
    passed_over,
    printable,
    receive,
    refused,
    short,
    source_at,
    stamp_of,
)
from imr_archive.ingest.sources.walk import NOT_FOLLOWED, FolderWalk, FoundFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = [
    "Input",
    "NoSuchPath",
    "ReceivedFile",
    "Source",
    "find_sources",
    "path_as_json",
    "path_from_json",
    "printable",
    "receive",
    "source_at",
]


class NoSuchPath(ArchiveError):
    """A path that was named and is neither a file nor a folder that can be listed."""


class Input:
    """What is to be read: files, folders and archives, with ``patterns`` for the files that are wanted of the latter.

    ``base`` is the folder that relative paths start from. Files that somebody has ``named`` are read whatever their
    ending; those that were found in a folder are not. Links in a folder are passed over; with ``follow_links``, those
    that lead to a place inside the folder are followed. ``done`` counts the bytes read so far, packed as they are, and
    those of files that were passed over.
    """

    def __init__(
        self,
        paths: Iterable[str],
        *,
        patterns: Sequence[str] = (),
        base: Path | None = None,
        named: bool = True,
        follow_links: bool = False,
    ) -> None:
        self._paths = paths
        self._patterns = patterns
        self._named = named
        self._follow_links = follow_links
        self._base = base or Path()
        self.done = 0

    @property
    def is_listed(self) -> bool:
        """Whether the paths are known before the first is read."""
        return isinstance(self._paths, list)

    def check(self) -> None:
        """Raise ``NoSuchPath`` for a path that is neither a file nor a folder; the paths must be a list."""
        for path in self._paths:
            if not self._on_disk(path).is_file() and not self._on_disk(path).is_dir():
                raise NoSuchPath(_missing(path))

    def size(self) -> int:
        """Return how many bytes there are to be read; the paths must be a list."""
        return sum(_size(self._on_disk(file)) for path in self._paths for file, _ in self._found_at(path))

    def sources(self) -> Iterator[Source]:
        """Yield the files; those that cannot be read or are not letters by their names are among them, refused.

        Folders are searched to the bottom in the order of names, without names that begin with a dot. Links, and files
        that systems leave beside documents, are among the sources as passed over.
        """
        seen: set[str] = set()
        several = not isinstance(self._paths, list) or len(self._paths) > 1
        for path in self._paths:
            for file, found in self._found_at(path):
                place = os.path.abspath(self._on_disk(file))  # noqa: PTH100 - no link is resolved
                if several and place in seen:
                    continue
                if several:
                    seen.add(place)
                if found.problem:
                    yield refused(short(printable(file)), found.problem)
                elif found.passed_over:
                    yield passed_over(short(printable(file)), found.passed_over)
                else:
                    before = self.done
                    yield from self._sources_of(file, named=self._named and file == path)
                    if self.done == before:
                        self._count(_size(self._on_disk(file)))

    def _sources_of(self, file: str, *, named: bool) -> Iterator[Source]:
        label, opener, stamp = short(printable(file)), self._opener(file), partial(stamp_of, self._on_disk(file))
        if kind := container_kind(label):
            yield from sources_in(label, opener, kind=kind, patterns=self._patterns, stamp=stamp)
        elif named:
            yield Source(label, opener, stamp=stamp)
        elif is_wanted(PurePosixPath(label), self._patterns):
            yield Source(label, opener, ending_refusal(label, self._patterns), stamp)

    def _found_at(self, path: str) -> Iterator[tuple[str, FoundFile]]:
        """Yield what a path names or what is below it, each with its own path as reports name it."""
        place = self._on_disk(path)
        if not self._named and not self._follow_links and place.is_symlink():
            # A watched file that was replaced by a link since the folder was looked at.
            yield path, FoundFile(place, passed_over=NOT_FOLLOWED)
        elif place.is_file():
            yield path, FoundFile(place)
        elif place.is_dir():
            for found in FolderWalk(place, follow_links=self._follow_links):
                yield str(Path(path, found.path.relative_to(place))), found
        else:
            yield path, FoundFile(place, _missing(path))

    def _on_disk(self, path: str) -> Path:
        return self._base / path

    def _opener(self, file: str) -> Callable[[], BinaryIO]:
        return lambda: cast("BinaryIO", io.BufferedReader(CountedFile(self._on_disk(file), self._count)))

    def _count(self, number: int) -> None:
        self.done += number


class CountedFile(io.FileIO):
    """A file on disk that tells how many bytes are read from it; archives seek in it."""

    def __init__(self, path: Path, count: Callable[[int], None]) -> None:
        super().__init__(path)
        self._count = count

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any buffer of bytes
        number = super().readinto(buffer) or 0
        self._count(number)
        return number


def path_as_json(path: str) -> str | dict[str, str]:
    """Return a path in a form that every database keeps: one that is no text, as file systems allow, by its bytes."""
    return path if printable(path) == path else {"bytes": os.fsencode(path).hex()}


def path_from_json(kept: str | dict[str, str]) -> str:
    """Return the path that was kept."""
    return kept if isinstance(kept, str) else os.fsdecode(bytes.fromhex(kept["bytes"]))


def find_sources(paths: Iterable[str]) -> Iterator[Source]:
    """Yield the files that paths name; raise ``NoSuchPath``, before anything is read, for one that is not there."""
    given = Input([*paths])
    given.check()
    return given.sources()


def _missing(path: str) -> str:
    return f"There is no file or folder {printable(path)!r}."


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
