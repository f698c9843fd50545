"""One file on its way in: where its bytes come from, how reports name it, and what was received."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from imr_archive.errors import SourceRefused, SourceUnreadable
from imr_archive.ingest.sources.kinds import HEAD_BYTES, foreign_kind

if TYPE_CHECKING:
    from collections.abc import Callable

# A letter is a few pages; a larger file is not a letter, and is not read to its end to find that out.
MAX_MEGABYTES = 100
MAX_BYTES = MAX_MEGABYTES * 1024 * 1024
_BLOCK = 1 << 20
# A file that changes while it is read is read this often.
_ATTEMPTS = 2
# What runs keep of a name: an index holds it, and archives may hold names of 65,535 bytes.
_LONGEST_LABEL = 500


class PassedOver(SourceRefused):
    """A file that is reported and otherwise left alone: a link, a system's file, or one that cannot be a letter."""

    def __init__(self, sentence: str, sha256: str = "") -> None:
        super().__init__(sentence)
        self.sha256 = sha256


def no_stamp() -> None:
    """Stand for bytes that cannot change while they are read, as those inside an archive."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is to be ingested: how reports name it, and how to open it.

    It is opened, if at all, before the next source is asked for: an archive is read once, from front to back. A
    ``refusal`` says why its bytes are kept and not read as a letter. ``stamp`` returns a value that changes when the
    file is written to, and None when it is not there.
    """

    label: str
    open: Callable[[], BinaryIO]
    refusal: str = ""
    stamp: Callable[[], object] = no_stamp


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its name there, how to open it, and what keeps it from being read, if anything does."""

    name: str
    open: Callable[[], BinaryIO]
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file as received: how reports name it, its own name, its bytes and their SHA-256."""

    label: str
    name: str
    content: bytes
    sha256: str
    refusal: str = ""


def receive(source: Source) -> ReceivedFile:
    """Read a source; raise a ``LetterError`` if it cannot be read, is too large for a letter, or keeps changing.

    A file that changed while it was read is read again once. One of a kind that cannot be a letter is ``PassedOver``,
    and read only for its size and hash.
    """
    for _ in range(_ATTEMPTS):
        before = source.stamp()
        content = _content(source)
        # A file that was read whole and then taken away is complete.
        if source.stamp() in (before, None):
            name = Path(source.label).name or source.label
            return ReceivedFile(source.label, name, content, hashlib.sha256(content).hexdigest(), source.refusal)
    raise SourceUnreadable("The file changed while it was read; ingest it again.")


def _content(source: Source) -> bytes:
    try:
        with source.open() as stream:
            head = stream.read(min(HEAD_BYTES, MAX_BYTES + 1))
            if kind := foreign_kind(head):
                raise _foreign(kind, head, stream)
            content = head + stream.read(MAX_BYTES + 1 - len(head))
    except OSError as error:
        raise SourceUnreadable(f"The file cannot be opened: {error.strerror or type(error).__name__}.") from error
    if len(content) > MAX_BYTES:
        raise SourceUnreadable(f"The file is larger than {MAX_MEGABYTES} MB, which no letter is.")
    return content


def _foreign(kind: str, head: bytes, stream: BinaryIO) -> PassedOver:
    digest, size = hashlib.sha256(head), len(head)
    while block := stream.read(_BLOCK):
        digest.update(block)
        size += len(block)
    sentence = f"Not a letter but {kind} of {size:,} bytes; its bytes are not kept."
    return PassedOver(sentence, digest.hexdigest())


def stamp_of(path: Path) -> tuple[int, int] | None:
    """Return the size and time of change of a file on disk, or None if it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def source_at(path: Path, label: str = "", refusal: str = "") -> Source:
    """Return the source that is a file on disk."""
    return Source(short(printable(label or str(path))), lambda: path.open("rb"), refusal, lambda: stamp_of(path))


def refused(label: str, sentence: str) -> Source:
    """Return a source whose bytes are not taken: it ends in the report, by name, with the sentence."""

    def refuse() -> BinaryIO:
        raise SourceRefused(sentence)

    return Source(label, refuse)


def passed_over(label: str, sentence: str) -> Source:
    """Return a source that ends in the report, by name, as passed over with the sentence."""

    def pass_over() -> BinaryIO:
        raise PassedOver(sentence)

    return Source(label, pass_over)


def printable(name: str) -> str:
    """Return a file's name as text that can be printed and stored, whatever bytes the file system gave."""
    return os.fsencode(name).decode("utf-8", errors="replace").replace("\x00", "\ufffd")


def short(label: str) -> str:
    """Return a label in a length that the archive's tables take, cut in the middle; different labels stay different."""
    if len(label) <= _LONGEST_LABEL:
        return label
    mark = f"…{hashlib.sha256(label.encode(errors='replace')).hexdigest()[:16]}…"
    return f"{label[:200]}{mark}{label[len(mark) + 200 - _LONGEST_LABEL :]}"
