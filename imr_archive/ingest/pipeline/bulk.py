"""Many letters, one transaction: those that are plainly new are looked up and inserted as sets."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

from imr_archive.history.revisions import Cause, RevisionWrite, revisions_append
from imr_archive.ingest.pipeline.store import IS_NEW
from imr_archive.ingest.runs.report import FileResult
from imr_archive.ingest.screening.screen import is_published
from imr_archive.ingest.sources.files import ReceivedFile
from imr_archive.letters.lookups import OneOf
from imr_archive.letters.reading import Reading
from imr_archive.letters.reviewers import ReviewerKeys
from imr_archive.letters.source_letters import SourceLetterWrite, source_letters_insert
from imr_archive.letters.writer import RecordWrite, records_write
from imr_archive.models import Determination, SourceLetter
from imr_archive.vocabulary import FileStatus, PublishHeld, RevisionKind, SourceState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.ingest.pipeline.writer import Entry, Parsed
    from imr_archive.ingest.runs.runs import RunLog
    from imr_archive.letters.canonical import Canonical

    Read = tuple[ReceivedFile, Reading]


class Added(NamedTuple):
    """The keys of a letter that was added, and what addresses name its determination by."""

    letter: int
    determination: int
    reference: str


class NewLetters:
    """Stores at once the letters of a batch that are plainly new, each with its first revision."""

    def __init__(self, log: RunLog, canonical: Canonical, publish: PublishHeld) -> None:
        self._publish = publish
        self._cause = Cause.of_run(log.run)
        self._canonical = canonical
        self._reviewers = ReviewerKeys()

    def store(self, batch: Sequence[Entry]) -> dict[str, FileResult]:
        """Store what is plainly new; return its results by the SHA-256 of the bytes."""
        if len(batch) == 1:
            return {}
        letters: dict[str, Read] = {}
        others = set()
        for task, parsed in batch:
            if task.sha256 in letters:
                continue
            if isinstance(task, ReceivedFile) and not task.refusal and self._is_published(parsed):
                letters[task.sha256] = (task, parsed)
            else:
                others.add(task.sha256)
        new = plainly_new([letter for sha256, letter in letters.items() if sha256 not in others])
        added = letters_add(new, canonical=self._canonical, reviewers=self._reviewers, cause=self._cause)
        return {
            source.sha256: FileResult(
                file=source.label,
                status=FileStatus.NEW,
                reason=IS_NEW,
                sha256=source.sha256,
                letter=row.letter,
                determination=row.determination,
                reference=row.reference,
            )
            for (source, _), row in zip(new, added, strict=True)
        }

    def _is_published(self, parsed: Parsed) -> TypeGuard[Reading]:
        return isinstance(parsed, Reading) and is_published(parsed.findings, self._publish)

    def note(self, results: Sequence[FileResult]) -> None:
        """Note nothing beyond the files of the run."""

    def roll_back(self) -> None:
        """Forget the profiles of a transaction that was rolled back."""
        self._reviewers.forget()


def letters_add(letters: Sequence[Read], *, canonical: Canonical, reviewers: ReviewerKeys, cause: Cause) -> list[Added]:
    """Insert letters that are plainly new; the caller's transaction falls with the first that cannot be stored."""
    writes = [RecordWrite(reading.record, vectors=reading.vectors) for _, reading in letters]
    determinations = records_write(writes, canonical=canonical, reviewers=reviewers)
    state = SourceState.CURRENT.value
    files = source_letters_insert(
        [
            SourceLetterWrite(source.name, source.sha256, source.content, reading, state, determination)
            for (source, reading), determination in zip(letters, determinations, strict=True)
        ]
    )
    revisions_append(
        [
            RevisionWrite(RevisionKind.INGEST, determination, letter=file, after=reading.record)
            for (_, reading), file, determination in zip(letters, files, determinations, strict=True)
        ],
        cause=cause,
    )
    return [
        Added(file, determination, reading.record.case_number or str(determination))
        for (_, reading), file, determination in zip(letters, files, determinations, strict=True)
    ]


def plainly_new(letters: Sequence[Read]) -> list[Read]:
    """Return the letters that share case number, text and bytes with none of the others nor with any that is stored."""
    texts = Counter(reading.record.text_sha256 for _, reading in letters)
    cases = Counter(reading.record.case_number for _, reading in letters if reading.record.case_number)
    stored = Determination.objects.order_by()
    known = {
        *SourceLetter.objects.order_by()
        .filter(OneOf("sha256", (source.sha256 for source, _ in letters)))
        .values_list("sha256", flat=True),
        *chain(
            stored.filter(OneOf("text_sha256", texts)).values_list("text_sha256", flat=True),
            stored.filter(OneOf("case_number", cases)).values_list("case_number", flat=True),
        ),
    }
    return [
        (source, reading)
        for source, reading in letters
        if texts[reading.record.text_sha256] == 1
        and (not reading.record.case_number or cases[reading.record.case_number] == 1)
        and known.isdisjoint((source.sha256, reading.record.text_sha256, reading.record.case_number))
    ]
