"""The files in a tar archive, plain or compressed, read as a stream from front to back."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING, BinaryIO, Self, cast

from imr_archive.ingest.sources.files import Member
from imr_archive.ingest.sources.streams import Budget, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Blocks with long names and attributes: a few hundred bytes unless the archive is hostile.
_MAX_EXTRA_HEADER = 1 << 20
_EXTRA_HEADERS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)


class _StrictHeader(tarfile.TarInfo):
    """A tar header that raises where the standard library stops in silence or holds any amount of memory."""

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
        if header.type in _EXTRA_HEADERS and header.size > _MAX_EXTRA_HEADER:
            raise tarfile.ReadError("header too large")
        return header


def tar_members(stream: BinaryIO, packing: str, budget: Budget) -> Iterator[Member]:
    """Yield the files of a tar; each must be read before the next is asked for."""
    content = unpacked(stream, packing, budget)
    with tarfile.open(fileobj=content, mode="r|", tarinfo=_StrictHeader) as archive:
        while (info := archive.next()) is not None:
            # The list of headers would grow with the archive. From Python 3.13 on, ``stream=True`` keeps none.
            archive.members.clear()  # type: ignore[attr-defined]  # missing in the stubs
            if not info.isdir():
                yield Member(info.name, _opener(archive, info), _obstacle(info))


def _opener(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Callable[[], BinaryIO]:
    return lambda: cast("BinaryIO", archive.extractfile(info))


def _obstacle(info: tarfile.TarInfo) -> str:
    if not info.name:
        return "The file has no name in the archive."
    return "" if info.isreg() and not info.sparse else "The file is a link or device, not a letter."
