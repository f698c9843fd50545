"""Many letters, one transaction: those that keep their place in the archive are rewritten together.

A rewrite is *plain* if the letter speaks for the same case before and after, by the same number and the same text, or
for none: no other letter and no other determination has a part in it. Only what differs is written.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from imr_archive.letters.source_letters import READ_COLUMNS, readings_update
from imr_archive.letters.writer import RecordWrite, records_write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imr_archive.history.revisions import Snapshot
    from imr_archive.letters.canonical import Canonical
    from imr_archive.letters.reading import Reading


class Rewrite(NamedTuple):
    """A letter by its key, with what is stored of it and of its case, and what is to be.

    ``reading`` is what it comes from, if it comes from a reading.
    """

    letter: int
    before: Snapshot
    after: Snapshot
    reading: Reading | None = None

    @property
    def is_plain(self) -> bool:
        """Whether nothing but this letter and the determination that it speaks for is written, under its identity."""
        before, after = self.before, self.after
        if before["corrections"] or after["corrections"] or before["roles"] != after["roles"]:
            return False
        if len(before["determinations"]) > 1 or before["determinations"].keys() != after["determinations"].keys():
            return False
        return all(
            old and new and (old.case_number, old.text_sha256) == (new.case_number, new.text_sha256)
            for old, new in zip(before["determinations"].values(), after["determinations"].values(), strict=True)
        )

    def writes(self) -> Iterator[RecordWrite]:
        """Yield what is to be written of its determination, if anything differs."""
        for key, record in self.after["determinations"].items():
            stored = self.before["determinations"][key]
            if stored != record:
                vectors = self.reading.vectors if self.reading else None
                yield RecordWrite(record, int(key), replaces=True, stored=stored, vectors=vectors)


def letters_rewrite(rewrites: Sequence[Rewrite], *, canonical: Canonical) -> None:
    """Write plain rewrites; the caller's transaction falls with the first that cannot be stored."""
    records_write([write for each in rewrites for write in each.writes()], canonical=canonical)
    readings_update((each.letter, _read_otherwise(each)) for each in rewrites)


def _read_otherwise(rewrite: Rewrite) -> dict[str, Any]:
    """Return the columns that are read otherwise; of most letters it is the parser's version alone."""
    before, after = rewrite.before["letter"], rewrite.after["letter"]
    return {name: _written(name, after[name]) for name in READ_COLUMNS if before[name] != after[name]}


def _written(column: str, value: Any) -> Any:
    return json.dumps(value) if column in ("diagnostics", "spans") else value
