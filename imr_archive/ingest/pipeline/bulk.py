"""Many letters, one transaction: those that are plainly new are looked up and inserted as sets."""

from __future__ import annotations

from collections import Counter
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection

from imr_archive.ingest.pipeline.lookups import OneOf
from imr_archive.ingest.pipeline.rows import DETERMINATIONS, ITEMS, LETTERS, RowSet, reviewer_keys
from imr_archive.models import Determination, SourceLetter
from imr_archive.search.facets.change_log import bulk_indexing
from imr_archive.vocabulary import SourceState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.ingest.pipeline.canonical import Canonical
    from imr_archive.ingest.pipeline.letter_rows import LetterRows, Profile
    from imr_archive.ingest.sources.files import ReceivedFile

    Read = tuple[ReceivedFile, LetterRows]

# Profiles whose keys are remembered: a thousand times as many as the letters of a year have.
_MOST_PROFILES = 200_000


class Added(NamedTuple):
    """The keys of a letter that was added, and what addresses name its determination by."""

    letter: int
    determination: int
    reference: str


class Adder:
    """Adds letters by the set, and knows the reviewers' profiles of the run."""

    def __init__(self, canonical: Canonical) -> None:
        self._canonical = canonical
        self._reviewers: dict[str, int] = {}

    def add(self, letters: Sequence[Read]) -> list[Added]:
        """Insert letters that are plainly new; the caller's transaction falls with the first that cannot be stored."""
        determinations, files = DETERMINATIONS.keys(len(letters)), LETTERS.keys(len(letters))
        items = iter(ITEMS.keys(sum(len(letter.items) for _, letter in letters)))
        reviewers = self._reviewer_keys([letter.profile for _, letter in letters if letter.profile])
        rows, added = RowSet(), []
        for (source, letter), key, file in zip(letters, determinations, files, strict=True):
            rows.add_determination(key, letter, reviewers[letter.profile.fingerprint] if letter.profile else None)
            rows.add_contents(key, letter, islice(items, len(letter.items)), self._canonical)
            rows.add_letter(file, source, letter, state=SourceState.CURRENT, determination=key)
            added.append(Added(file, key, letter.case_number or str(key)))
        with bulk_indexing(connection, rows.item_words, rows.summary_words):
            rows.insert()
        return added

    def forget(self) -> None:
        """Forget the profiles: rows that a transaction took back may be among them."""
        self._reviewers = {}

    def _reviewer_keys(self, profiles: Sequence[Profile]) -> dict[str, int]:
        unknown = [profile for profile in profiles if profile.fingerprint not in self._reviewers]
        if unknown:
            if len(self._reviewers) > _MOST_PROFILES:
                self.forget()
                unknown = [*profiles]
            self._reviewers |= reviewer_keys(unknown)
        return self._reviewers


def plainly_new(letters: Sequence[Read]) -> list[Read]:
    """Return the letters that share case number, text and bytes with none of the others nor with any that is stored."""
    texts = Counter(letter.text_sha256 for _, letter in letters)
    cases = Counter(letter.case_number for _, letter in letters if letter.case_number)
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
        (source, letter)
        for source, letter in letters
        if texts[letter.text_sha256] == 1
        and (not letter.case_number or cases[letter.case_number] == 1)
        and known.isdisjoint((source.sha256, letter.text_sha256, letter.case_number))
    ]
