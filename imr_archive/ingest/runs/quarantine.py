"""The quarantine: select, export, retry or drop the files that could not be read as determinations."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from django.db import transaction
from django.db.models import Max

from imr_archive.errors import SourceRefused
from imr_archive.ingest.sources.files import Source, short
from imr_archive.models import DroppedFile, IngestRunFile, SourceLetter
from imr_archive.vocabulary import FileStatus, SourceState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from django.db.models import QuerySet

_PAGE = 1000
_UNSAFE = re.compile(r"[^\w.-]+")
# In bytes. File systems allow 255 for a name, and the key in front of it needs some of them.
_LONGEST_NAME = 200


def quarantined_letters(
    *, keys: Iterable[int] = (), run: int | None = None, code: str | None = None
) -> QuerySet[SourceLetter]:
    """Return the quarantined files with these keys, of this run and with this code; omitted conditions do not apply."""
    letters = SourceLetter.objects.without_content().filter(state=SourceState.QUARANTINED).order_by("pk")
    if wanted := [*keys]:
        letters = letters.filter(pk__in=wanted)
    if run is not None:
        files = IngestRunFile.objects.filter(run=run, status=FileStatus.QUARANTINED, letter__isnull=False)
        letters = letters.filter(pk__in=files.values("letter"))
    return letters.filter(reason_code=code) if code is not None else letters


def letter_json(letter: SourceLetter) -> dict[str, Any]:
    """Return a quarantined file without its bytes as a dictionary for ``json.dumps``."""
    return {
        "id": letter.pk,
        "name": letter.name,
        "code": letter.reason_code,
        "reason": letter.reason,
        "size": letter.size,
        "sha256": letter.sha256,
        "parser_version": letter.parser_version,
    }


def missing_keys(letters: QuerySet[SourceLetter], keys: Iterable[int]) -> list[int]:
    """Return the keys that no quarantined file has."""
    wanted = {*keys}
    return sorted(wanted.difference(letters.filter(pk__in=wanted).values_list("pk", flat=True)))


def sources_of(letters: QuerySet[SourceLetter], *, under: str = "quarantine") -> Iterator[Source]:
    """Yield stored letters as sources, so that an ingest can read them again."""
    for key, name in _named(letters):
        yield Source(short(f"{under}/{key}/{name}"), _opener(key))


def letters_export(letters: QuerySet[SourceLetter], folder: Path) -> Iterator[Path]:
    """Write the bytes of quarantined files into a folder, under safe and unique names; yield the paths.

    Files that an earlier export wrote are kept. Raise ``FileExistsError`` if a file of that name has other content, and
    any other ``OSError`` with the file's name. No partial file is left behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for key, name in _named(letters):
        path = folder / _safe_name(key, name)
        with suppress(SourceRefused):
            _write(path, _content(key))
            yield path


@transaction.atomic
def letters_drop(letters: QuerySet[SourceLetter], *, dropped_by: str = "") -> int:
    """Delete quarantined files with their bytes, and return their number. The reports of their runs are kept.

    Their hashes are stored as ``DroppedFile`` rows, so that later runs over the same folders skip them.
    """
    columns = ("sha256", "name", "size", "reason_code", "reason")
    rows = letters.order_by("pk").values(*columns).iterator(chunk_size=_PAGE)
    while page := [DroppedFile(dropped_by=dropped_by, **row) for row in islice(rows, _PAGE)]:
        DroppedFile.objects.bulk_create(page, ignore_conflicts=True)
    # Django loads the rows before it deletes them; ``only`` keeps it from loading their bytes.
    dropped = SourceLetter.objects.only("pk").filter(pk__in=letters.order_by().values("pk"))
    return dropped.delete()[1].get("imr_archive.SourceLetter", 0)


def _named(letters: QuerySet[SourceLetter]) -> Iterator[tuple[int, str]]:
    """Yield keys and names page by page, without an open cursor, because callers write to the same table."""
    done, last = 0, letters.aggregate(last=Max("pk"))["last"] or 0
    while rows := [*letters.filter(pk__gt=done, pk__lte=last).order_by("pk").values_list("pk", "name")[:_PAGE]]:
        yield from rows
        done = rows[-1][0]


def _safe_name(key: int, name: str) -> str:
    """Return a file name without path separators that every file system accepts; the suffix is kept."""
    return f"{key}-{_UNSAFE.sub('_', name).encode()[-_LONGEST_NAME:].decode(errors='ignore')}"


def _write(path: Path, content: bytes) -> None:
    try:
        with path.open("xb") as stream:
            stream.write(content)
    except FileExistsError:
        if path.is_file() and path.read_bytes() == content:
            return
        raise
    except OSError as error:
        path.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error


def _opener(key: int) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(_content(key))


def _content(key: int) -> bytes:
    content = SourceLetter.objects.filter(pk=key).values_list("content", flat=True).first()
    if content is None:
        raise SourceRefused("The file was dropped from the quarantine meanwhile.")
    return bytes(content)
