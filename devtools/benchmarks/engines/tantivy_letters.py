"""tantivy given letters: all that the archive stores of one, indexed and stored, in documents a letter and an item."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import tantivy

from imr_archive.ingest.pipeline.letter_rows import (
    DETERMINATION_COLUMNS,
    ITEM_COLUMNS,
    ITEM_TEXT_COLUMNS,
    ItemRows,
    LetterRows,
)
from imr_archive.ingest.sources.files import ReceivedFile

# As ``peer_tantivy``: more memory makes fewer segments.
_MEMORY = 1 << 30
_FACETS = ("kind", "case_number", "year", "outcome", "basis", "treatment", "body_part", "guideline")
_PRINTED = ("summary", *ITEM_TEXT_COLUMNS[:-1], "title", "section")
_KEPT = ("facts", "raw", "citations", "name", "sha256", "text", "spans", "diagnostics")
_OUTCOME, _BASIS = ITEM_COLUMNS.index("outcome"), ITEM_COLUMNS.index("reviewer_basis")
_DECIDED = DETERMINATION_COLUMNS.index("decision_date")


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

    def add(self, source: ReceivedFile, letter: LetterRows) -> None:
        """Add a letter with its items."""
        self.letters += 1
        for document in _documents(source, letter):
            self._writer.add_document(tantivy.Document(letter=self.letters, **document))

    def close(self) -> None:
        """Commit, and wait until the engine has merged what it wants to merge."""
        self._writer.commit()
        self._writer.wait_merging_threads()


def _documents(source: ReceivedFile, letter: LetterRows) -> Iterator[dict[str, object]]:
    decided = letter.facts[_DECIDED]
    summary, raw = letter.text
    shared = {"case_number": letter.case_number or "", "year": str(decided.year) if decided else ""}
    yield shared | {
        "kind": "letter",
        "summary": summary,
        "raw": raw.encode(),
        "facts": pickle.dumps((letter.facts, letter.profile)),
        "name": source.name.encode(),
        "sha256": source.sha256.encode(),
        "text": letter.source_text.encode(),
        "spans": letter.spans.encode(),
        "diagnostics": letter.diagnostics.encode(),
        "content": source.content,
    }
    for item in letter.items:
        yield shared | _item(item)


def _item(item: ItemRows) -> dict[str, object]:
    *texts, raw = item.text
    cited = [values for _, values in item.citations]
    return {
        "kind": "item",
        "outcome": item.facts[_OUTCOME],
        "basis": item.facts[_BASIS],
        "treatment": [slug for slug, _ in item.treatments],
        "body_part": [slug for slug, _ in item.body_parts],
        "guideline": [slug for slug, _ in item.citations],
        **dict(zip(ITEM_TEXT_COLUMNS, texts, strict=False)),
        "title": [values[2] for values in cited],
        "section": [values[3] for values in cited],
        "raw": raw.encode(),
        "facts": pickle.dumps(item.facts),
        "citations": pickle.dumps((item.citations, item.mentions)),
    }
