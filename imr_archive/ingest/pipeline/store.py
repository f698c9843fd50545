"""One letter, one transaction: which determination a letter belongs to, and its rows.

A letter belongs to the determination of its case number, or else of its very text. The facts of a determination are
those of its *current* letter; the same text in another file is kept as a *duplicate*, and a letter that another of its
case has replaced as *superseded*. The full-text index follows by the database's own triggers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec
from django.db import transaction
from django.db.models import Q

from imr_archive.history.corrections import case_number_corrected, corrections_keep, corrections_of
from imr_archive.history.revisions import RevisionWrite, last_sha256, revisions_append
from imr_archive.history.states import CaseState, case_states, only_replaced, readings, rows_lock
from imr_archive.ingest.runs.report import FileResult
from imr_archive.ingest.screening.losses import losses
from imr_archive.ingest.screening.screen import is_published
from imr_archive.letters.reader import stored_records
from imr_archive.letters.source_letters import (
    READ_COLUMNS,
    SourceLetterWrite,
    kind_of,
    read_values,
    short_name,
    source_letters_insert,
)
from imr_archive.letters.writer import RecordWrite, records_write
from imr_archive.models import Determination, SourceLetter
from imr_archive.vocabulary import FileStatus, PublishHeld, RevisionKind, SourceState

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from imr_archive.errors import LetterError
    from imr_archive.history.revisions import Cause
    from imr_archive.history.states import LetterState
    from imr_archive.ingest.sources.files import ReceivedFile
    from imr_archive.letters.canonical import Canonical
    from imr_archive.letters.reading import Finding, Reading
    from imr_archive.models import Correction
    from imr_archive.records import LetterRecord

IS_NEW = "A new determination."
# How a letter becomes a determination, by its state before; a withdrawn one only where nothing else of it was kept.
_FIRST_KINDS: dict[str, RevisionKind] = {
    SourceState.HELD: RevisionKind.PUBLISH,
    SourceState.WITHDRAWN: RevisionKind.REINSTATE,
}


@dataclass(frozen=True, slots=True)
class Stored:
    """What the archive did with one file, and why; ``code`` and ``stage`` say why and where a file was stopped."""

    status: FileStatus
    reason: str
    letter: SourceLetter
    determination: Determination | None = None
    code: str = ""
    stage: str = ""
    conflicts: tuple[dict[str, Any], ...] = ()

    def result(self, file: ReceivedFile) -> FileResult:
        """Return it as the result of a file of a run."""
        return FileResult(
            file=file.label,
            status=self.status,
            reason=self.reason,
            code=self.code,
            stage=self.stage,
            sha256=file.sha256,
            letter=self.letter.pk,
            determination=self.determination.pk if self.determination else None,
            reference=self.determination.reference if self.determination else "",
            conflicts=self.conflicts,
        )


@transaction.atomic
def determination_store(
    *,
    reading: Reading,
    source: ReceivedFile,
    canonical: Canonical,
    cause: Cause,
    publish: PublishHeld = PublishHeld.NONE,
) -> Stored:
    """Store what a file was parsed to, with a revision; the same file under the same parser leaves the same rows.

    The rules stand in ``docs/adr/0003-which-letter-a-determination-goes-by.md``, those of holding in decision 15. A
    letter that is published already stays so.
    """
    record = reading.record
    _lock(record, source)
    row = _letter_of(source)
    known = row.determination
    if not known and not is_published(reading.findings, publish):
        return _letter_hold(row, source, reading=reading, findings=reading.findings, cause=cause)
    if known and row.state != SourceState.CURRENT:
        # Read again by a newer parser, a letter keeps its role: another one still speaks for the case.
        was = _letter_save(row, source, _was(row), reading=reading, state=SourceState(row.state), determination=known)
        change = RevisionWrite(RevisionKind.REPARSE, None, known.reference, row.pk, _letter_only(row, was))
        revisions_append([change], cause=cause)
        return Stored(FileStatus.UPDATED, read_again(reading), row, known)
    corrections = corrections_of([known.pk] if known else [])
    named = case_number_corrected(record, chain.from_iterable(corrections.values()))
    home = determination_of(named, other_than=known) or known
    if home is None:
        determination = _record_write(RecordWrite(record, vectors=reading.vectors), canonical)
        was = _letter_save(
            row, source, _was(row), reading=reading, state=SourceState.CURRENT, determination=determination
        )
        before = CaseState(record=None, letters={row.pk: was}) if was else None
        kind = _FIRST_KINDS.get(was.state if was else "", RevisionKind.INGEST)
        new = RevisionWrite(kind, determination.pk, letter=row.pk, before=before, after=record)
        revisions_append([new], cause=cause)
        return Stored(FileStatus.NEW, IS_NEW, row, determination)
    current = current_letter(home)
    if not known and current and (aside := set_aside(record, home, current)):
        status, state, reason = aside
        was = _letter_save(row, source, _was(row), reading=reading, state=state, determination=home)
        joined = RevisionWrite(
            *(RevisionKind.INGEST, home.pk, home.reference, row.pk, _letter_only(row, was)),
            after_sha256=last_sha256(home.pk),
            reason=reason,
        )
        revisions_append([joined], cause=cause)
        return Stored(status, reason, row, home)
    if not known and current:
        lost = losses(stored_records([home.pk])[home.pk], record, replaces=current.name)
        if not is_published(lost, publish):
            return _letter_hold(row, source, reading=reading, findings=lost, cause=cause)
    return _written_over(*(row, source, home, current, corrections), reading=reading, canonical=canonical, cause=cause)


@transaction.atomic
def letter_promote(*, reading: Reading, source: ReceivedFile, canonical: Canonical, cause: Cause) -> Stored | None:
    """Let another letter of a case speak for it, as a person asks; None if it is none, or speaks for it already.

    The corrections of the case go with the items that both letters have.
    """
    _lock(reading.record, source)
    row = _letter_of(source)
    home = row.determination
    if home is None or row.state not in (SourceState.DUPLICATE, SourceState.SUPERSEDED):
        return None
    current, corrections = current_letter(home), corrections_of([home.pk])
    return _written_over(row, source, home, current, corrections, reading=reading, canonical=canonical, cause=cause)


def set_aside(
    record: LetterRecord, home: Determination, current: SourceLetter
) -> tuple[FileStatus, SourceState, str] | None:
    """Return what a letter that is new to a case becomes beside the current one; None if it replaces that."""
    if home.text_sha256 == record.text_sha256:
        return FileStatus.DUPLICATE, SourceState.DUPLICATE, f"The same letter as {current.name}."
    if _is_older(record, home):
        reason = f"Decided before {current.name}, the letter of its case."
        return FileStatus.SUPERSEDED, SourceState.SUPERSEDED, reason
    return None


def _written_over(
    row: SourceLetter,
    source: ReceivedFile,
    home: Determination,
    current: SourceLetter | None,
    of_letter: dict[int, list[Correction]],
    *,
    reading: Reading,
    canonical: Canonical,
    cause: Cause,
) -> Stored:
    """Write a letter over what its case says, with the corrections of people in it; two cases may become one."""
    known = row.determination
    replaced = current if current and current.pk != row.pk else None
    other = known if known and known != home else None
    states, was = case_states({home.pk, other.pk} if other else {home.pk}), _was(row)
    corrections = of_letter if home == known else of_letter | corrections_of([home.pk])
    spoke_for = known.pk if known and row.state == SourceState.CURRENT else None
    kept, conflicts = corrections_keep(reading.record, corrections, home=home.pk, read_before=spoke_for)
    if replaced:
        _step_aside(replaced)
    merged = other and RevisionWrite(
        *(RevisionKind.MERGE, other.pk, other.reference, row.pk, states[other.pk].without_letter(row.pk)),
        reason=f"Merged into {kept.case_number or home.pk}.",
    )
    if other:
        _merge(other, into=home)
    determination = _record_write(RecordWrite(kept, key=home.pk, replaces=True), canonical)
    was = _letter_save(row, source, was, reading=reading, state=SourceState.CURRENT, determination=determination)
    reason = f"Replaces {replaced.name} as the letter of its case." if replaced else read_again(reading)
    kind = RevisionKind.REPLACE if replaced else RevisionKind.REPARSE
    before = states[home.pk].with_letter(row.pk, was)
    change = RevisionWrite(kind, home.pk, letter=row.pk, before=before, after=kept, reason=cause.reason or reason)
    revisions_append([merged, change] if merged else [change], cause=cause)
    return Stored(FileStatus.UPDATED, reason, row, determination, conflicts=conflicts)


def _letter_only(row: SourceLetter, was: LetterState | None) -> CaseState | None:
    """Return what there was of a letter before, without its case; None if it is new."""
    return CaseState(letters={row.pk: was}) if was else None


def _lock(record: LetterRecord, source: ReceivedFile) -> None:
    """Let nobody else write the determinations that a letter may come to, or that its bytes speak for already."""
    own = SourceLetter.objects.filter(sha256=source.sha256, determination__isnull=False).values("determination")
    rows_lock(determinations_of(record) | Determination.objects.filter(pk__in=own))


def _record_write(write: RecordWrite, canonical: Canonical) -> Determination:
    """Write one record, and return its determination as far as addresses name it."""
    [key] = records_write([write], canonical=canonical)
    return Determination(pk=key, case_number=write.record.case_number)


def _letter_hold(
    row: SourceLetter, source: ReceivedFile, *, reading: Reading, findings: tuple[Finding, ...], cause: Cause
) -> Stored:
    """Keep a letter that belongs to no determination until somebody publishes it, with what speaks against that."""
    values = read_values(source.content, reading)
    values |= {column: json.loads(values[column]) for column in ("diagnostics", "spans")}
    reason = " ".join(dict.fromkeys(finding.message for finding in findings))
    values |= {"state": SourceState.HELD, "reason_code": findings[0].code, "reason": reason}
    values |= {"findings": msgspec.to_builtins(findings)}
    was = _was(row)
    for column, value in values.items():
        setattr(row, column, value)
    row.save()
    before = _letter_only(row, only_replaced(was, values) if was else None)
    number = reading.record.case_number or ""
    revisions_append([RevisionWrite(RevisionKind.HOLD, None, number, row.pk, before, reason=reason)], cause=cause)
    return Stored(FileStatus.HELD, reason, row)


@transaction.atomic
def letter_quarantine(*, source: ReceivedFile, error: LetterError, parser_version: str, cause: Cause) -> Stored:
    """Keep a file that became no determination, with the reason; what was stored of it before stays as it is."""
    row = _letter_of(source)
    if row.determination:
        reason = f"{error} What was stored of it before is kept."
        return Stored(FileStatus.QUARANTINED, reason, row, row.determination, error.code)
    same = (row.state, row.reason_code, row.reason, row.parser_version) == (
        SourceState.QUARANTINED,
        error.code,
        str(error),
        parser_version,
    )
    if not same:
        was = _was(row)
        row.state = SourceState.QUARANTINED
        row.reason_code, row.reason = error.code, str(error)
        row.parser_version = parser_version
        row.text, row.spans, row.diagnostics = "", {}, []
        row.save()
        if was:
            read = {name: getattr(row, name) for name in READ_COLUMNS}
            before = _letter_only(row, only_replaced(was, read))
            change = RevisionWrite(RevisionKind.REPARSE, letter=row.pk, before=before, reason=row.reason)
            revisions_append([change], cause=cause)
    return Stored(FileStatus.QUARANTINED, row.reason, row, code=row.reason_code)


def _letter_of(source: ReceivedFile) -> SourceLetter:
    """Return the row of a file's bytes, unsaved if they are new."""
    known = SourceLetter.objects.without_content().select_related("determination").filter(sha256=source.sha256).first()
    return known or SourceLetter(
        name=short_name(source.name),
        kind=kind_of(source.content),
        sha256=source.sha256,
        size=len(source.content),
        content=source.content,
    )


