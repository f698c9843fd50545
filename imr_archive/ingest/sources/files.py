"""One file on its way in: where its bytes come from, how reports name it, and what was received."""

from __future__ import annotations

import hashlib
import lzma
import os
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from gzip import BadGzipFile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from zstandard import ZstdError

from imr_archive.errors import SourceRefused, SourceUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable

# A letter is a few pages; a file beyond this size is none, and is not read to its end to find that out.
MAX_MEGABYTES = 100
_MAX_BYTES = MAX_MEGABYTES * 1024 * 1024
# What runs keep of a name: an index holds it, and archives may hold names of 65,535 bytes.
_LONGEST_LABEL = 500
# What the standard library raises for archives that are damaged, or packed in a way it does not know.
DAMAGE = (
    BadGzipFile,
    EOFError,
    NotImplementedError,
    ZstdError,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is to be ingested: how reports name it, and how to open it.

    It is opened, if at all, before the next source is asked for: an archive is read once, from front to back. A
    ``refusal`` says why its bytes are kept and not read as a letter.
    """

    label: str
    open: Callable[[], BinaryIO]
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file as received: how reports name it, its own name, its bytes and their SHA-256."""

    label: str
    name: str
    content: bytes
    sha256: str
    refusal: str = ""


def receive(source: Source) -> ReceivedFile:
    """Read a source; raise a ``LetterError`` if its bytes cannot be had, or are more than any letter has."""
    try:
        with source.open() as stream:
            content = stream.read(_MAX_BYTES + 1)
    except DAMAGE as error:
        raise SourceUnreadable("The archive is damaged at this file.") from error
    except OSError as error:
        raise SourceUnreadable(f"The file cannot be opened: {error.strerror or type(error).__name__}.") from error
    if len(content) > _MAX_BYTES:
        raise SourceUnreadable(f"The file is larger than {MAX_MEGABYTES} MB, which no letter is.")
    name = Path(source.label).name or source.label
    return ReceivedFile(source.label, name, content, hashlib.sha256(content).hexdigest(), source.refusal)


def source_at(path: Path, label: str = "", refusal: str = "") -> Source:
    """Return the source that is a file on disk."""
    return Source(short(printable(label or str(path))), lambda: path.open("rb"), refusal)


def refused(label: str, sentence: str) -> Source:
    """Return a source whose bytes are not taken: it ends in the report, by name, with the sentence."""

    def refuse() -> BinaryIO:
        raise SourceRefused(sentence)

    return Source(label, refuse)


def printable(name: str) -> str:
    """Return a file's name as text that can be printed and stored, whatever bytes the file system gave."""
    return os.fsencode(name).decode("utf-8", errors="replace").replace("\x00", "\ufffd")


def short(label: str) -> str:
    """Return a label in a length that the archive's tables take, cut in the middle; different labels stay different."""
    if len(label) <= _LONGEST_LABEL:
        return label
    mark = f"…{hashlib.sha256(label.encode(errors='replace')).hexdigest()[:16]}…"
    return f"{label[:200]}{mark}{label[len(mark) + 200 - _LONGEST_LABEL :]}"
