"""Downloads as streams: CSV for spreadsheets, JSON Lines for programs, either of them zipped with its description."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from imr_archive.spreadsheets import safe_cell
from imr_archive.web.exports.about import CODEBOOK_HEADER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imr_archive.web.exports.about import About

# Without the byte order mark, spreadsheets assume another encoding.
_MARK = "\ufeff"


def ndjson_text(batches: Iterable[list[dict[str, Any]]]) -> Iterator[str]:
    """Yield the lines of each batch."""
    for objects in batches:
        yield "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in objects)


def csv_text(header: Sequence[str], batches: Iterable[list[list[Any]]]) -> Iterator[str]:
    """Yield the header, then the rows of each batch."""
    yield _MARK + _lines([header])
    for rows in batches:
        yield _lines([*map(safe_cell, row)] for row in rows)


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


class _Sink(io.RawIOBase):
    """A file that can only be written: what was written since is taken away piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        """Return what was written since the last call."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def zipped(name: str, pieces: Iterable[str], about: About) -> Iterator[bytes]:
    """Yield a ZIP archive of three files: the data, ``about.txt`` and ``codebook.csv``."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("about.txt", about.text)
        archive.writestr("codebook.csv", _MARK + _lines([CODEBOOK_HEADER, *about.codebook]))
        with archive.open(name, "w", force_zip64=True) as data:
            for piece in pieces:
                data.write(piece.encode())
                yield sink.take()
    yield sink.take()