def determinations_of(record: LetterRecord) -> QuerySet[Determination]:
    """Return the determinations that a letter may belong to: that of its case number, and that of its text."""
    same = Q(text_sha256=record.text_sha256)
    if record.case_number:
        same |= Q(case_number=record.case_number)
    return Determination.objects.filter(same)


def determination_of(record: LetterRecord, *, other_than: Determination | None) -> Determination | None:
    """Return the determination that a letter belongs to by its case number, else by its text."""
    found = determinations_of(record)
    others = found.exclude(pk=other_than.pk) if other_than else found
    return max(others[:2], key=lambda each: each.case_number == record.case_number, default=None)


def current_letter(determination: Determination | None) -> SourceLetter | None:
    """Return the letter that speaks for a determination, by its key and name."""
    if determination is None:
        return None
    return (
        SourceLetter.objects.only("pk", "name").filter(determination=determination, state=SourceState.CURRENT).first()
    )


def _is_older(record: LetterRecord, determination: Determination) -> bool:
    """Return whether a letter was decided before the one that speaks for its case; unknown without both dates."""
    decided = record.dates.decision
    return bool(decided and determination.decision_date and decided < determination.decision_date)


def _step_aside(letter: SourceLetter) -> None:
    SourceLetter.objects.filter(pk=letter.pk).update(state=SourceState.SUPERSEDED)


