"""Records become rows: one letter or a batch, new ones or such that replace what is stored."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection
from django.utils import timezone

from imr_archive.letters import columns
from imr_archive.letters.arrivals import first_arrivals
from imr_archive.letters.reviewers import ReviewerKeys
from imr_archive.letters.tables import Table
from imr_archive.models import (
    Determination,
    DeterminationText,
    DisputedItem,
    DisputedItemText,
    GuidelineCitation,
    GuidelineMention,
    ItemBodyPart,
    ItemReason,
    ItemTreatment,
)
from imr_archive.search.facets.change_log import bulk_indexing
from imr_archive.search.fulltext.tables import RowVectors
from imr_archive.vocabulary import CitedBy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imr_archive.letters.canonical import Canonical
    from imr_archive.letters.reading import LetterVectors
    from imr_archive.letters.tables import Row
    from imr_archive.records import ItemRecord, LetterRecord

DETERMINATIONS = Table(Determination, ("id", *columns.DETERMINATION.names, "reviewer_id"))
# A determination keeps the time of its arrival, whatever is written over it.
NEW_DETERMINATIONS = Table(Determination, (*DETERMINATIONS.columns, "arrived_at"))
DETERMINATION_TEXTS = Table(DeterminationText, ("determination_id", *columns.DETERMINATION_TEXT.names))
ITEMS = Table(DisputedItem, ("id", "determination_id", *columns.ITEM.names))
ITEM_TEXTS = Table(DisputedItemText, ("item_id", *columns.ITEM_TEXT.names))
TREATMENTS = Table(ItemTreatment, ("item_id", "treatment_id", "position", "raw"))
BODY_PARTS = Table(ItemBodyPart, ("item_id", "body_part_id", "raw"))
CITATIONS = Table(GuidelineCitation, ("item_id", "guideline_id", "cited_by", "position", *columns.CITATION.names))
REASONS = Table(ItemReason, ("item_id", "position", *columns.REASON.names))
MENTIONS = Table(GuidelineMention, ("item_id", "guideline_id", "position", *columns.MENTION.names))
# Each after those it refers to.
TABLES = (
    NEW_DETERMINATIONS,
    DETERMINATION_TEXTS,
    ITEMS,
    ITEM_TEXTS,
    TREATMENTS,
    BODY_PARTS,
    CITATIONS,
    REASONS,
    MENTIONS,
)


class RecordWrite(NamedTuple):
    """A record to be written: as a new determination, or under the key of one.

    ``replaces`` tells that there are rows of that key; with ``stored``, what they say, only what differs is written.
    """

    record: LetterRecord
    key: int | None = None
    replaces: bool = False
    stored: LetterRecord | None = None
    vectors: LetterVectors | None = None

    @property
    def has_other_text(self) -> bool:
        """Return whether the row of the determination's text is to be written."""
        old, new = self.stored, self.record
        return old is None or (old.clinical_summary, old.raw) != (new.clinical_summary, new.raw)

    @property
    def has_other_items(self) -> bool:
        """Return whether the items are to be written."""
        return self.stored is None or self.stored.items != self.record.items


def records_write(
    writes: Sequence[RecordWrite], *, canonical: Canonical, reviewers: ReviewerKeys | None = None
) -> list[int]:
    """Write the rows of records, and return the keys of their determinations; the caller has a transaction.

    A batch is indexed together, a single letter by the triggers, as is one that comes back under its former key.
    """
    new = iter(DETERMINATIONS.keys(sum(each.key is None for each in writes)))
    keys = [next(new) if each.key is None else each.key for each in writes]
    profiles = (reviewers or ReviewerKeys()).of(each.record.reviewer for each in writes)
    facts = [_facts(key, each.record, profile) for key, each, profile in zip(keys, writes, profiles, strict=True)]
    placed = [*zip(keys, writes, strict=True)]
    _replace(placed, facts)
    rows = _Rows(canonical)
    now, arrived = timezone.now(), first_arrivals([each.key for each in writes if each.key and not each.replaces])
    for (key, each), row in zip(placed, facts, strict=True):
        if not each.replaces:
            rows.add_determination(key, each, (*row, arrived.get(key, now)))
    changed = [(key, each) for key, each in placed if not each.replaces or each.has_other_items]
    item_keys = iter(ITEMS.keys(sum(len(each.record.items) for _, each in changed)))
    for key, each in changed:
        rows.add_items(key, each, islice(item_keys, len(each.record.items)))
    rows.insert(together=len(writes) > 1 and all(each.key is None or each.replaces for each in writes))
    return keys


