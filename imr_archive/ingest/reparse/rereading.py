"""Stored letters that are read again are written together where that is plain; what reads as before is left alone."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from imr_archive.errors import LetterError
from imr_archive.history.revisions import Cause, RevisionWrite, revisions_append
from imr_archive.history.rewriting import Rewrite, letters_rewrite
from imr_archive.history.states import CaseState, LetterState, case_states, determinations_lock
from imr_archive.ingest.pipeline.store import read_again
from imr_archive.ingest.reparse.comparison import Verdict, compared, read_now
from imr_archive.ingest.runs.report import result_of_letter
from imr_archive.ingest.sources.files import ReceivedFile
from imr_archive.letters.difference import counted
from imr_archive.letters.reading import Reading
from imr_archive.vocabulary import FileStatus, PublishHeld, RevisionKind, SourceState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imr_archive.ingest.pipeline.writer import Entry
    from imr_archive.ingest.reparse.comparison import Comparison
    from imr_archive.ingest.runs.report import FileResult
    from imr_archive.ingest.runs.runs import RunLog
    from imr_archive.letters.canonical import Canonical
    from imr_archive.letters.difference import FieldChange

READS_AS_BEFORE = "Reads as before."


class Rereading:
    """Stores what a batch of stored letters is read to: those that read as before, and the plain rewrites.

    A batch of one may be a letter that could not be stored among others: the rules of one letter are for it.
    """

    def __init__(self, log: RunLog, canonical: Canonical, publish: PublishHeld) -> None:
        self._run = log.run
        self._canonical = canonical
        self._changes: dict[str, Sequence[FieldChange]] = {}
        self._counted = log.run.changes

    def store(self, batch: Sequence[Entry]) -> dict[str, FileResult]:
        """Store what can be stored together; return the results by the SHA-256 of the bytes."""
        read = [
            (task, parsed)
            for task, parsed in batch
            if isinstance(task, ReceivedFile) and isinstance(parsed, Reading | LetterError)
        ]
        found = [*compared(read)]
        self._changes = {each.letter.sha256: each.changes for each in found}
        rewrites = [*_versions_noted(found), *(_plain_rewrites(found) if len(batch) > 1 else ())]
        letters_rewrite(rewrites, canonical=self._canonical)
        by_letter = {each.letter.pk: each for each in found}
        revisions = [_revision(each, by_letter[each.letter]) for each in rewrites if each.reading or each.determination]
        revisions_append(revisions, cause=Cause.of_run(self._run))
        settled = {each.letter for each in rewrites}
        labels = {task.sha256: task.label for task, _ in read}
        return {
            each.letter.sha256: _result(each, labels[each.letter.sha256]) for each in found if each.letter.pk in settled
        }

    def note(self, results: Sequence[FileResult]) -> None:
        """Count with the files what was changed of them, field by field."""
        self._counted = self._run.changes
        updated = (each.sha256 for each in results if each.status is FileStatus.UPDATED)
        self._run.changes = counted(self._run.changes, (self._changes.get(sha256, ()) for sha256 in updated))
        self._run.save(update_fields=["changes"])

    def roll_back(self) -> None:
        """Take back what was counted in a transaction that was rolled back."""
        self._run.changes = self._counted


def _versions_noted(found: Sequence[Comparison]) -> Iterator[Rewrite]:
    """Yield what remains to be written of the letters that read as before: which parser says so."""
    for each in found:
        if each.verdict is Verdict.UNCHANGED and each.parsed:
            yield Rewrite(each.letter.pk, _reading_written(each, {}))


def _plain_rewrites(found: Sequence[Comparison]) -> list[Rewrite]:
    """Return what is to be written of the letters that differ, where that is plain and no other comes to their case."""
    readings = [each.parsed for each in found if each.parsed]
    numbers = Counter(each.record.case_number for each in readings)
    texts = Counter(each.record.text_sha256 for each in readings)
    alone = [
        each
        for each in found
        if each.verdict is Verdict.CHANGED
        and each.parsed
        and texts[each.parsed.record.text_sha256] == 1
        and (not each.parsed.record.case_number or numbers[each.parsed.record.case_number] == 1)
    ]
    speaking = {key for each in alone if (key := _spoken_for(each)) is not None}
    determinations_lock(speaking)
    # Read after the lock: a person or another run may have changed a case since it was compared.
    states = case_states(speaking)
    rewrites = (_rewrite(each, states) for each in alone)
    return [each for each in rewrites if each is not None and each.is_plain]


def _spoken_for(comparison: Comparison) -> int | None:
    """Return the determination whose facts are those of a letter, if it is the one that speaks for its case."""
    letter = comparison.letter
    return letter.determination_id if letter.state == SourceState.CURRENT else None


def _rewrite(comparison: Comparison, states: dict[int, CaseState]) -> Rewrite | None:
    parsed, key = comparison.parsed, _spoken_for(comparison)
    if parsed is None:
        return None
    reading = _reading_written(comparison, read_now(parsed))
    if key is None:
        return Rewrite(comparison.letter.pk, reading)
    role = states[key].letters.get(comparison.letter.pk)
    if role is None or role.state != SourceState.CURRENT:
        return None
    return Rewrite(comparison.letter.pk, reading, key, states[key], parsed.record, parsed.vectors)


def _reading_written(comparison: Comparison, read: dict[str, Any]) -> dict[str, Any]:
    """Return the columns that a letter's row has otherwise so far, with their new values."""
    assert comparison.parsed is not None  # noqa: S101 - only what was parsed is written
    new = read | {"parser_version": comparison.parsed.parser_version}
    return {name: value for name, value in new.items() if getattr(comparison.letter, name) != value}


def _revision(rewrite: Rewrite, comparison: Comparison) -> RevisionWrite:
    letter = comparison.letter
    reference = letter.determination.reference if letter.determination else ""
    was = {name: getattr(letter, name) for name in rewrite.reading}
    before = CaseState() if rewrite.now is None else rewrite.now
    before = before.with_letter(letter.pk, LetterState(letter.state, letter.determination_id, was))
    return RevisionWrite(
        *(RevisionKind.REPARSE, rewrite.determination, reference, letter.pk, before, rewrite.record),
        reason=read_again(comparison.parsed) if comparison.parsed else "",
    )


def _result(comparison: Comparison, label: str) -> FileResult:
    status, reason = FileStatus.UNCHANGED, READS_AS_BEFORE
    if comparison.verdict is Verdict.CHANGED and comparison.parsed:
        status, reason = FileStatus.UPDATED, read_again(comparison.parsed)
    return result_of_letter(comparison.letter, file=label, status=status, reason=reason)
