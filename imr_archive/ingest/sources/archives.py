"""Files that hold letters: zip and tar archives and lines of JSON become sources, and nothing is written to disk.

An archive may hold archives, once. What cannot be taken from it ends in the report by name: links, names that lead out
of it, names with other endings, what is encrypted or damaged. A second file of one name is kept and not read as a
letter, since nobody can tell which of the two was meant.
"""

from __future__ import annotations

import io
import json
import stat
import tarfile
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Final, Self, cast

from imr_archive.errors import SourceRefused
from imr_archive.ingest.sources.files import DAMAGE, MAX_MEGABYTES, Source, printable, refused, short
from imr_archive.ingest.sources.streams import Bomb, Budget, Counted, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

LETTER_ENDINGS = (".pdf", ".txt", ".text", "")
# A zip inside an archive is held in memory, since it is read from its end.
_MAX_NESTED_MEGABYTES = 256
# A tar's own blocks of long names and attributes: a few hundred bytes, in good faith.
_MAX_TAR_HEADER = 1 << 20
_LONGEST_LINE = MAX_MEGABYTES * 1024 * 1024

_NOT_SAFE: Final = "The name leads out of the archive, so the file was not taken."
_NESTED: Final = "The file is an archive inside an archive of an archive; unpack one of them first."
_REPEATED: Final = "The archive holds more than one file of this name; this is a later one, kept and not read."


@dataclass(slots=True)
class Container:
    """An archive while it is read: its label, which files are wanted, its budget, and the names met so far."""

    label: str
    patterns: Sequence[str]
    budget: Budget
    depth: int = 0
    names: Counter[str] = field(default_factory=Counter)

    def label_of(self, name: str) -> tuple[str, bool]:
        """Return how reports name a file of the archive, and whether its name was met before."""
        label = short(printable(f"{self.label}/{name}"))
        self.names[label] += 1
        times = self.names[label]
        return (short(f"{label} ({times})"), True) if times > 1 else (label, False)

    def member(self, name: str, open_: Callable[[], BinaryIO], *, obstacle: str = "") -> Iterator[Source]:
        """Yield the source of one file of the archive, or the sources in it if it is an archive itself."""
        path = PurePosixPath(name.replace("\\", "/"))
        unsafe = path.is_absolute() or ".." in path.parts or name[1:2] == ":"
        if not unsafe and any(part.startswith(".") for part in path.parts):
            return
        kind = container_kind(path.name)
        if not kind and not is_wanted(path, self.patterns):
            return
        label, repeated = self.label_of(name)
        if unsafe or obstacle:
            yield refused(label, _NOT_SAFE if unsafe else obstacle)
        elif not kind:
            yield Source(label, open_, _REPEATED if repeated else ending_refusal(path.name, self.patterns))
        elif self.depth:
            yield refused(label, _NESTED)
        else:
            yield from sources_in(label, open_, kind=kind, patterns=self.patterns, parent=self)


def container_kind(name: str) -> str:
    """Return the ending by which a name is that of a container; the empty text if it is none."""
    return next((ending for ending in _READERS if name.lower().endswith(ending)), "")


def is_wanted(path: PurePosixPath, patterns: Sequence[str]) -> bool:
    """Whether a file of a folder or archive is among those asked for."""
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
) -> Iterator[Source]:
    """Yield the files in an archive as sources; what is wrong with the archive itself is a refused source."""
    budget = Budget(parent.budget if parent else None)
    container = Container(label, patterns, budget, depth=parent.depth + 1 if parent else 0)
    reader = _READERS[kind]
    try:
        with open_() as stream:
            yield from reader(container, stream)
    except DAMAGE:
        yield refused(label, "The archive is damaged: what follows in it, if anything, cannot be read.")
    except SourceRefused as error:
        yield refused(label, str(error))
    except OSError as error:
        yield refused(label, f"The archive cannot be read: {error.strerror or type(error).__name__}.")


# -- Zip --------------------------------------------------------------------------------------------------------------


def _zip(container: Container, stream: BinaryIO) -> Iterator[Source]:
    if container.depth:
        stream = _in_memory(stream)
    container.budget.take_in(stream.seek(0, io.SEEK_END))
    with zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            if container.budget.exceeded:
                raise Bomb
            if not info.is_dir():
                yield from container.member(info.filename, _zip_opener(archive, info, container), obstacle=_odd(info))


def _zip_opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo, container: Container) -> Callable[[], BinaryIO]:
    return lambda: _buffered(cast("BinaryIO", archive.open(info)), container.budget.spend)


def _odd(info: zipfile.ZipInfo) -> str:
    """Say what keeps a zip's file from being taken, if anything does."""
    if info.flag_bits & 0x1:
        return "The file is protected by a password."
    kind = stat.S_IFMT(info.external_attr >> 16)
    return "The file is a link, not a letter." if kind not in (0, stat.S_IFREG) else ""


def _in_memory(stream: BinaryIO) -> BinaryIO:
    content = stream.read(_MAX_NESTED_MEGABYTES * 1024 * 1024 + 1)
    if len(content) > _MAX_NESTED_MEGABYTES * 1024 * 1024:
        raise SourceRefused(f"A zip inside an archive may have {_MAX_NESTED_MEGABYTES} MB; unpack the outer one first.")
    return io.BytesIO(content)


# -- Tar --------------------------------------------------------------------------------------------------------------


class _Header(tarfile.TarInfo):
    """A tar's header. The standard library ends in silence at a broken one, and holds one of any size in memory."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Read a header block; raise ``ReadError`` if it is broken, or missing before the archive's end mark."""
        if not buf:
            raise tarfile.ReadError("no end mark")
        try:
            header = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if not any(buf):
                raise
            raise tarfile.ReadError("broken header") from error
        if header.type in _BESIDE_THE_FILES and header.size > _MAX_TAR_HEADER:
            raise tarfile.ReadError("header too large")
        return header


_BESIDE_THE_FILES = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)


def _tar(packing: str) -> Callable[[Container, BinaryIO], Iterator[Source]]:
    def read(container: Container, stream: BinaryIO) -> Iterator[Source]:
        content = unpacked(stream, packing, container.budget)
        with tarfile.open(fileobj=content, mode="r|", tarinfo=_Header) as archive:
            while (info := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # it would keep every header, and says so nowhere
                if info.isdir():
                    continue
                obstacle = "" if info.isreg() and not info.sparse else "The file is a link or device, not a letter."
                yield from container.member(info.name, _tar_opener(archive, info), obstacle=obstacle)

    return read


def _tar_opener(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Callable[[], BinaryIO]:
    return lambda: cast("BinaryIO", archive.extractfile(info))


# -- Lines of JSON ----------------------------------------------------------------------------------------------------


def _ndjson(container: Container, stream: BinaryIO) -> Iterator[Source]:
    number = 0
    while line := stream.readline(_LONGEST_LINE + 1):
        number += 1
        if len(line) > _LONGEST_LINE:
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


def _buffered(stream: BinaryIO, count: Callable[[int], None]) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(Counted(stream, count)))


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
