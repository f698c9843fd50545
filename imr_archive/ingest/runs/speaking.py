"""Another letter of a case speaks for it, because a person says so; and the last change by a person is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from imr_archive.errors import ArchiveError
from imr_archive.history.changes import Change
from imr_archive.history.corrections import corrections_of, placed, with_corrections
from imr_archive.history.revisions import Cause
from imr_archive.ingest.pipeline.store import letter_promote
from imr_archive.ingest.runs.undo import change_undo
from imr_archive.ingest.sources.files import ReceivedFile
from imr_archive.letters.canonical import canonical_stored, canonical_sync
from imr_archive.letters.difference import record_changes
from imr_archive.letters.reader import stored_records
from imr_archive.models import Revision, SourceLetter
from imr_archive.vocabulary import RevisionKind

if TYPE_CHECKING:
    from imr_archive.letters.difference import FieldChange
    from imr_archive.letters.reading import Reading

BY_HAND = (RevisionKind.CORRECTION, RevisionKind.CORRECTION_WITHDRAWN, RevisionKind.REPLACE)


class CannotSpeak(ArchiveError):
    """A letter that can't speak for its case, or a change that can't be undone."""


def speaking_changes(determination: int, reading: Reading) -> list[FieldChange]:
    """Return what a determination would say otherwise if another of its letters spoke for it."""
    stored = stored_records([determination]).get(determination)
    if stored is None:
        return []
    found = placed(corrections_of([determination])[determination], stored, reading.record, same_letter=False)
    return [*record_changes(stored, with_corrections(reading.record, found))]


def letter_speak(letter: SourceLetter, *, reading: Reading, reason: str, asked_by: str) -> str:
    """Let a letter speak for its case; return a sentence that says so. Raise ``CannotSpeak`` if it can't."""
    content = bytes(SourceLetter.objects.values_list("content", flat=True).get(pk=letter.pk))
    source = ReceivedFile(f"letter/{letter.pk}/{letter.name}", letter.name, content, letter.sha256)
    cause = Cause(asked_by, reason=reason)
    try:
        stored = letter_promote(reading=reading, source=source, canonical=canonical_sync(), cause=cause)
    except IntegrityError:
        raise CannotSpeak("The letter prints a case number or a text that belongs to another determination.") from None
    if stored is None:
        raise CannotSpeak("The letter speaks for its case already, or does not belong to one any more.")
    return stored.reason


def last_change(determination: int) -> Revision | None:
    """Return the last change of a determination, if a person made it by hand and it can be undone."""
    last = Revision.objects.filter(determination=determination).defer("before").order_by("-pk").first()
    by_hand = last is not None and last.run_id is None and last.kind in BY_HAND and not last.is_erased
    return last if by_hand else None


@transaction.atomic
def last_change_undo(determination: int, *, revision: int, reason: str, undone_by: str) -> None:
    """Write again what there was before the last change; raise ``CannotSpeak`` if another one has come meanwhile."""
    last = Revision.objects.filter(determination=determination, pk=revision).first()
    if last is None or last_change(determination) != last:
        raise CannotSpeak("Something else has changed the determination since. Look at it again.")
    try:
        with transaction.atomic():
            left = change_undo(Change.of([last]), canonical=canonical_stored(), cause=Cause(undone_by, reason=reason))
    except IntegrityError:
        left = "Another determination has its case number or its text now."
    if left:
        raise CannotSpeak(left)
