"""What publishing a letter would do, by the rules of the writer, without writing anything."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.errors import LetterError, SourceRefused
from imr_archive.history.corrections import case_number_corrected, corrections_of, placed, with_corrections
from imr_archive.ingest.pipeline.store import IS_NEW, current_letter, determination_of, read_again, set_aside
from imr_archive.ingest.pipeline.triage import settled_since
from imr_archive.ingest.runs.report import FileResult
from imr_archive.ingest.screening.losses import losses
from imr_archive.ingest.screening.screen import is_published
from imr_archive.letters.difference import FieldChange, is_fact, record_changes
from imr_archive.letters.reader import stored_records
from imr_archive.letters.reading import Reading
from imr_archive.models import Determination, SourceLetter
from imr_archive.vocabulary import FileStatus, PreviewVerdict, PublishHeld, SourceState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imr_archive.ingest.pipeline.triage import Task
    from imr_archive.ingest.sources.files import ReceivedFile
    from imr_archive.letters.reading import Finding
    from imr_archive.models import Correction
    from imr_archive.records import LetterRecord

_SETTLED = {
    FileStatus.HELD: PreviewVerdict.HELD,
    FileStatus.QUARANTINED: PreviewVerdict.UNREADABLE,
}


class EarlierLetter(NamedTuple):
    """A letter of the same case that stands earlier in the same upload."""

    name: str
    record: LetterRecord


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What publishing a letter would do, and why; ``changes`` are those of an update."""

    verdict: PreviewVerdict
    reason: str
    code: str = ""
    case_number: str = ""
    changes: tuple[FieldChange, ...] = ()
    can_be_published: bool = True

    @property
    def turns_outcome(self) -> bool:
        """Return whether an outcome that is public would become another one."""
        return any(change.field.rpartition(".")[2] == "outcome" and change.before for change in self.changes)

    @property
    def is_recommended(self) -> bool:
        """Return whether it is published unless somebody decides otherwise."""
        wanted = self.verdict in (PreviewVerdict.NEW, PreviewVerdict.UPDATE, PreviewVerdict.HELD)
        return wanted and self.can_be_published and not self.turns_outcome


class Foresight:
    """Says what publishing the letters of an upload would do, one after the other.

    ``earlier`` returns the letter of a case number that stands before the file of a name in the upload and would be
    published.
    """

    def __init__(self, earlier: Callable[[str, str], EarlierLetter | None]) -> None:
        self._earlier = earlier
        self._bytes: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def of(self, task: Task, parsed: Reading | LetterError | None) -> Foreseen:
        """Return what publishing a file would do, given what it was parsed to."""
        if isinstance(task, FileResult):
            return Foreseen(PreviewVerdict.UNREADABLE, task.reason, task.code, can_be_published=False)
        if (first := self._bytes.setdefault(task.sha256, task.label)) != task.label:
            reason = f"The same bytes as {first} in this upload."
            return Foreseen(PreviewVerdict.DUPLICATE, reason, can_be_published=False)
        if task.refusal:
            return Foreseen(PreviewVerdict.UNREADABLE, task.refusal, SourceRefused.code)
        if (settled := settled_since(task, PublishHeld.NONE)) is not None:
            return _settled(settled)
        if not isinstance(parsed, Reading):
            return Foreseen(PreviewVerdict.UNREADABLE, str(parsed), parsed.code if parsed else "")
        return self._of_reading(task, parsed)

    def _of_reading(self, file: ReceivedFile, reading: Reading) -> Foreseen:
        record, number = reading.record, reading.record.case_number or ""
        letters = SourceLetter.objects.without_content().select_related("determination")
        row = letters.filter(sha256=file.sha256).first()
        known = row.determination if row else None
        if known is None and not is_published(reading.findings, PublishHeld.NONE):
            return _held(reading.findings, number)
        if row and known and row.state != SourceState.CURRENT:
            reason = "Already in the archive, where another letter speaks for its case."
            return Foreseen(PreviewVerdict.DUPLICATE, reason, case_number=number)
        if (first := self._texts.setdefault(record.text_sha256, file.label)) != file.label:
            return Foreseen(PreviewVerdict.DUPLICATE, f"The same letter as {first} in this upload.", case_number=number)
        if number and (earlier := self._earlier(number, file.label)):
            return _beside_earlier(earlier, record)
        return _beside_stored(reading, known)


def _settled(result: FileResult) -> Foreseen:
    """Return what becomes of bytes that the archive has already."""
    verdict = _SETTLED.get(result.status, PreviewVerdict.DUPLICATE)
    return Foreseen(verdict, result.reason, result.code, result.reference, can_be_published=False)


def _held(findings: Sequence[Finding], number: str) -> Foreseen:
    reason = " ".join(dict.fromkeys(finding.message for finding in findings))
    return Foreseen(PreviewVerdict.HELD, reason, findings[0].code.value, number)


def _beside_earlier(earlier: EarlierLetter, record: LetterRecord) -> Foreseen:
    """Compare a letter with one of its case in the same upload, as if that were published already."""
    case = Determination(text_sha256=earlier.record.text_sha256, decision_date=earlier.record.dates.decision)
    letter = SourceLetter(name=f"{earlier.name} in this upload")
    return _replacing(earlier.record, record, case, letter, kept=record)


def _beside_stored(reading: Reading, known: Determination | None) -> Foreseen:
    """Compare a letter with what the archive has of its case; ``known`` is what its bytes speak for already."""
    record = reading.record
    of_letter = corrections_of([known.pk] if known else [])
    named = case_number_corrected(record, chain.from_iterable(of_letter.values()))
    home = determination_of(named, other_than=known) or known
    if home is None:
        return Foreseen(PreviewVerdict.NEW, IS_NEW, case_number=record.case_number or "")
    stored = stored_records([home.pk])[home.pk]
    kept = _corrected(record, stored, corrections_of([home.pk]).get(home.pk, []), same_letter=home == known)
    if known or (letter := current_letter(home)) is None:
        return _update(stored, kept, read_again(reading))
    return _replacing(stored, record, home, letter, kept=kept)


def _corrected(
    record: LetterRecord, stored: LetterRecord, corrections: Sequence[Correction], *, same_letter: bool
) -> LetterRecord:
    if not corrections:
        return record
    return with_corrections(record, placed(corrections, stored, record, same_letter=same_letter))


def _replacing(
    stored: LetterRecord, record: LetterRecord, case: Determination, letter: SourceLetter, *, kept: LetterRecord
) -> Foreseen:
    if aside := set_aside(record, case, letter):
        return Foreseen(PreviewVerdict.DUPLICATE, aside[2], case_number=record.case_number or "")
    lost = losses(stored, record, replaces=letter.name)
    if not is_published(lost, PublishHeld.NONE):
        return _held(lost, record.case_number or "")
    return _update(stored, kept, f"Replaces {letter.name} as the letter of its case.")


def _update(stored: LetterRecord, kept: LetterRecord, reason: str) -> Foreseen:
    changes = (each for each in record_changes(stored, kept) if is_fact(each.field))
    return Foreseen(PreviewVerdict.UPDATE, reason, case_number=kept.case_number or "", changes=tuple(changes))
