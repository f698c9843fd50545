"""Corrections are made and withdrawn: the record that results is written, with the revision that says who and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from django.db import IntegrityError, transaction
from django.utils import timezone

from imr_archive.errors import ArchiveError
from imr_archive.history.correctable import WHOLE_ITEM, is_same, value_at, with_values
from imr_archive.history.revisions import Cause, RevisionWrite, revisions_append
from imr_archive.history.states import case_states, determinations_lock
from imr_archive.letters.canonical import canonical_stored
from imr_archive.letters.hashes import record_sha256
from imr_archive.letters.reading import as_stored
from imr_archive.letters.writer import RecordWrite, records_write
from imr_archive.models import Correction, Determination, Withdrawal
from imr_archive.vocabulary import RevisionKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from imr_archive.history.correctable import FieldValue
    from imr_archive.history.states import CaseState
    from imr_archive.records import LetterRecord


class CannotCorrect(ArchiveError):
    """A correction that can't be: its place is gone, or its value belongs to another case."""


@transaction.atomic
def corrections_make(
    *, determination: int, values: Collection[FieldValue], reason: str, made_by: str, read_as: str = ""
) -> bool:
    """Set values of a determination and its items, and remember what they replace; return whether any is new.

    A value that is what the parser says withdraws the correction. ``read_as`` is the hash of the record that the
    person saw. Raise ``CannotCorrect`` if the determination says something else now, or a value can't be.
    """
    determinations_lock([determination])
    before = case_states([determination])[determination]
    record = before.known_record
    if record is None or (read_as and record_sha256(record) != read_as):
        raise CannotCorrect("The determination was changed by somebody else meanwhile. Look at it again.")
    try:
        changed = [*_changed(record, values)]
    except LookupError:
        raise CannotCorrect("The item is gone; the determination was changed by somebody else meanwhile.") from None
    if not changed:
        return False
    after = with_values(record, changed)
    _write(determination, record, after)
    corrections = _Corrections(determination, record, reason=reason, made_by=made_by)
    for position, field, value in changed:
        corrections.put(position, field, value, after)
    kind = RevisionKind.CORRECTION if corrections.is_made else RevisionKind.CORRECTION_WITHDRAWN
    _revision_append(kind, determination, before, after, Cause(made_by), reason)
    return True


@transaction.atomic
def correction_withdraw(correction: Correction, *, made_by: str, reason: str = "") -> None:
    """Put what the parser says in a correction's place, and delete the correction; nothing, if it is gone already.

    Raise ``CannotCorrect`` if what the parser says belongs to another case now.
    """
    determinations_lock([correction.determination_id])
    stored = Correction.objects.filter(pk=correction.pk).first()
    if stored is None:
        return
    key = stored.determination_id
    before = case_states([key])[key]
    record = after = before.known_record
    if record is None:
        return
    if stored.item != Correction.WITHOUT_PLACE:
        after = with_values(record, [(stored.item, stored.field, stored.parsed)])
        _write(key, record, after)
    stored.delete()
    _revision_append(RevisionKind.CORRECTION_WITHDRAWN, key, before, after, Cause(made_by), reason)


def _changed(record: LetterRecord, values: Iterable[FieldValue]) -> list[FieldValue]:
    """Return the values that differ from what is stored, in the form in which they will be stored."""
    given = [*values]
    wanted = as_stored(with_values(record, given))
    changed = []
    for position, field, _ in given:
        before, after = value_at(record, position, field), value_at(wanted, position, field)
        if not is_same(field, before, after):
            changed.append((position, field, after))
    return changed


def _write(determination: int, record: LetterRecord, after: LetterRecord) -> None:
    """Write a record over what is stored; raise ``CannotCorrect`` if its case number is another's."""
    if after.case_number != record.case_number and after.case_number:
        case_number_check(after.case_number, other_than=determination)
    write = RecordWrite(after, determination, replaces=True, stored=record)
    try:
        with transaction.atomic():
            records_write([write], canonical=canonical_stored())
    except IntegrityError:
        raise CannotCorrect("These values can't stand together, or belong to another case.") from None


def case_number_check(case_number: str, *, other_than: int) -> None:
    """Raise ``CannotCorrect`` if a case number is that of a withdrawn determination or of another one."""
    if Withdrawal.objects.filter(case_number=case_number, reinstated_at=None).exists():
        raise CannotCorrect(f"{case_number} is the number of a withdrawn case, which must not come back.")
    if Determination.objects.filter(case_number=case_number).exclude(pk=other_than).exists():
        raise CannotCorrect(f"{case_number} is the number of another determination in the archive.")


class _Corrections:
    """The rows of the corrections of a determination while values are set."""

    def __init__(self, determination: int, record: LetterRecord, *, reason: str, made_by: str) -> None:
        self._determination = determination
        self._record = record
        self._said = {"reason": reason, "made_by": made_by[:150], "made_at": timezone.now()}
        rows = Correction.objects.filter(determination=determination).order_by("pk")
        self._rows = {(each.item, each.field): each for each in rows}
        self.is_made = False

    def put(self, position: int | None, field: str, value: object, after: LetterRecord) -> None:
        """Keep that a value was set."""
        whole = self._rows.get((position, WHOLE_ITEM)) if position else None
        if field != WHOLE_ITEM and whole is not None:
            # The item itself is a person's: so is everything in it.
            field, value = WHOLE_ITEM, value_at(after, position, WHOLE_ITEM)
        parsed = self._removed(position) if field == WHOLE_ITEM and value is None else self._parsed(position, field)
        row = self._rows.get((position, field)) or Correction(
            determination_id=self._determination, item=position, field=field, parsed=parsed
        )
        if is_same(field, value, row.parsed):
            if row.pk:
                row.delete()
            return
        self.is_made = True
        row.value = value
        for name, said in self._said.items():
            setattr(row, name, said)
        row.save()
        self._rows[position, field] = row

    def _parsed(self, position: int | None, field: str) -> object:
        return value_at(self._record, position, field)

    def _removed(self, position: int | None) -> object:
        """Return a removed item as the parser reads it, without the corrections in it, which go with it."""
        inside = [each for (item, field), each in self._rows.items() if item == position and field != WHOLE_ITEM]
        for each in inside:
            each.delete()
        as_parsed = with_values(self._record, ((each.item, each.field, each.parsed) for each in inside))
        return value_at(as_parsed, position, WHOLE_ITEM)


def _revision_append(
    kind: RevisionKind,
    determination: int,
    before: CaseState,
    after: LetterRecord | None,
    cause: Cause,
    reason: str,
) -> None:
    """Record a person's change; it leaves the letters of the case alone."""
    state = msgspec.structs.replace(before, letters={})
    revisions_append([RevisionWrite(kind, determination, before=state, after=after, reason=reason)], cause=cause)
