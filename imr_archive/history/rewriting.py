"""Many letters, one transaction: those that keep their place in the archive are rewritten together.

A rewrite is *plain* if the letter speaks for the same case before and after, by the same number and the same text, or
for none, and no person has corrected it: no other letter and no other determination has a part in it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from imr_archive.letters.source_letters import readings_update
from imr_archive.letters.writer import RecordWrite, records_write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imr_archive.history.states import CaseState
    from imr_archive.letters.canonical import Canonical
    from imr_archive.letters.reading import LetterVectors
    from imr_archive.records import LetterRecord

_JSON = ("diagnostics", "findings", "spans")


class Rewrite(NamedTuple):
    """A letter with the columns of its reading that change, and the record of its determination, if that does.

    ``now`` is the state of the determination before.
    """

    letter: int
    reading: Mapping[str, Any]
    determination: int | None = None
    now: CaseState | None = None
    record: LetterRecord | None = None
    vectors: LetterVectors | None = None

    @property
    def is_plain(self) -> bool:
        """Return whether only this letter and its determination are written, under the same identity."""
        if self.determination is None:
            return True
        old, new = self.now.known_record if self.now else None, self.record
        if old is None or new is None or (self.now and self.now.corrections):
            return False
        return (old.case_number, old.text_sha256) == (new.case_number, new.text_sha256)


def letters_rewrite(rewrites: Sequence[Rewrite], *, canonical: Canonical) -> None:
    """Write plain rewrites, and of each only what differs; the caller's transaction falls with the first refused."""
    writes = [
        RecordWrite(each.record, each.determination, replaces=True, stored=stored, vectors=each.vectors)
        for each in rewrites
        if each.record and each.now and each.record != (stored := each.now.known_record)
    ]
    records_write(writes, canonical=canonical)
    readings_update((each.letter, reading_columns(each.reading)) for each in rewrites)


def reading_columns(reading: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns of a reading as the table takes them: JSON as text."""
    return {name: json.dumps(value) if name in _JSON else value for name, value in reading.items()}
