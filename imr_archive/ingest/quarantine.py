"""The quarantine: files that became no determination, chosen, written out, read again, or thrown away."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from imr_archive.ingest.files import Source, short
from imr_archive.models import IngestRunFile, SourceLetter
from imr_archive.vocabulary import FileStatus, SourceState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from django.db.models import QuerySet

_PAGE = 1000
_UNSAFE = re.compile(r"[^\w.-]+")


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


def sources_of(letters: QuerySet[SourceLetter], *, under: str = "quarantine") -> Iterator[Source]:
    """Yield stored letters as sources, to be read again; looked up page by page, since reading changes them."""
    last = 0
    while page := [*letters.filter(pk__gt=last).order_by("pk").values_list("pk", "name")[:_PAGE]]:
        for key, name in page:
            yield Source(short(f"{under}/{key}/{name}"), _opener(key))
        last = page[-1][0]


def letters_export(letters: QuerySet[SourceLetter], folder: Path) -> Iterator[Path]:
    """Write the bytes of quarantined files into a folder, under names that are safe and their own; yield the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for key, name in letters.values_list("pk", "name").iterator(chunk_size=1000):
        path = folder / f"{key}-{_UNSAFE.sub('_', name)[-150:]}"
        with path.open("xb") as stream:
            stream.write(_content(key))
        yield path


def letters_drop(letters: QuerySet[SourceLetter]) -> int:
    """Throw quarantined files away, bytes and all, and return how many; the reports of their runs stay."""
    return (
        SourceLetter.objects.filter(pk__in=letters.order_by().values("pk"))
        .delete()[1]
        .get("imr_archive.SourceLetter", 0)
    )


def _opener(key: int) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(_content(key))


def _content(key: int) -> bytes:
    return bytes(SourceLetter.objects.values_list("content", flat=True).get(pk=key))
