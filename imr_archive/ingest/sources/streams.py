"""Streams out of compressed files, with every byte counted: what headers say of sizes is never trusted."""

from __future__ import annotations

import gzip
import io
import lzma
from typing import TYPE_CHECKING, BinaryIO, cast

import zstandard

from imr_archive.errors import SourceRefused

if TYPE_CHECKING:
    from collections.abc import Callable

# Letters pack to a third of their size, many of one kind in one stream to a thirtieth; beyond this it is a bomb.
MAX_EXPANSION = 200
# Below this an archive may expand as it likes.
_HARMLESS = 64 * 1024 * 1024
_MOST_MEMORY = 128 * 1024 * 1024
_BLOCK = 64 * 1024


class Bomb(SourceRefused):
    """An archive that expands beyond all measure."""

    def __init__(self) -> None:
        super().__init__(f"The archive expands to more than {MAX_EXPANSION} times its size; the rest was not read.")


class Budget:
    """How much may still come out of an archive, by how much went in; what a nested one spends, its parent spends."""

    def __init__(self, parent: Budget | None = None, *, size: int = 0) -> None:
        self._parent = parent
        self._in = size
        self._out = 0
        self.exceeded = False

    def take_in(self, number: int) -> None:
        """Count bytes of the packed archive."""
        self._in += number

    def spend(self, number: int) -> None:
        """Count bytes that came out of it; raise ``Bomb`` if they are too many."""
        self._out += number
        if self._parent is not None:
            self._parent.spend(number)
        if self._out > max(_HARMLESS, MAX_EXPANSION * self._in):
            self.exceeded = True
            raise Bomb


class Counted(io.RawIOBase):
    """A stream that tells how many bytes are read from it."""

    def __init__(self, stream: BinaryIO, count: Callable[[int], None]) -> None:
        self._stream = stream
        self._count = count

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any buffer of bytes
        """Read what is there, up to the buffer's length."""
        content = self._stream.read(len(buffer))
        buffer[: len(content)] = content
        self._count(len(content))
        return len(content)

    def close(self) -> None:
        """Close the stream below as well."""
        self._stream.close()
        super().close()


def unpacked(stream: BinaryIO, packing: str, budget: Budget) -> BinaryIO:
    """Return what a packed stream holds (``packing``: "gz", "xz", "zst", or "" for none), kept within a budget."""
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
    """What an .xz stream holds. The standard library's own file would let the stream ask for any amount of memory."""

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
