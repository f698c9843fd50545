"""Stored letters read again: which ones, what would change, and the writer that keeps what they were before."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from imr_archive.errors import ArchiveError, LetterError
from imr_archive.history.corrections import case_number_corrected, corrections_of, placed, with_corrections
from imr_archive.history.revisions import revision, revisions_keep, snapshot, snapshots
from imr_archive.history.rewriting import Rewrite, letters_rewrite
from imr_archive.ingest.pipeline.store import determinations_of, read_again
from imr_archive.ingest.pipeline.writer import Writer
from imr_archive.ingest.runs.report import result_of_letter
from imr_archive.ingest.sources.files import ReceivedFile
from imr_archive.letters.difference import Change, counted, record_changes
from imr_archive.letters.lookups import OneOf
from imr_archive.letters.reader import stored_records
from imr_archive.letters.reading import Reading
from imr_archive.letters.source_letters import READ_COLUMNS
from imr_archive.models import Determination, SourceLetter
from imr_archive.vocabulary import FileStatus, PublishHeld, SourceState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db.models import QuerySet

    from imr_archive.history.corrections import Placed
    from imr_archive.history.revisions import Snapshot
    from imr_archive.ingest.pipeline.store import Stored
    from imr_archive.ingest.pipeline.writer import Entry, Parsed
    from imr_archive.ingest.runs.report import FileResult
    from imr_archive.ingest.runs.runs import RunLog
    from imr_archive.letters.canonical import Canonical
    from imr_archive.models import Correction
    from imr_archive.records import LetterRecord

READS_AS_BEFORE = "Reads as before."


class NoSuchLetter(ArchiveError):
    """A letter that was asked for is not in the archive."""


class NoVersion(ArchiveError):
    """What was given is no version of a parser."""


# -- Which letters ----------------------------------------------------------------------------------------------------


def letters_named(names: Iterable[str], *, quarantined: bool) -> list[int]:
    """Return the keys of the letters of determinations, by case number or number; or of quarantined files by number.

    Raise ``NoSuchLetter`` if one is not there.
    """
    keys: set[int] = set()
    for name in names:
        if quarantined:
            number = int(name) if name.isdecimal() else 0
            found = SourceLetter.objects.filter(pk=number, state=SourceState.QUARANTINED)
        else:
            found = SourceLetter.objects.filter(determination__in=Determination.objects.by_reference(name))
        letters = found.values_list("pk", flat=True)
        if not letters:
            raise NoSuchLetter(f"There is no {'quarantined file' if quarantined else 'determination'} {name}.")
        keys.update(letters)
    return sorted(keys)


def letters_chosen(
    *,
    letters: Sequence[int] | None = None,
    quarantined: bool = False,
    older_than: str | None = None,
    layout: str | None = None,
    diagnostic: str | None = None,
) -> QuerySet[SourceLetter]:
    """Return the letters that meet every condition given: all, if none is.

    Letters whose determination was deleted by hand are never among them: ingesting one brings it back. Raise
    ``NoVersion`` if ``older_than`` is none.
    """
    chosen = SourceLetter.objects.without_content().filter(
        Q(state=SourceState.QUARANTINED) | Q(determination__isnull=False)
    )
    if letters is not None:
        chosen = chosen.filter(pk__in=letters)
    if quarantined:
        chosen = chosen.filter(state=SourceState.QUARANTINED)
    if older_than is not None:
        chosen = chosen.filter(parser_version__in=_versions_before(older_than))
    if layout is not None:
        chosen = chosen.filter(determination__layout=layout)
    if diagnostic is not None:
        # The same text on both databases, and nothing else in it can be: quotes within a message are escaped.
        remark = f'"code": {json.dumps(diagnostic)}'
        remarked = Q(remarks__contains=remark) | Q(reason_code=diagnostic)
        chosen = chosen.alias(remarks=Cast("diagnostics", TextField())).filter(remarked)
    return chosen


def _versions_before(version: str) -> list[str]:
    limit = _version(version)
    stored = SourceLetter.objects.order_by().values_list("parser_version", flat=True).distinct()
    return [each for each in stored if _version(each) < limit]


def _version(version: str) -> tuple[int, ...]:
    try:
        return tuple(map(int, version.split(".")))
    except ValueError:
        raise NoVersion(f"{version!r} is no parser version; one is such as 1.2.") from None


# -- What would change ------------------------------------------------------------------------------------------------


class Verdict(Enum):
    """What reading a letter again comes to."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    READABLE = "newly readable"
    UNREADABLE = "no longer readable"
    QUARANTINED = "still quarantined"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A stored letter, without its bytes, what it is read to now, and what that would change."""

    letter: SourceLetter
    verdict: Verdict
    parsed: Reading | None = None
    changes: tuple[Change, ...] = ()
    conflicts: tuple[dict[str, Any], ...] = ()
    error: LetterError | None = None

    @property
    def reference(self) -> str:
        """What a person knows the letter by: its case, else its file."""
        case = self.letter.determination
        return case.reference if case else f"file {self.letter.pk} ({self.letter.name})"


def compared(read: Sequence[tuple[ReceivedFile, Reading | LetterError]]) -> Iterator[Comparison]:
    """Compare what letters were read to with what is stored of them, in a fixed number of queries; in their order."""
    rows = SourceLetter.objects.defer("content").select_related("determination")
    letters = {each.sha256: each for each in rows.filter(OneOf("sha256", (file.sha256 for file, _ in read)))}
    speaking = [each.determination_id for each in letters.values() if each.state == SourceState.CURRENT]
    keys = [key for key in speaking if key is not None]
    records, corrections = stored_records(keys), corrections_of(keys)
    for file, parsed in read:
        # One that was thrown away in between is nothing to anybody.
        if letter := letters.get(file.sha256):
            key = letter.determination_id if letter.state == SourceState.CURRENT else None
            yield _compare(letter, parsed, records.get(key or 0), corrections.get(key or 0, []))


def _compare(
    letter: SourceLetter, parsed: Reading | LetterError, stored: LetterRecord | None, corrections: Sequence[Correction]
) -> Comparison:
    is_quarantined = letter.state == SourceState.QUARANTINED
    if isinstance(parsed, LetterError):
        return Comparison(letter, Verdict.QUARANTINED if is_quarantined else Verdict.UNREADABLE, error=parsed)
    if is_quarantined:
        return Comparison(letter, Verdict.READABLE, parsed)
    differing = [*_reading_changes(letter, parsed)]
    found: list[Placed] = []
    if stored is not None:
        read = parsed.record
        found = placed(corrections, stored, read, same_letter=True) if corrections else []
        differing += record_changes(stored, with_corrections(read, found) if found else read)
    is_changed = bool(differing) or any(each.has_moved for each in found)
    conflicts = tuple(each.as_json() for each in found if each.is_conflict)
    verdict = Verdict.CHANGED if is_changed else Verdict.UNCHANGED
    return Comparison(letter, verdict, parsed, tuple(differing), conflicts)


def _reading_changes(letter: SourceLetter, reading: Reading) -> Iterator[Change]:
    """Yield what a reading says otherwise of the letter itself."""
    for name, value in _read_now(reading).items():
        before = getattr(letter, name)
        if before != value:
            yield Change(name, None, before, value)


def _read_now(reading: Reading) -> dict[str, Any]:
    return {
        "text": reading.source_text,
        "spans": json.loads(reading.spans),
        "diagnostics": json.loads(reading.diagnostics),
    }


# -- Writing it -------------------------------------------------------------------------------------------------------


class Rereader(Writer):
    """A writer of stored letters: it leaves alone what reads as before, and keeps what the others were."""

    def __init__(
        self, log: RunLog, canonical: Canonical, *, again: bool = True, publish: PublishHeld = PublishHeld.NONE
    ) -> None:
        super().__init__(log, canonical, again=again, publish=publish)
        self._differing: dict[str, tuple[Change, ...]] = {}

    def _added(self, batch: Sequence[Entry]) -> dict[str, FileResult]:
        """Settle at once the letters that read as before, and those that are plain rewrites.

        A batch of one may be a letter that could not be stored among others: the rules of one letter are for it.
        """
        read = [
            (task, parsed)
            for task, parsed in batch
            if isinstance(task, ReceivedFile) and isinstance(parsed, Reading | LetterError)
        ]
        found = [*compared(read)]
        self._differing = {each.letter.sha256: each.changes for each in found}
        rewrites = [*_versions_noted(found), *(_plain_rewrites(found) if len(batch) > 1 else ())]
        letters_rewrite(rewrites, canonical=self._canonical)
        revisions_keep(rewrites, run=self._log.run)
        settled = {each.letter for each in rewrites}
        labels = {task.sha256: task.label for task, _ in read}
        return {
            each.letter.sha256: _settled(each, labels[each.letter.sha256])
            for each in found
            if each.letter.pk in settled
        }

    def _committed(self, batch: Sequence[Entry]) -> list[FileResult]:
        before = self._log.run.changes
        try:
            return super()._committed(batch)
        except BaseException:
            self._log.run.changes = before
            raise

    def _noted(self, results: list[FileResult]) -> None:
        """Count with the files what was changed of them, field by field."""
        super()._noted(results)
        run = self._log.run
        updated = (each.sha256 for each in results if each.status is FileStatus.UPDATED)
        run.changes = counted(run.changes, (self._differing.get(sha256, ()) for sha256 in updated))
        run.save(update_fields=["changes"])

    def _stored(self, file: ReceivedFile, parsed: Parsed) -> Stored:
        letter = SourceLetter.objects.only("pk", "state", "determination_id").filter(sha256=file.sha256).first()
        if letter is None:  # thrown away since it was read: it comes as any new file
            return super()._stored(file, parsed)
        scope = _touched(letter, parsed)
        before = snapshot(letter.pk, scope)
        stored = super()._stored(file, parsed)
        if stored.determination and letter.state in _SPEAKING:
            scope.add(stored.determination.pk)
        kept = revision(run=self._log.run, letter=letter.pk, before=before, after=snapshot(letter.pk, scope))
        if kept:
            kept.save()
        return stored


# Letters in other roles keep them, and nothing else of their case changes with them.
_SPEAKING = (SourceState.CURRENT, SourceState.QUARANTINED)


def _touched(letter: SourceLetter, parsed: Parsed) -> set[int]:
    """Return the determinations that may change when a letter is stored."""
    if letter.state not in _SPEAKING:
        return set()
    touched = {letter.determination_id} if letter.determination_id else set()
    if isinstance(parsed, Reading):
        made = chain.from_iterable(corrections_of(touched).values())
        touched.update(determinations_of(case_number_corrected(parsed.record, made)).values_list("pk", flat=True))
    return touched


def _versions_noted(found: Sequence[Comparison]) -> Iterator[Rewrite]:
    """Yield what remains to be written of the letters that read as before: which parser says so."""
    for each in found:
        if each.verdict is Verdict.UNCHANGED and each.parsed:
            read = {column: getattr(each.letter, column) for column in READ_COLUMNS}
            role = {str(each.letter.pk): [each.letter.state, each.letter.determination_id]}
            before = {"letter": read, "roles": role, "determinations": {}, "corrections": {}}
            after = before | {"letter": read | {"parser_version": each.parsed.parser_version}}
            yield Rewrite(each.letter.pk, before, after)


def _plain_rewrites(found: Sequence[Comparison]) -> list[Rewrite]:
    """Return what is to be written of the letters that differ, where that is plain and no other comes to their case."""
    readings = [each.parsed for each in found if each.parsed]
    numbers = Counter(each.record.case_number for each in readings)
    texts = Counter(each.record.text_sha256 for each in readings)
    alone = {
        each.letter.pk: (each.letter, each.parsed)
        for each in found
        if each.verdict is Verdict.CHANGED
        and each.parsed
        and texts[each.parsed.record.text_sha256] == 1
        and (not each.parsed.record.case_number or numbers[each.parsed.record.case_number] == 1)
    }
    before = snapshots({key: _spoken_for(letter) for key, (letter, _) in alone.items()})
    rewrites = (_rewritten(before[key], *read) for key, read in alone.items())
    return [each for each in rewrites if each.is_plain]


def _spoken_for(letter: SourceLetter) -> set[int]:
    """Return the determination whose facts are those of a letter, if it is the one that speaks for its case."""
    key = letter.determination_id if letter.state == SourceState.CURRENT else None
    return set() if key is None else {key}


def _rewritten(before: Snapshot, letter: SourceLetter, parsed: Reading) -> Rewrite:
    read = before["letter"] | _read_now(parsed) | {"parser_version": parsed.parser_version}
    records = dict.fromkeys(before["determinations"], parsed.record)
    return Rewrite(letter.pk, before, before | {"letter": read, "determinations": records}, parsed)


def _settled(comparison: Comparison, label: str) -> FileResult:
    status, reason = FileStatus.UNCHANGED, READS_AS_BEFORE
    if comparison.verdict is Verdict.CHANGED and comparison.parsed:
        status, reason = FileStatus.UPDATED, read_again(comparison.parsed)
    return result_of_letter(comparison.letter, file=label, status=status, reason=reason)
