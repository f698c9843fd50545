"""tantivy as an ingest peer: index and store all data of a letter, as one document per letter and per item."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import tantivy

from imr_archive.ingest.sources.files import ReceivedFile
from imr_archive.letters.paths import ITEM, getter
from imr_archive.letters.reading import Reading
from imr_archive.records import ItemRecord
from imr_archive.search.fulltext.columns import ITEM_COLUMNS

# As ``peer_tantivy``: more memory makes fewer segments.
_MEMORY = 1 << 30
_FACETS = ("kind", "case_number", "year", "outcome", "basis", "treatment", "body_part", "guideline")
_TEXTS = {each.name: getter(ITEM.get(each.name, each.name)) for each in ITEM_COLUMNS}
_PRINTED = ("summary", *_TEXTS, "title", "section")
_KEPT = ("facts", "raw", "citations", "name", "sha256", "text", "spans", "diagnostics")
_ENCODE = msgspec.msgpack.Encoder().encode


class TantivyLetters:
    """An index being filled; ``close`` commits it and waits for its merges. ``letters`` counts them."""

    def __init__(self, folder: Path, threads: int) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("letter", stored=True, indexed=True, fast=True)
        for name in _FACETS:
            builder.add_text_field(name, stored=True, fast=True, tokenizer_name="raw", index_option="basic")
        for name in _PRINTED:
            builder.add_text_field(name, stored=True, tokenizer_name="en_stem", index_option="position")
        for name in _KEPT:
            builder.add_bytes_field(name, stored=True)
        builder.add_bytes_field("content", stored=True)
        folder.mkdir(parents=True)
        self._writer = tantivy.Index(builder.build(), str(folder)).writer(_MEMORY, threads)
        self.letters = 0

    def add(self, source: ReceivedFile, reading: Reading) -> None:
        """Add a letter with its items."""
        self.letters += 1
        for document in _documents(source, reading):
            self._writer.add_document(tantivy.Document(letter=self.letters, **document))

    def close(self) -> None:
        """Commit, and wait until the engine has merged what it wants to merge."""
        self._writer.commit()
        self._writer.wait_merging_threads()


def _documents(source: ReceivedFile, reading: Reading) -> Iterator[dict[str, object]]:
    record = reading.record
    decided = record.dates.decision
    shared = {"case_number": record.case_number or "", "year": str(decided.year) if decided else ""}
    yield shared | {
        "kind": "letter",
        "summary": record.clinical_summary or "",
        "raw": _ENCODE(record.raw),
        "facts": _ENCODE(
            (record.layout, record.priority, record.dates, record.worker, record.outcome, record.reviewer)
        ),
        "name": source.name.encode(),
        "sha256": source.sha256.encode(),
        "text": reading.source_text.encode(),
        "spans": reading.spans.encode(),
        "diagnostics": reading.diagnostics.encode(),
        "content": source.content,
    }
    for item in record.items:
        yield shared | _item(item)


def _item(item: ItemRecord) -> dict[str, object]:
    cited = [*item.claims_administrator.citations, *item.reviewer.citations]
    return {
        "kind": "item",
        "outcome": item.outcome or "",
        "basis": item.reviewer.basis.value,
        "treatment": [*item.treatments],
        "body_part": [*item.body_parts],
        "guideline": [each.slug for each in cited],
        **{column: get(item) or "" for column, get in _TEXTS.items()},
        "title": [each.guideline for each in cited],
        "section": [each.section or "" for each in cited],
        "raw": _ENCODE(item.raw),
        "facts": _ENCODE((item.position, item.laterality, item.quantity, item.service_dates, item.doubts)),
        "citations": _ENCODE((cited, item.mentions)),
    }
