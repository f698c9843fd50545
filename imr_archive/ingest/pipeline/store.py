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
from imr_archive.ingest.runs.report import FileResult
from imr_archive.ingest.screening.losses import losses
from imr_archive.ingest.screening.screen import is_published
from imr_archive.letters.reader import stored_records
from imr_archive.letters.source_letters import (
    SourceLetterWrite,
    kind_of,
    read_values,
    short_name,
    source_letters_insert,
)
from imr_archive.letters.writer import RecordWrite, records_write
from imr_archive.models import Determination, SourceLetter
from imr_archive.vocabulary import FileStatus, PublishHeld, SourceState

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from imr_archive.errors import LetterError
    from imr_archive.ingest.sources.files import ReceivedFile
    from imr_archive.letters.canonical import Canonical
    from imr_archive.letters.reading import Finding, Reading
    from imr_archive.records import LetterRecord

IS_NEW = "A new determination."


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
    *, reading: Reading, source: ReceivedFile, canonical: Canonical, publish: PublishHeld = PublishHeld.NONE
) -> Stored:
    """Store what a file was parsed to; the same file under the same parser leaves the same rows.

    The rules stand in ``docs/adr/0003-which-letter-a-determination-goes-by.md``, those of holding in decision 15. A
    letter that is published already stays so.
    """
    row, record = _letter_of(source), reading.record
    known = row.determination
    if not known and not is_published(reading.findings, publish):
        return _letter_hold(row, source, reading=reading, findings=reading.findings)
    if known and row.state != SourceState.CURRENT:
        # Read again by a newer parser, a letter keeps its role: another one still speaks for the case.
        _letter_save(row, source, reading=reading, state=SourceState(row.state), determination=known)
        return Stored(FileStatus.UPDATED, read_again(reading), row, known)
    corrections = corrections_of([known.pk] if known else [])
    named = case_number_corrected(record, chain.from_iterable(corrections.values()))
    home = _determination_of(named, other_than=known) or known
    current = _current_letter(home)
    if home and not known and current and home.text_sha256 == record.text_sha256:
        _letter_save(row, source, reading=reading, state=SourceState.DUPLICATE, determination=home)
        return Stored(FileStatus.DUPLICATE, f"The same letter as {current.name}.", row, home)

    if home and not known and current and _is_older(record, home):
        _letter_save(row, source, reading=reading, state=SourceState.SUPERSEDED, determination=home)
        return Stored(FileStatus.SUPERSEDED, f"Decided before {current.name}, the letter of its case.", row, home)

    if home is None:
        determination = _record_write(RecordWrite(record, vectors=reading.vectors), canonical)
        _letter_save(row, source, reading=reading, state=SourceState.CURRENT, determination=determination)
        return Stored(FileStatus.NEW, IS_NEW, row, determination)

    replaced = current if current and current.pk != row.pk else None
    if replaced and not known:
        lost = losses(stored_records([home.pk])[home.pk], record, replaces=replaced.name)
        if not is_published(lost, publish):
            return _letter_hold(row, source, reading=reading, findings=lost)
    other = known if known and known != home else None
    if home != known:
        corrections |= corrections_of([home.pk])
    kept, conflicts = corrections_keep(record, corrections, home=home.pk, read_before=known.pk if known else None)
    if replaced:
        _step_aside(replaced)
    if other:
        _merge(other, into=home)
    determination = _record_write(RecordWrite(kept, key=home.pk, replaces=True), canonical)
    _letter_save(row, source, reading=reading, state=SourceState.CURRENT, determination=determination)
    reason = f"Replaces {replaced.name} as the letter of its case." if replaced else read_again(reading)
    return Stored(FileStatus.UPDATED, reason, row, determination, conflicts=conflicts)


def _record_write(write: RecordWrite, canonical: Canonical) -> Determination:
    """Write one record, and return its determination as far as addresses name it."""
    [key] = records_write([write], canonical=canonical)
    return Determination(pk=key, case_number=write.record.case_number)


def _letter_hold(row: SourceLetter, source: ReceivedFile, *, reading: Reading, findings: tuple[Finding, ...]) -> Stored:
    """Keep a letter that belongs to no determination until somebody publishes it, with what speaks against that."""
    values = read_values(source.content, reading)
    values |= {column: json.loads(values[column]) for column in ("diagnostics", "spans")}
    reason = " ".join(dict.fromkeys(finding.message for finding in findings))
    values |= {"state": SourceState.HELD, "reason_code": findings[0].code, "reason": reason}
    values |= {"findings": msgspec.to_builtins(findings)}
    for column, value in values.items():
        setattr(row, column, value)
    row.save()
    return Stored(FileStatus.HELD, reason, row)


@transaction.atomic
def letter_quarantine(*, source: ReceivedFile, error: LetterError, parser_version: str) -> Stored:
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
        row.state = SourceState.QUARANTINED
        row.reason_code, row.reason = error.code, str(error)
        row.parser_version = parser_version
        row.text, row.spans, row.diagnostics = "", {}, []
        row.save()
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


def _determination_of(record: LetterRecord, *, other_than: Determination | None) -> Determination | None:
    """Return the determination that a letter belongs to by its case number, else by its text."""
    found = determinations_of(record)
    others = found.exclude(pk=other_than.pk) if other_than else found
    return max(others[:2], key=lambda each: each.case_number == record.case_number, default=None)


def _current_letter(determination: Determination | None) -> SourceLetter | None:
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
    row: SourceLetter, source: ReceivedFile, *, reading: Reading, state: SourceState, determination: Determination
) -> None:
    """Write a letter with what was read of it; of bytes that are known, the name and the time they first came stay."""
    if row._state.adding:
        write = SourceLetterWrite(source.name, source.sha256, source.content, reading, state.value, determination.pk)
        [row.pk] = source_letters_insert([write])
        return
    values = read_values(source.content, reading)
    values |= {column: json.loads(values[column]) for column in ("diagnostics", "spans")}
    values |= {"state": state.value, "determination_id": determination.pk}
    for column, value in values.items():
        setattr(row, column, value)
    row.save(update_fields=values)


def read_again(reading: Reading) -> str:
    """Say why a letter is updated that no other one has replaced."""
    return f"Read again by parser version {reading.parser_version}."
