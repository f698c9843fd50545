"""The files in a zip archive, and what keeps each from being read."""

from __future__ import annotations

import io
import stat
import zipfile
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from imr_archive.errors import SourceRefused, SourceUnreadable
from imr_archive.ingest.sources.files import Member
from imr_archive.ingest.sources.streams import Bomb, Budget, Counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A zip inside an archive is held in memory, since its list of files is at its end.
_MAX_NESTED_MEGABYTES = 256
_READABLE_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
# Numbers of APPNOTE.TXT 4.4.5 that current programs write.
_OTHER_METHODS: Final = {6: "implode", 9: "deflate64", 93: "zstandard", 95: "xz", 98: "PPMd"}


def zip_members(stream: BinaryIO, budget: Budget, *, is_nested: bool) -> Iterator[Member]:
    """Yield the files of a zip in the order of its directory; raise a ``LetterError`` if that cannot be read."""
    if is_nested:
        stream = _in_memory(stream)
    budget.take_in(stream.seek(0, io.SEEK_END))
    try:
        archive = zipfile.ZipFile(stream)
    except UnicodeDecodeError as error:
        sentence = "The archive's list of files cannot be read: a name in it is marked as UTF-8 and is not."
        raise SourceUnreadable(sentence) from error
    with archive:
        for info in archive.infolist():
            if budget.exceeded:
                raise Bomb
            # Not ``info.is_dir()``, which fails for an empty name.
            if not info.filename.endswith("/"):
                yield Member(info.filename, _opener(archive, info, budget), _obstacle(info))


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> Callable[[], BinaryIO]:
    def open_() -> BinaryIO:
        try:
            content = cast("BinaryIO", archive.open(info))
        except UnicodeDecodeError as error:
            sentence = "The archive is damaged at this file: its name is marked as UTF-8 and is not."
            raise SourceUnreadable(sentence) from error
        return cast("BinaryIO", io.BufferedReader(Counted(content, budget.spend)))

    return open_


def _obstacle(info: zipfile.ZipInfo) -> str:
    """Say what keeps a file from being read, if anything does."""
    if not info.filename:
        return "The file has no name in the archive."
    if info.flag_bits & 0x1:
        return "The file is protected by a password."
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        return "The file is a link, not a letter."
    if info.compress_type not in _READABLE_METHODS:
        method = _OTHER_METHODS.get(info.compress_type, f"number {info.compress_type}")
        return f"The file is compressed by a method ({method}) that cannot be read here; pack it again as deflate."
    return ""


def _in_memory(stream: BinaryIO) -> BinaryIO:
    content = stream.read(_MAX_NESTED_MEGABYTES * 1024 * 1024 + 1)
    if len(content) > _MAX_NESTED_MEGABYTES * 1024 * 1024:
        raise SourceRefused(f"A zip inside an archive may have {_MAX_NESTED_MEGABYTES} MB; unpack the outer one first.")
    return io.BytesIO(content)