def _facts(key: int, record: LetterRecord, reviewer: int | None) -> Row:
    return (key, *columns.DETERMINATION.row(record), reviewer)


def _replace(placed: Sequence[tuple[int, RecordWrite]], facts: Sequence[Row]) -> None:
    """Write over the rows that stand, and delete the items that others come for.

    The row of the determination is written even if only its items differ: its trigger logs it for the facet index.
    """
    replaced = [(key, each) for key, each in placed if each.replaces]
    if not replaced:
        return
    DisputedItem.objects.filter(determination__in=[key for key, each in replaced if each.has_other_items]).delete()
    DETERMINATIONS.update([row for row, (_, each) in zip(facts, placed, strict=True) if each.replaces])
    DETERMINATION_TEXTS.put([_text(key, each.record) for key, each in replaced if each.has_other_text])


def _text(key: int, record: LetterRecord) -> Row:
    return (key, *columns.DETERMINATION_TEXT.row(record))


class _Rows:
    """The rows of some letters by table, until they are inserted together."""

    def __init__(self, canonical: Canonical) -> None:
        self._canonical = canonical
        self._rows: dict[Table, list[Row]] = {table: [] for table in TABLES}
        self._item_vectors: list[RowVectors] = []
        self._summary_vectors: list[RowVectors] = []

    def add_determination(self, key: int, write: RecordWrite, facts: Row) -> None:
        self._rows[NEW_DETERMINATIONS].append(facts)
        self._rows[DETERMINATION_TEXTS].append(_text(key, write.record))
        self._summary_vectors.append(RowVectors(key, write.vectors.summary if write.vectors else None))

    def add_items(self, determination: int, write: RecordWrite, keys: Iterable[int]) -> None:
        vectors = write.vectors.items if write.vectors else [None] * len(write.record.items)
        for key, item, row_vectors in zip(keys, write.record.items, vectors, strict=True):
            self._rows[ITEMS].append((key, determination, *columns.ITEM.row(item)))
            self._rows[ITEM_TEXTS].append((key, *columns.ITEM_TEXT.row(item)))
            self._item_vectors.append(RowVectors(key, row_vectors))
            self._add_to_item(key, item)

    def _add_to_item(self, key: int, item: ItemRecord) -> None:
        canonical, raw = self._canonical, item.raw
        self._rows[TREATMENTS] += [
            (key, canonical.treatment(slug), position + 1, raw[f"treatments.{position}"])
            for position, slug in enumerate(item.treatments)
        ]
        self._rows[BODY_PARTS] += [
            (key, canonical.body_parts[slug], raw[f"body_parts.{position}"])
            for position, slug in enumerate(item.body_parts)
        ]
        sides = ((CitedBy.CLAIMS_ADMINISTRATOR, item.claims_administrator), (CitedBy.REVIEWER, item.reviewer))
        self._rows[CITATIONS] += [
            (key, canonical.guidelines[each.slug], cited_by.value, position, *columns.CITATION.row(each))
            for cited_by, side in sides
            for position, each in enumerate(side.citations, 1)
        ]
        self._rows[REASONS] += [
            (key, position, *columns.REASON.row(each)) for position, each in enumerate(item.reasons, 1)
        ]
        self._rows[MENTIONS] += [
            (key, canonical.guidelines[each.slug], position, *columns.MENTION.row(each))
            for position, each in enumerate(item.mentions, 1)
        ]

    def insert(self, *, together: bool) -> None:
        """Insert the rows, and index them ``together`` or by the triggers of each."""
        if not together:
            self._insert()
            return
        with bulk_indexing(connection, self._item_vectors, self._summary_vectors):
            self._insert()

    def _insert(self) -> None:
        for table, rows in self._rows.items():
            table.insert(rows)
