"""The rows of source letters: what was received, and what a reading says of it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils import timezone

from imr_archive.letters.tables import Table
from imr_archive.models import SourceLetter
from imr_archive.vocabulary import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imr_archive.letters.reading import Reading
    from imr_archive.letters.tables import Row

# What a reading says of the letter itself; its bytes, its name and when it came never change.
READ_COLUMNS = ("kind", "parser_version", "reason_code", "reason", "diagnostics", "spans", "text")
_NAME_LENGTH = 255
LETTERS = Table(
    SourceLetter,
    (
        *("id", "name", "sha256", "size", "received_at", "content"),
        *READ_COLUMNS,
        *("state", "determination_id"),
    ),
)


class SourceLetterWrite(NamedTuple):
    """A file that was received, what was read of it, and its role in its case."""

    name: str
    sha256: str
    content: bytes
    reading: Reading
    state: str
    determination: int


def source_letters_insert(letters: Sequence[SourceLetterWrite]) -> list[int]:
    """Insert letters as they were received and read, and return their keys."""
    keys, received_at = [*LETTERS.keys(len(letters))], timezone.now()
    LETTERS.insert(
        [
            (
                *(key, short_name(each.name), each.sha256, len(each.content), received_at, each.content),
                *read_values(each.content, each.reading).values(),
                *(each.state, each.determination),
            )
            for key, each in zip(keys, letters, strict=True)
        ]
    )
    return keys


def readings_update(changed: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """Write over what is read of letters: by the key of each the columns that change."""
    by_columns: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for key, values in changed:
        by_columns[tuple(values)].append((key, *values.values()))
    for columns, rows in by_columns.items():
        if columns:
            Table(SourceLetter, ("id", *columns)).update(rows)


def read_values(content: bytes, reading: Reading) -> dict[str, Any]:
    """Return what a reading says of a letter, by ``READ_COLUMNS``; JSON is text."""
    kind = SourceKind.PDF if kind_of(content) == SourceKind.PDF else SourceKind.TEXT
    return {
        "kind": kind.value,
        "parser_version": reading.parser_version,
        "reason_code": "",
        "reason": "",
        "diagnostics": reading.diagnostics,
        "spans": reading.spans,
        "text": reading.source_text,
    }


def short_name(name: str) -> str:
    """Cut a file's name to its column, at its beginning."""
    return name[-_NAME_LENGTH:]


def kind_of(content: bytes) -> SourceKind:
    """Return what kind of file some bytes are; PDFs may have a few bytes before their mark."""
    if b"%PDF-" in content[:1024]:
        return SourceKind.PDF
    return SourceKind.UNKNOWN if b"\0" in content[:1024] else SourceKind.TEXT
