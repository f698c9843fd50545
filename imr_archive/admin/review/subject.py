"""What is reviewed: a letter with its text and spans, and what is stored or, of a held letter, read of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404

from imr_archive.errors import LetterError
from imr_archive.ingest.reparse.plan import letters_compared
from imr_archive.ingest.runs.reinstating import PROCESSES
from imr_archive.letters.hashes import record_sha256
from imr_archive.letters.reader import stored_records
from imr_archive.models import Correction, Determination, SourceLetter
from imr_archive.vocabulary import SourceState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imr_archive.letters.reading import Reading
    from imr_archive.records import LetterRecord


@dataclass(frozen=True, kw_only=True)
class ReviewSubject:
    """A letter that is reviewed; ``determination`` is None for a held one, ``reading`` for one that is stored."""

    record: LetterRecord
    letter: SourceLetter | None
    spans: Mapping[str, Sequence[int]]
    remarks: Sequence[Mapping[str, Any]]
    determination: Determination | None = None
    reading: Reading | None = None
    corrections: Sequence[Correction] = ()

    @property
    def key(self) -> int:
        """The key under which the letter stands in its list of work."""
        row = self.determination or self.letter
        return row.pk if row else 0

    @property
    def title(self) -> str:
        """Name the case, or the file of a held letter."""
        return str(self.determination or (self.letter and self.letter.name))

    @property
    def read_as(self) -> str:
        """The hash of what the reviewer is shown."""
        return record_sha256(self.record)

    @property
    def next_position(self) -> int:
        """The first position that no item has, and none that was removed."""
        positions = [each.position for each in self.record.items]
        return max([*positions, *(each.item or 0 for each in self.corrections)], default=0) + 1


def stored_subject(key: int) -> ReviewSubject:
    """Return a determination as it is stored; raise ``Http404`` if it is gone."""
    determination = Determination.objects.filter(pk=key).first()
    record = stored_records([key]).get(key)
    if determination is None or record is None:
        raise Http404("There is no such determination.")
    letter = determination.letters.filter(state=SourceState.CURRENT).defer("content").first()
    return ReviewSubject(
        record=record,
        letter=letter,
        spans=letter.spans if letter else {},
        remarks=letter.diagnostics if letter else [],
        determination=determination,
        corrections=[*determination.corrections.order_by("item", "field", "pk")],
    )


def held_subject(key: int) -> ReviewSubject:
    """Return a held letter as it is read now; raise ``Http404`` if it is not held any more, or can't be read."""
    letters = SourceLetter.objects.filter(pk=key, state=SourceState.HELD)
    letter = letters.defer("content").first()
    if letter is None:
        raise Http404("There is no such held letter; somebody else may have published or dropped it.")
    reading = letter_reading(letter)
    return ReviewSubject(
        record=reading.record, letter=letter, spans=letter.spans, remarks=letter.diagnostics, reading=reading
    )


def letter_reading(letter: SourceLetter) -> Reading:
    """Read a stored letter as the parser of today does; raise ``Http404`` if it can't be read."""
    letters = SourceLetter.objects.without_content().filter(pk=letter.pk)
    found = next(letters_compared(letters, processes=PROCESSES), None)
    if found is None or found.parsed is None or isinstance(found.error, LetterError):
        raise Http404(f"{letter.name} can't be read: {found.error if found else 'it is gone'}")
    return found.parsed
