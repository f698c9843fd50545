"""The container of an archive file: a BagIt bag (RFC 8493) in an uncompressed tar. Equal content gives equal bytes.

This module does not depend on what the bag contains. After unpacking with any tar program,
``sha256sum -c manifest-sha256.txt`` verifies it. The reader accepts only the layout that the writer produces: members
in a fixed order, manifests last. Reader and writer hold at most one member in memory.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
import tempfile
from itertools import zip_longest
from typing import IO, TYPE_CHECKING, BinaryIO, Final

from imr_archive.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator

# The bag's folder in the tar.
_FOLDER = "imr-archive/"
_PAYLOAD = "data/"
_DECLARATION: Final = "bagit.txt"
_DECLARED: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_MANIFEST: Final = "manifest-sha256.txt"
_TAG_MANIFEST: Final = "tagmanifest-sha256.txt"
_RECORD = tarfile.RECORDSIZE
# Parts of tables are much smaller than this, and no letter is larger than 100 MB.
_LARGEST_MEMBER = 256 * 1024 * 1024
_BLOCK = 1024 * 1024
# A manifest of up to about 100,000 letters stays in memory; a longer one goes to a temporary file.
_MANIFEST_IN_MEMORY = 16 * 1024 * 1024


class Damaged(ArchiveError):
    """The file is not a bag, or it was changed after it was written."""


class BagWriter:
    """Writes the members of a bag one by one; ``close`` adds the manifests, which readers require."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._manifest = _manifest()
        self._tags = b""
        self._written = 0
        self._add_tag(_DECLARATION, _DECLARED)

    def add(self, name: str, content: bytes) -> None:
        """Write one payload file."""
        self._manifest.write(_line(_PAYLOAD + name, hashlib.sha256(content)))
        self._add(_PAYLOAD + name, io.BytesIO(content), len(content))

    def close(self) -> None:
        """Write the manifests and the end of the tar."""
        size = self._manifest.tell()
        self._manifest.seek(0)
        digest = hashlib.file_digest(self._manifest, "sha256")
        self._manifest.seek(0)
        self._add(_MANIFEST, self._manifest, size)
        self._tags += _line(_MANIFEST, digest)
        self._add_tag(_TAG_MANIFEST, self._tags)
        self._write(bytes(2 * tarfile.BLOCKSIZE))
        self._write(bytes(-self._written % _RECORD))
        self._manifest.close()

    def _add_tag(self, name: str, content: bytes) -> None:
        self._tags += _line(name, hashlib.sha256(content))
        self._add(name, io.BytesIO(content), len(content))

    def _add(self, name: str, content: IO[bytes], size: int) -> None:
        self._write(_header(_FOLDER + name, size))
        while block := content.read(_BLOCK):
            self._write(block)
        self._write(bytes(-size % tarfile.BLOCKSIZE))

    def _write(self, content: bytes) -> None:
        self._stream.write(content)
        self._written += len(content)


def read_bag(stream: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """Yield each payload file of a bag; raise ``Damaged`` at the end if a file does not match the manifests.

    Trust the files only after the last one was yielded, because the manifests stand at the end.
    """
    reader = _TarReader(stream)
    if reader.header() != (_DECLARATION, len(_DECLARED)) or reader.content(len(_DECLARED)) != _DECLARED:
        raise Damaged("The file is no archive that export_archive wrote.")
    with _manifest() as found:
        name, size = reader.header()
        while name.startswith(_PAYLOAD):
            content = reader.content(size)
            found.write(_line(name, hashlib.sha256(content)))
            yield name.removeprefix(_PAYLOAD), content
            name, size = reader.header()
        _compare_manifests(reader, (name, size), found)


def _compare_manifests(reader: _TarReader, header: tuple[str, int], found: IO[bytes]) -> None:
    """Compare the files with the bag's manifests, and check that nothing follows the manifests."""
    if header[0] != _MANIFEST:
        raise Damaged("The file is damaged: its manifest is missing.")
    found.seek(0)
    digest = hashlib.sha256()
    for said, line in zip_longest(reader.lines(header[1]), found):
        digest.update(said or b"")
        if said != line:
            member = (line or said or b"").decode(errors="replace").strip().partition("  ")[2]
            raise Damaged(f"The file is damaged: {member} is not what the manifest says.")
    tags = _line(_DECLARATION, hashlib.sha256(_DECLARED)) + _line(_MANIFEST, digest)
    if reader.header() != (_TAG_MANIFEST, len(tags)) or reader.content(len(tags)) != tags:
        raise Damaged("The file is damaged: the manifest is not the one it was written with.")
    reader.end()


class _TarReader:
    """Reads the members of a tar in order; raises ``Damaged`` for a broken or missing byte."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def header(self) -> tuple[str, int]:
        """Read a member's header: its name in the bag, and its size."""
        block = self._exactly(tarfile.BLOCKSIZE)
        try:
            header = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
            as_written = _header(header.name, header.size)
        except (tarfile.HeaderError, ValueError) as error:
            raise Damaged("The file is no archive that export_archive wrote, or it is damaged.") from error
        if block != as_written or not header.name.startswith(_FOLDER):
            raise Damaged("The file holds something that export_archive does not write.")
        return header.name.removeprefix(_FOLDER), header.size

    def content(self, size: int) -> bytes:
        """Read the whole content of a member."""
        if size > _LARGEST_MEMBER:
            raise Damaged("The file holds a part that is larger than any that export_archive writes.")
        content = self._exactly(size)
        self._padding(size)
        return content

    def lines(self, size: int) -> Iterator[bytes]:
        """Yield the lines of a member of any size."""
        left = size
        while left:
            line = self._stream.readline(min(left, _BLOCK))
            if not line:
                raise Damaged("The file is cut short.")
            left -= len(line)
            yield line
        self._padding(size)

    def end(self) -> None:
        """Read the end of the tar: two blocks of zeros, then zeros up to the end of the tar record."""
        if any(self._exactly(2 * tarfile.BLOCKSIZE)):
            raise Damaged("The file holds more than its manifest.")
        rest = self._stream.read(_RECORD)
        if rest.strip(b"\0") or len(rest) >= _RECORD or self._stream.tell() % _RECORD:
            raise Damaged("The file is damaged after its end, or something follows it.")

    def _padding(self, size: int) -> None:
        if any(self._exactly(-size % tarfile.BLOCKSIZE)):
            raise Damaged("The file is damaged between its parts.")

    def _exactly(self, size: int) -> bytes:
        content = self._stream.read(size)
        if len(content) < size:
            raise Damaged("The file is cut short.")
        return content


def _header(name: str, size: int) -> bytes:
    header = tarfile.TarInfo(name)
    header.size = size
    return header.tobuf(tarfile.USTAR_FORMAT)


def _manifest() -> tempfile.SpooledTemporaryFile[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=_MANIFEST_IN_MEMORY)


def _line(name: str, digest: hashlib._Hash) -> bytes:
    return f"{digest.hexdigest()}  {name}\n".encode()
