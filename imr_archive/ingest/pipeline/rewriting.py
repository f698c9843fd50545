"""Many letters, one transaction: those that keep their place in the archive are written anew as sets.

A rewrite is *plain* if the letter speaks for the same case before and after, by the same number and the same text, or
for none: no other letter and no other determination has a part in it. Only what differs is written.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from imr_archive.history.facts import letter_of
from imr_archive.ingest.pipeline.letter_rows import DETERMINATION_TEXT_COLUMNS
from imr_archive.ingest.pipeline.rows import (
    DETERMINATION_TEXTS,
    DETERMINATIONS,
    ITEMS,
    READ_COLUMNS,
    RowSet,
    determination_row,
    reviewer_keys,
)
from imr_archive.ingest.pipeline.tables import Table
from imr_archive.models import DisputedItem, SourceLetter
from imr_archive.search.facets.change_log import bulk_indexing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.history.facts import Facts
    from imr_archive.history.revisions import Snapshot
    from imr_archive.ingest.pipeline.canonical import Canonical
    from imr_archive.ingest.pipeline.letter_rows import LetterRows
    from imr_archive.ingest.pipeline.tables import Row

_IDENTITY = ("case_number", "text_sha256")


class Rewrite(NamedTuple):
    """A letter by its key, with what is stored of it and of its case, and what is to be.

    ``parsed`` is the reading that it comes from; without one, the facts are written as they stand.
    """

    letter: int
    before: Snapshot
    after: Snapshot
    parsed: LetterRows | None = None

    @property
    def is_plain(self) -> bool:
        """Whether nothing but this letter and the determination that it speaks for is written, under its identity."""
        before, after = self.before, self.after
        if before["corrections"] or after["corrections"] or before["roles"] != after["roles"]:
            return False
        if len(before["determinations"]) > 1 or before["determinations"].keys() != after["determinations"].keys():
            return False
        return all(
            old and new and all(old[name] == new[name] for name in _IDENTITY)
            for old, new in zip(before["determinations"].values(), after["determinations"].values(), strict=True)
        )


class _Rewritten(NamedTuple):
    """A determination by its key, with the facts that are stored and those that are to be."""

    key: int
    before: Facts
    after: Facts
    letter: LetterRows

    def has_other(self, *names: str) -> bool:
        return any(self.before[name] != self.after[name] for name in names)


def letters_rewrite(rewrites: Sequence[Rewrite], *, canonical: Canonical) -> None:
    """Write plain rewrites; the caller's transaction falls with the first that cannot be stored."""
    changed = [*map(_rewritten, (each for each in rewrites if each.before["determinations"]))]
    changed = [each for each in changed if each.before != each.after]
    _facts_rewrite(changed)
    texts = [each for each in changed if each.has_other(*DETERMINATION_TEXT_COLUMNS)]
    DETERMINATION_TEXTS.update([(each.key, *each.letter.text) for each in texts])
    _items_replace([each for each in changed if each.has_other("items")], canonical)
    _readings_write(rewrites)


def _rewritten(rewrite: Rewrite) -> _Rewritten:
    ((key, after),) = rewrite.after["determinations"].items()
    return _Rewritten(int(key), rewrite.before["determinations"][key], after, rewrite.parsed or letter_of(after))


def _facts_rewrite(changed: Sequence[_Rewritten]) -> None:
    """Write the rows of determinations, those included that only their items differ of: it notes them for the index."""
    profiles = [each.letter.profile for each in changed if each.letter.profile]
    reviewers = reviewer_keys(profiles)
    DETERMINATIONS.update(
        [
            determination_row(
                each.key, each.letter, reviewers[each.letter.profile.fingerprint] if each.letter.profile else None
            )
            for each in changed
        ]
    )


def _items_replace(changed: Sequence[_Rewritten], canonical: Canonical) -> None:
    DisputedItem.objects.filter(determination__in=[each.key for each in changed]).delete()
    keys = iter(ITEMS.keys(sum(len(each.letter.items) for each in changed)))
    rows = RowSet()
    for each in changed:
        rows.add_items(each.key, each.letter, keys, canonical)
    with bulk_indexing(connection, rows.item_words, rows.summary_words):
        rows.insert()


def _readings_write(rewrites: Sequence[Rewrite]) -> None:
    """Write what is read of the letters themselves; of most that read as before, it is the parser's version alone."""
    by_columns: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for each in rewrites:
        before, after = each.before["letter"], each.after["letter"]
        columns = tuple(name for name in READ_COLUMNS if before[name] != after[name])
        by_columns[columns].append((each.letter, *(_written(name, after[name]) for name in columns)))
    for columns, rows in by_columns.items():
        if columns:
            Table(SourceLetter, ("id", *columns)).update(rows)


def _written(column: str, value: Any) -> Any:
    return json.dumps(value) if column in ("diagnostics", "spans") else value