def _merge(determination: Determination, *, into: Determination) -> None:
    """A newer parser found that two determinations are one: the letters move, and the emptied one goes."""
    letters = SourceLetter.objects.filter(determination=determination)
    letters.filter(state=SourceState.CURRENT).update(state=SourceState.SUPERSEDED)
    letters.update(determination=into)
    determination.delete()


def _letter_save(
    row: SourceLetter,
    source: ReceivedFile,
    was: LetterState | None,
    *,
    reading: Reading,
    state: SourceState,
    determination: Determination,
) -> LetterState | None:
    """Write a letter with what was read of it; return what it replaces of ``was``, None if the letter is new.

    Of bytes that are known, the name and the time they first came stay.
    """
    if was is None:
        write = SourceLetterWrite(source.name, source.sha256, source.content, reading, state.value, determination.pk)
        [row.pk] = source_letters_insert([write])
        return None
    values = read_values(source.content, reading)
    values |= {column: json.loads(values[column]) for column in ("diagnostics", "spans")}
    for column, value in (values | {"state": state.value, "determination_id": determination.pk}).items():
        setattr(row, column, value)
    row.save(update_fields=[*values, "state", "determination_id"])
    return only_replaced(was, values)


def _was(row: SourceLetter) -> LetterState | None:
    """Return the stored state of a letter, None if it is new."""
    return None if row._state.adding else readings([row.pk])[row.pk]


def read_again(reading: Reading) -> str:
    """Say why a letter is updated that no other one has replaced."""
    return f"Read again by parser version {reading.parser_version}."
