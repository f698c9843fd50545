"""The quarantine: files that became no determination, chosen, written out, read again, or thrown away."""

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
# In bytes, as file systems count them: they take 255, of which the key needs some.
_LONGEST_NAME = 200


def quarantined_letters(
    *, keys: Iterable[int] = (), run: int | None = None, code: str | None = None
) -> QuerySet[SourceLetter]:
    """Return the quarantined files of these keys, this run and this code; each only if it is given."""
    letters = SourceLetter.objects.without_content().filter(state=SourceState.QUARANTINED).order_by("pk")
    if wanted := [*keys]:
        letters = letters.filter(pk__in=wanted)
    if run is not None:
        files = IngestRunFile.objects.filter(run=run, status=FileStatus.QUARANTINED, letter__isnull=False)
        letters = letters.filter(pk__in=files.values("letter"))
    return letters.filter(reason_code=code) if code is not None else letters


def letter_json(letter: SourceLetter) -> dict[str, Any]:
    """Return what there is to say of a quarantined file, ready for ``json.dumps``."""
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
    """Return the keys that none of the files has."""
    wanted = {*keys}
    return sorted(wanted.difference(letters.filter(pk__in=wanted).values_list("pk", flat=True)))


def sources_of(letters: QuerySet[SourceLetter], *, under: str = "quarantine") -> Iterator[Source]:
    """Yield stored letters as sources, to be read again."""
    for key, name in _named(letters):
        yield Source(short(f"{under}/{key}/{name}"), _opener(key))


def letters_export(letters: QuerySet[SourceLetter], folder: Path) -> Iterator[Path]:
    """Write the bytes of quarantined files into a folder, under names that are safe and their own; yield the paths.

    What an earlier export has written stays. Raise ``FileExistsError`` for a file of that name that holds anything
    else, and any other ``OSError`` with the file's name; no half of a file is left.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for key, name in _named(letters):
        path = folder / _safe_name(key, name)
        with suppress(SourceRefused):
            _write(path, _content(key))
            yield path


@transaction.atomic
def letters_drop(letters: QuerySet[SourceLetter], *, dropped_by: str = "") -> int:
    """Delete quarantined files with their bytes, and return how many; the reports of their runs stay.

    Their hashes are remembered, so that a later run over the same folders does not take them again.
    """
    columns = ("sha256", "name", "size", "reason_code", "reason")
    rows = letters.order_by("pk").values(*columns).iterator(chunk_size=_PAGE)
    while page := [DroppedFile(dropped_by=dropped_by, **row) for row in islice(rows, _PAGE)]:
        DroppedFile.objects.bulk_create(page, ignore_conflicts=True)
    # Deleting reads the rows first; without ``only`` that would be their bytes as well.
    dropped = SourceLetter.objects.only("pk").filter(pk__in=letters.order_by().values("pk"))
    return dropped.delete()[1].get("imr_archive.SourceLetter", 0)


def _named(letters: QuerySet[SourceLetter]) -> Iterator[tuple[int, str]]:
    """Yield keys and names, with no cursor left open: what is done with the files writes to the same table."""
    done, last = 0, letters.aggregate(last=Max("pk"))["last"] or 0
    while rows := [*letters.filter(pk__gt=done, pk__lte=last).order_by("pk").values_list("pk", "name")[:_PAGE]]:
        yield from rows
        done = rows[-1][0]


def _safe_name(key: int, name: str) -> str:
    """Return a file's name that leads nowhere, fits every file system, and keeps its ending."""
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
