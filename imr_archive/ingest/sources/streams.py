"""Streams that decompress files and count every byte, because the sizes in headers cannot be trusted."""

from __future__ import annotations

import gzip
import io
import lzma
from typing import TYPE_CHECKING, BinaryIO, cast

import zstandard

from imr_archive.errors import SourceRefused

if TYPE_CHECKING:
    from collections.abc import Callable

# Letters compress to a third of their size, many similar ones in one stream to a thirtieth. More is a zip bomb.
MAX_EXPANSION = 200
# Up to this size, output is not limited by the ratio.
_HARMLESS = 64 * 1024 * 1024
_MOST_MEMORY = 128 * 1024 * 1024
_BLOCK = 64 * 1024


class Bomb(SourceRefused):
    """A zip bomb: an archive that expands far more than letters do."""

    def __init__(self) -> None:
        super().__init__(f"The archive expands to more than {MAX_EXPANSION} times its size; the rest was not read.")


class Budget:
    """Limits the output of an archive relative to its input. Output of a nested archive counts for its parent too."""

    def __init__(self, parent: Budget | None = None, *, size: int = 0) -> None:
        self._parent = parent
        self._in = size
        self._out = 0
        self.exceeded = False

    def take_in(self, number: int) -> None:
        """Count bytes of the compressed archive."""
        self._in += number

    def spend(self, number: int) -> None:
        """Count decompressed bytes; raise ``Bomb`` if there are too many."""
        self._out += number
        if self._parent is not None:
            self._parent.spend(number)
        if self._out > max(_HARMLESS, MAX_EXPANSION * self._in):
            self.exceeded = True
            raise Bomb


class Counted(io.RawIOBase):
    """A stream that reports the number of bytes read from it to a callback."""

    def __init__(self, stream: BinaryIO, count: Callable[[int], None]) -> None:
        self._stream = stream
        self._count = count

    def readable(self) -> bool:
        """Return True: the stream is readable."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any buffer of bytes
        """Read available bytes, up to the buffer's length."""
        content = self._stream.read(len(buffer))
        buffer[: len(content)] = content
        self._count(len(content))
        return len(content)

    def close(self) -> None:
        """Close the stream below as well."""
        self._stream.close()
        super().close()


def unpacked(stream: BinaryIO, packing: str, budget: Budget) -> BinaryIO:
    """Return the decompressed stream (``packing``: "gz", "xz", "zst", or "" for none), limited by a budget."""
    raw = cast("BinaryIO", io.BufferedReader(Counted(stream, budget.take_in), _BLOCK))
    match packing:
        case "gz":
            content = cast("BinaryIO", gzip.GzipFile(fileobj=raw))
        case "xz":
            content = cast("BinaryIO", io.BufferedReader(_Xz(raw), _BLOCK))
        case "zst":
            unpacker = zstandard.ZstdDecompressor(max_window_size=_MOST_MEMORY)
            content = cast("BinaryIO", unpacker.stream_reader(raw, read_across_frames=True))
        case _:
            content = raw
    return cast("BinaryIO", io.BufferedReader(Counted(content, budget.spend), _BLOCK))


class _Xz(io.RawIOBase):
    """Decompresses an .xz stream. The standard library's ``LZMAFile`` has no memory limit, so this replaces it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._unpacker = _xz_unpacker()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any buffer of bytes
        content = b""
        while not content:
            if self._unpacker.eof:
                packed = self._unpacker.unused_data.lstrip(b"\0") or self._stream.read(_BLOCK).lstrip(b"\0")
                if not packed:
                    return 0
                self._unpacker = _xz_unpacker()
            else:
                packed = self._stream.read(_BLOCK) if self._unpacker.needs_input else b""
                if not packed and self._unpacker.needs_input:
                    raise EOFError
            content = self._unpacker.decompress(packed, len(buffer))
        buffer[: len(content)] = content
        return len(content)


def _xz_unpacker() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_MEMORY)
