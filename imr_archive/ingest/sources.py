"""Where files come from: what a caller names becomes sources, and a source becomes a received file with its hash."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from imr_archive.errors import ArchiveError, SourceUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# A letter is a few pages; a file beyond this size is none, and is not read to its end to find that out.
MAX_MEGABYTES = 100
_MAX_BYTES = MAX_MEGABYTES * 1024 * 1024


class NoSuchPath(ArchiveError):
    """A path that was named and is neither a file nor a folder that can be listed."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is to be ingested: how reports name it, and how to open it."""

    label: str
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file as received: how reports name it, its own name, its bytes and their SHA-256."""

    label: str
    name: str
    content: bytes
    sha256: str


def find_sources(paths: Iterable[str]) -> list[Source]:
    """Return the files that paths name, folders searched to the bottom, each file once and in a lasting order.

    In folders, names that begin with a dot are passed over, as are links to other folders. Raise ``NoSuchPath`` for a
    path that is neither a file nor a folder.
    """
    files = {Path(os.path.abspath(file)): file for path in paths for file in _files_at(Path(path))}  # noqa: PTH100 - no link is resolved
    return [source_at(file) for file in files.values()]


def source_at(path: Path) -> Source:
    """Return the source that is a file on disk."""
    return Source(printable(str(path)), lambda: path.open("rb"))


def receive(source: Source) -> ReceivedFile:
    """Read a source; raise ``SourceUnreadable`` if its bytes cannot be had, or are more than any letter has."""
    try:
        with source.open() as stream:
            content = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise SourceUnreadable(f"The file cannot be opened: {error.strerror or type(error).__name__}.") from error
    if len(content) > _MAX_BYTES:
        raise SourceUnreadable(f"The file is larger than {MAX_MEGABYTES} MB, which no letter is.")
    name = Path(source.label).name or source.label
    return ReceivedFile(source.label, name, content, hashlib.sha256(content).hexdigest())


def printable(name: str) -> str:
    """Return a file's name as text that can be printed and stored, whatever bytes the file system gave."""
    return os.fsencode(name).decode("utf-8", errors="replace").replace("\x00", "\ufffd")


def _files_at(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from _files_below(path)
    else:
        raise NoSuchPath(f"There is no file or folder {printable(str(path))!r}.")


def _files_below(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder, onerror=_cannot_be_listed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and (file := Path(here, name)).is_file():
                yield file


def _cannot_be_listed(error: OSError) -> None:
    folder = printable(str(error.filename))
    raise NoSuchPath(f"The folder {folder!r} cannot be listed: {error.strerror}.") from error
