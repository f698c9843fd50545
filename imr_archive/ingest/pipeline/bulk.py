"""Many letters, one transaction: those that are plainly new are looked up and inserted as sets."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.letters.lookups import OneOf
from imr_archive.letters.source_letters import SourceLetterWrite, source_letters_insert
from imr_archive.letters.writer import RecordWrite, records_write
from imr_archive.models import Determination, SourceLetter
from imr_archive.vocabulary import SourceState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.ingest.sources.files import ReceivedFile
    from imr_archive.letters.canonical import Canonical
    from imr_archive.letters.reading import Reading
    from imr_archive.letters.reviewers import ReviewerKeys

    Read = tuple[ReceivedFile, Reading]


class Added(NamedTuple):
    """The keys of a letter that was added, and what addresses name its determination by."""

    letter: int
    determination: int
    reference: str


def letters_add(letters: Sequence[Read], *, canonical: Canonical, reviewers: ReviewerKeys) -> list[Added]:
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
