"""Export the whole archive, as of one moment, to one file (``docs/adr/0008-what-an-archive-file-holds.md``)."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.db import connection

from imr_archive.backup.bag import BagWriter
from imr_archive.backup.sections import CANONICAL, SECTIONS, Codec, Slugs, TableSection
from imr_archive.errors import ArchiveError
from imr_archive.search.fulltext.backend import backend
from imr_archive.vocabulary import SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FORMAT: Final = {"format": "imr-archive", "version": 2}
FORMAT_NAME: Final = "format.json"
COUNTS_NAME: Final = "counts.json"
# A part of a section is closed when its lines, or the bytes of its letters, reach this size.
_PART = 1024 * 1024
_PART_CONTENT = 16 * 1024 * 1024
_ROWS_AT_A_TIME = 2000
_LETTERS_AT_A_TIME = 20
_ENDINGS = {SourceKind.PDF: "pdf", SourceKind.TEXT: "txt", SourceKind.UNKNOWN: "bin"}


class CannotExport(ArchiveError):
    """The file cannot be written."""


@dataclass
class Exported:
    """Result of an export: rows by section, and the letters whose bytes differ from those that were received."""

    counts: dict[str, int] = field(default_factory=dict)
    damaged: list[int] = field(default_factory=list)
    size: int = 0


def archive_export(path: Path, *, progress: Callable[[str, int], None] = lambda name, rows: None) -> Exported:
    """Write the archive to a new file, which gets its final name only when it is complete and on disk.

    ``progress`` is called after each section. Raise ``CannotExport`` if the file exists already or can't be written.
    """
    if path.exists():
        raise CannotExport(f"{path} exists already; a kept archive is not written over.")
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("wb") as stream:
            bag = BagWriter(stream)
            with backend(connection).read_snapshot():
                exported = _write(bag, progress)
            bag.close()
            stream.flush()
            os.fsync(stream.fileno())
            exported.size = stream.tell()
        unfinished.rename(path)
    except OSError as error:
        raise CannotExport(f"{path} cannot be written: {error.strerror or type(error).__name__}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return exported


def original_name(key: int, kind: str) -> str:
    """Return the name of a letter's bytes in the file."""
    return f"originals/{key}.{_ENDINGS[SourceKind(kind)]}"


def _write(bag: BagWriter, progress: Callable[[str, int], None]) -> Exported:
    bag.add(FORMAT_NAME, as_json(FORMAT))
    exported, slugs = Exported(), _slugs()
    for section in SECTIONS:
        codec = Codec(section, slugs)
        count = _write_letters(bag, codec, exported) if section.content else _write_rows(bag, codec)
        exported.counts[section.name] = count
        progress(section.name, count)
    bag.add(COUNTS_NAME, as_json(exported.counts))
    return exported


def _write_rows(bag: BagWriter, codec: Codec) -> int:
    parts, count = _Parts(bag, codec.section.name), 0
    for values in _rows(codec.section):
        parts.add(codec.line(values))
        count += 1
    parts.close()
    return count


def _write_letters(bag: BagWriter, codec: Codec, exported: Exported) -> int:
    """Write letters with their bytes, and note those whose bytes differ from the ones that were received."""
    section = codec.section
    key, kind, sha256 = (section.attributes.index(name) for name in ("id", "kind", "sha256"))
    letters = section.model._base_manager.order_by("pk").values_list(*section.attributes, section.content)
    parts, count = _Parts(bag, section.name), 0
    for *values, stored in letters.iterator(chunk_size=_LETTERS_AT_A_TIME):
        content = bytes(stored)
        if hashlib.sha256(content).hexdigest() != values[sha256]:
            exported.damaged.append(values[key])
        parts.add(codec.line(values), (original_name(values[key], values[kind]), content))
        count += 1
    parts.close()
    return count


class _Parts:
    """Writes a section as several files of lines, each followed by the bytes of the letters in its rows."""

    def __init__(self, bag: BagWriter, section: str) -> None:
        self._bag, self._section = bag, section
        self._lines: list[bytes] = []
        self._contents: list[tuple[str, bytes]] = []
        self._number = self._size = self._content_size = 0

    def add(self, line: bytes, *contents: tuple[str, bytes]) -> None:
        """Add a row; write the part if it is full."""
        self._lines.append(line)
        self._contents += contents
        self._size += len(line)
        self._content_size += sum(len(content) for _, content in contents)
        if self._size >= _PART or self._content_size >= _PART_CONTENT:
            self.close()

    def close(self) -> None:
        """Write the rows collected so far, if there are any."""
        if not self._lines:
            return
        self._number += 1
        self._bag.add(f"{self._section}/{self._number:06}.ndjson", b"".join(self._lines))
        for name, content in self._contents:
            self._bag.add(name, content)
        self._lines, self._contents = [], []
        self._size = self._content_size = 0


def _rows(section: TableSection) -> Iterator[tuple[Any, ...]]:
    rows = section.model._base_manager.order_by("pk").values_list(*section.attributes)
    if section.is_canonical:
        # Sorted here, because databases sort slugs differently; these are only a few hundred rows.
        return iter(sorted(rows, key=lambda row: row[section.attributes.index("slug")]))
    return rows.iterator(chunk_size=_ROWS_AT_A_TIME)


def _slugs() -> Slugs:
    return {model: dict(model._base_manager.values_list("pk", "slug")) for model in CANONICAL}


def as_json(value: dict[str, Any]) -> bytes:
    """Return one of the metadata files as JSON."""
    return json.dumps(value, indent=1).encode() + b"\n"
