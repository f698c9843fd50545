"""Archives (zip, tar, lines of JSON) become sources; nothing is written to disk.

An archive may hold archives, once. Each file that cannot be taken is refused by name: links, names that lead out of the
archive, other file types, encrypted or damaged files. A second file of one name is kept and not read as a letter, since
nobody can tell which of the two was meant. An error of any kind while an archive is read ends that archive only.
"""

from __future__ import annotations

import io
import json
import lzma
import tarfile
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from gzip import BadGzipFile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Final

from zstandard import ZstdError

from imr_archive.errors import LetterError, SourceRefused, SourceUnreadable
from imr_archive.ingest.sources.files import (
    MAX_BYTES,
    MAX_MEGABYTES,
    Member,
    Source,
    no_stamp,
    passed_over,
    printable,
    refused,
    short,
)
from imr_archive.ingest.sources.kinds import is_system_file
from imr_archive.ingest.sources.streams import Budget
from imr_archive.ingest.sources.tars import tar_members
from imr_archive.ingest.sources.zips import zip_members

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

LETTER_ENDINGS = (".pdf", ".txt", ".text", "")
# The most refused files of one archive that are reported by name; the others are reported as a number.
_MAX_REFUSED = 1_000
# What the standard library raises for archives that are damaged, or packed in a way it does not know.
_DAMAGE = (
    BadGzipFile,
    EOFError,
    NotImplementedError,
    ZstdError,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)

_NOT_SAFE: Final = "The name leads out of the archive, so the file was not taken."
_NESTED: Final = "The file is an archive inside an archive of an archive; unpack one of them first."
_REPEATED: Final = "The archive holds more than one file of this name; this is a later one, kept and not read."
_CHANGED: Final = "The archive changed while it was read; ingest it again."


@dataclass(slots=True)
class Container:
    """An archive while it is read: its label, which files are wanted, its budget, and the names met so far."""

    label: str
    patterns: Sequence[str]
    budget: Budget
    depth: int = 0
    names: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    system_files: int = 0

    def label_of(self, name: str) -> tuple[str, bool]:
        """Return how reports name a file of the archive, and whether its name was met before."""
        label = short(printable(f"{self.label}/{name}"))
        self.names[label] += 1
        times = self.names[label]
        return (short(f"{label} ({times})"), True) if times > 1 else (label, False)

    def sources_of(self, member: Member) -> Iterator[Source]:
        """Yield the source of one file of the archive, or the sources in it if it is an archive itself."""
        path = PurePosixPath(member.name.replace("\\", "/"))
        if any(map(is_system_file, path.parts)):
            self.system_files += 1
            return
        unsafe = path.is_absolute() or ".." in path.parts or member.name[1:2] == ":"
        if not unsafe and any(part.startswith(".") for part in path.parts):
            return
        kind = container_kind(path.name)
        if not kind and not is_wanted(path, self.patterns):
            return
        obstacle = _NOT_SAFE if unsafe else member.obstacle or (_NESTED if kind and self.depth else "")
        refusal = "" if obstacle or kind else ending_refusal(path.name, self.patterns)
        if obstacle or refusal:
            self.refused += 1
            if self.refused > _MAX_REFUSED:
                return
        label, repeated = self.label_of(member.name)
        if obstacle:
            yield refused(label, obstacle)
        elif kind:
            yield from sources_in(label, member.open, kind=kind, patterns=self.patterns, parent=self)
        else:
            yield Source(label, _guarded(member.open), _REPEATED if repeated else refusal)

    def summary(self) -> Iterator[Source]:
        """Yield one source for all files that were not told one by one, and one for those that systems left."""
        if self.system_files:
            sentence = f"{self.system_files:,} files that systems leave beside documents; passed over."
            yield passed_over(short(f"{self.label} (system files)"), sentence)
        if (untold := self.refused - _MAX_REFUSED) > 0:
            sentence = f"The archive holds {untold:,} more files that cannot be taken; they are not told one by one."
            yield refused(short(f"{self.label} (more files)"), sentence)


def container_kind(name: str) -> str:
    """Return the ending by which a name is that of a container; the empty text if it is none."""
    return next((ending for ending in _READERS if name.lower().endswith(ending)), "")


def is_wanted(path: PurePosixPath, patterns: Sequence[str]) -> bool:
    """Return whether a file of a folder or archive is among those asked for."""
    return not patterns or any(path.match(pattern) for pattern in patterns)


