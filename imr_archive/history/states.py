"""What one change of a case can touch, read before the change and written back to undo it.

A change comes from a source letter or from a person. It touches the record of a determination, the corrections in it,
and the letters of the case: their roles, and what is read of the one that the change comes from.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from django.db import connection

from imr_archive.letters.reader import stored_records
from imr_archive.letters.source_letters import READ_COLUMNS
from imr_archive.models import Correction, Determination, SourceLetter
from imr_archive.records import LetterRecord

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from django.db.models import QuerySet


class LetterState(msgspec.Struct, frozen=True, omit_defaults=True):
    """The role of a source letter, and those columns of what is read of it that the change has replaced."""

    state: str
    determination: int | None = None
    reading: dict[str, Any] = {}


class CorrectionState(msgspec.Struct, frozen=True):
    """A correction in force, as its row has it."""

    id: int
    item: int | None
    field: str
    value: Any
    parsed: Any
    made_by: str
    made_at: datetime
    reason: str = ""


class CaseState(msgspec.Struct, frozen=True, omit_defaults=True):
    """What there was of one determination before a change.

    ``record`` is None if there was no determination, and unset if the change touched only letters: neither record nor
    corrections.
    """

    record: LetterRecord | msgspec.UnsetType | None = msgspec.UNSET
    letters: dict[int, LetterState] = {}
    corrections: tuple[CorrectionState, ...] = ()

    @property
    def known_record(self) -> LetterRecord | None:
        """The record, None if there was none or the change did not touch it."""
        return None if self.record is msgspec.UNSET else self.record

    def with_letter(self, key: int, letter: LetterState | None) -> CaseState:
        """Return the state with what there was of one more letter, if there was anything."""
        return msgspec.structs.replace(self, letters=self.letters | {key: letter}) if letter else self

    def without_letter(self, key: int) -> CaseState:
        """Return the state without one of its letters."""
        letters = {other: letter for other, letter in self.letters.items() if other != key}
        return msgspec.structs.replace(self, letters=letters)


# What is read of a letter, and what the screen has found in it.
_READ_COLUMNS = (*READ_COLUMNS, "findings")
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(CaseState)


def packed(state: CaseState) -> bytes:
    """Return a state as a revision keeps it: compressed JSON."""
    return zlib.compress(_ENCODER.encode(state))


def unpacked(kept: bytes | memoryview) -> CaseState:
    """Return the state that a revision keeps."""
    return _DECODER.decode(zlib.decompress(kept))


def determinations_lock(keys: Iterable[int | None]) -> None:
    """Let nobody else write determinations until the transaction ends, so that no change is lost between two."""
    rows_lock(Determination.objects.filter(pk__in=[key for key in keys if key is not None]))


def rows_lock(rows: QuerySet[Determination]) -> None:
    """Lock determinations in the order of their keys, so that those who lock several don't wait for each other.

    SQLite has one writer at a time and no such lock.
    """
    if connection.features.has_select_for_update:
        list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def case_states(keys: Collection[int]) -> dict[int, CaseState]:
    """Return what there is of determinations by their keys, in a fixed number of queries; without what is read."""
    records = stored_records(keys) if keys else {}
    letters: dict[int, dict[int, LetterState]] = defaultdict(dict)
    corrections: dict[int, list[CorrectionState]] = defaultdict(list)
    roles = SourceLetter.objects.filter(determination__in=keys).order_by("pk")
    for letter, state, key in roles.values_list("pk", "state", "determination_id"):
        letters[key or 0][letter] = LetterState(state, key)
    columns = ("determination_id", *CorrectionState.__struct_fields__)
    rows = Correction.objects.filter(determination__in=keys).order_by("pk").values_list(*columns)
    for key, *values in rows:
        corrections[key].append(CorrectionState(*values))
    return {key: CaseState(records.get(key), letters[key], tuple(corrections[key])) for key in keys}


def readings(letters: Collection[int]) -> dict[int, LetterState]:
    """Return source letters with all that is read of them."""
    rows = SourceLetter.objects.filter(pk__in=letters).order_by("pk")
    names = ("pk", "state", "determination_id", *_READ_COLUMNS)
    return {
        key: LetterState(state, determination, dict(zip(_READ_COLUMNS, read, strict=True)))
        for key, state, determination, *read in rows.values_list(*names)
    }


def only_replaced(before: LetterState, after: Mapping[str, Any]) -> LetterState:
    """Return the state of a letter with only the columns that differ from what is read of it after a change."""
    reading = {name: value for name, value in before.reading.items() if after.get(name, value) != value}
    return msgspec.structs.replace(before, reading=reading)
