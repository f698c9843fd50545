"""Corrections as test material: letters that people have corrected, with what is true of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from imr_archive.history.correctable import WHOLE_ITEM
from imr_archive.letters import paths
from imr_archive.letters.hashes import record_sha256
from imr_archive.letters.reader import stored_records
from imr_archive.models import Correction, Determination, Review, SourceLetter
from imr_archive.records import published
from imr_archive.vocabulary import SourceKind, SourceState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imr_archive.records import LetterRecord

SCHEMA = "imr-parse/1"
TRUTHS = "expected.json"
_AT_ONCE = 100
_OF_DETERMINATION = {**paths.DETERMINATION, **paths.DETERMINATION_LISTS}
_OF_ITEM = {**paths.ITEM, **paths.ITEM_LISTS}


def gold_export(folder: Path, *, reviewed: bool = False) -> Iterator[Path]:
    """Write the letters of corrected determinations into an empty folder, then what is true of each; yield the files.

    ``reviewed`` takes only those that a person has accepted as a whole as they are now. Raise ``OSError`` if a file
    can't be written, ``FileExistsError`` if the folder holds something.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(None, "it is not empty", str(folder))
    truths = {}
    for determination, record, corrected in _corrected(reviewed=reviewed):
        letter = SourceLetter.objects.filter(determination=determination, state=SourceState.CURRENT).first()
        if letter is not None:
            suffix = "pdf" if letter.kind == SourceKind.PDF else "txt"
            path = folder / f"{record.case_number or f'determination-{determination}'}.{suffix}"
            path.write_bytes(bytes(letter.content))
            truths[path.name] = _truth(path.name, letter, record, corrected)
            yield path
    path = folder / TRUTHS
    path.write_text(json.dumps(truths, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    yield path


def _corrected(*, reviewed: bool) -> Iterator[tuple[int, LetterRecord, list[str]]]:
    """Yield the keys and records of corrected determinations, with the paths of what was corrected."""
    in_force = Correction.objects.exclude(item=Correction.WITHOUT_PLACE)
    keys = Determination.objects.filter(pk__in=in_force.values("determination")).order_by("pk")
    last = 0
    while some := [*keys.filter(pk__gt=last).values_list("pk", flat=True)[:_AT_ONCE]]:
        last = some[-1]
        accepted = dict(Review.objects.filter(determination__in=some).values_list("determination", "record_sha256"))
        corrected: dict[int, list[str]] = {}
        rows = in_force.filter(determination__in=some).order_by("field", "pk")
        for each in sorted(rows, key=lambda row: row.item or 0):  # the databases sort null to different ends
            corrected.setdefault(each.determination_id, []).append(_path(each))
        for key, record in stored_records(some).items():
            if not reviewed or accepted.get(key) == record_sha256(record):
                yield key, record, corrected[key]


def _path(correction: Correction) -> str:
    """Return the path of a corrected value in the published schema; items go by their position in the letter."""
    if correction.item is None:
        return _OF_DETERMINATION.get(correction.field, correction.field)
    item = f"items.{correction.item - 1}"
    if correction.field == WHOLE_ITEM:
        return item
    return f"{item}.{_OF_ITEM.get(correction.field, correction.field)}"


def _truth(name: str, letter: SourceLetter, record: LetterRecord, corrected: list[str]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "file": name,
        "sha256": letter.sha256,
        "parser_version": letter.parser_version,
        **published(record),
        "corrected": corrected,
    }