def ending_refusal(name: str, patterns: Sequence[str]) -> str:
    """Say why a file met in a folder or archive is not read as a letter, if its ending says that it is none."""
    ending = PurePosixPath(name).suffix
    if patterns or ending.lower() in LETTER_ENDINGS:
        return ""
    return f"Letters are .pdf or .txt files; one that ends in {printable(ending)} is read only if it is asked for."


def sources_in(
    label: str,
    open_: Callable[[], BinaryIO],
    *,
    kind: str,
    patterns: Sequence[str] = (),
    parent: Container | None = None,
    stamp: Callable[[], object] = no_stamp,
) -> Iterator[Source]:
    """Yield the files in an archive as sources; what is wrong with the archive itself is a refused source.

    ``stamp`` changes when the archive is written to, as for ``Source``.
    """
    budget = Budget(parent.budget if parent else None)
    container = Container(label, patterns, budget, depth=parent.depth + 1 if parent else 0)
    before, problem = stamp(), ""
    try:
        with open_() as stream:
            yield from _READERS[kind](container, stream)
    except MemoryError:
        raise
    except Exception as error:  # readers raise more kinds of errors for hostile archives than they document
        problem = _problem(error)
    yield from container.summary()
    if stamp() not in (before, None):
        problem = _CHANGED
    if problem:
        yield refused(label, problem)


def _problem(error: Exception) -> str:
    if isinstance(error, LetterError):
        return str(error)
    if isinstance(error, _DAMAGE):
        return "The archive is damaged: what follows in it, if anything, cannot be read."
    what = getattr(error, "strerror", None) or type(error).__name__
    return f"The archive cannot be read: {what}."


def _guarded(open_: Callable[[], BinaryIO]) -> Callable[[], BinaryIO]:
    """Return an opener that reads a member at once, and whose only error is a ``LetterError``."""

    def read() -> BinaryIO:
        try:
            with open_() as stream:
                return io.BytesIO(stream.read(MAX_BYTES + 1))
        except (LetterError, MemoryError):
            raise
        except _DAMAGE as error:
            raise SourceUnreadable("The archive is damaged at this file.") from error
        except Exception as error:  # as above
            what = getattr(error, "strerror", None) or type(error).__name__
            raise SourceUnreadable(f"The archive cannot be read at this file: {what}.") from error

    return read


# -- Readers ----------------------------------------------------------------------------------------------------------


def _zip(container: Container, stream: BinaryIO) -> Iterator[Source]:
    for member in zip_members(stream, container.budget, is_nested=container.depth > 0):
        yield from container.sources_of(member)


def _tar(packing: str) -> Callable[[Container, BinaryIO], Iterator[Source]]:
    def read(container: Container, stream: BinaryIO) -> Iterator[Source]:
        for member in tar_members(stream, packing, container.budget):
            yield from container.sources_of(member)

    return read


def _ndjson(container: Container, stream: BinaryIO) -> Iterator[Source]:
    number = 0
    while line := stream.readline(MAX_BYTES + 1):
        number += 1
        if len(line) > MAX_BYTES:
            raise SourceRefused(f"Line {number:,} is longer than {MAX_MEGABYTES} MB; the rest was not read.")
        if line.strip():
            yield from _line(container, line, number)


def _line(container: Container, line: bytes, number: int) -> Iterator[Source]:
    try:
        letter = json.loads(line)
        name, text = letter["name"], letter["text"]
        if not (isinstance(name, str) and name and isinstance(text, str)):
            raise TypeError
    except (ValueError, LookupError, TypeError, RecursionError):
        sentence = 'The line is not an object of "name" and "text".'
        yield refused(short(f"{container.label}, line {number}"), sentence)
        return
    content = text.encode(errors="surrogatepass")
    path = PurePosixPath(name.replace("\\", "/"))
    if not is_wanted(path, container.patterns):
        return
    label, repeated = container.label_of(name.encode(errors="replace").decode())
    if path.is_absolute() or ".." in path.parts:
        yield refused(label, _NOT_SAFE)
    else:
        yield Source(label, lambda: io.BytesIO(content), _REPEATED if repeated else "")


_READERS: Final[dict[str, Callable[[Container, BinaryIO], Iterator[Source]]]] = {
    ".zip": _zip,
    ".tar": _tar(""),
    ".tar.gz": _tar("gz"),
    ".tgz": _tar("gz"),
    ".tar.xz": _tar("xz"),
    ".txz": _tar("xz"),
    ".tar.zst": _tar("zst"),
    ".tzst": _tar("zst"),
    ".ndjson": _ndjson,
    ".jsonl": _ndjson,
}
CONTAINER_ENDINGS: Final = tuple(_READERS)
