"""tantivy: a full-text engine with columnar fields for facets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import tantivy

from devtools.benchmarks.engines.questions import FACETS, PAGE_SIZE, Answer, BenchmarkQuestion, Counts, PeerRow

_MEMORY = 1 << 30


class Tantivy:
    """An index of items with a field a facet, asked once for the page and once for each narrowing's counts."""

    name = "tantivy"
    version = tantivy.__version__

    def __init__(self, folder: Path, threads: int) -> None:
        self._folder = folder
        self._threads = threads
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("key", stored=True)
        builder.add_integer_field("position", fast=True)
        for name in FACETS:
            builder.add_text_field(name, tokenizer_name="raw", fast=True, index_option="basic")
        for name in ("own", "summary"):
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
        self._schema = builder.build()
        folder.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(self._schema, str(folder))
        self._searcher = self._index.searcher()

    def load(self, rows: Iterable[PeerRow]) -> None:
        """Index the rows, and wait until the engine has merged what it wants to merge."""
        writer = self._index.writer(_MEMORY, self._threads)
        for row in rows:
            facets = {name: list(row.facets[name]) for name in FACETS}
            writer.add_document(
                tantivy.Document(key=row.key, position=row.position, own=row.own, summary=row.summary, **facets)
            )
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    @property
    def size(self) -> int:
        """How many items are indexed."""
        return int(self._searcher.num_docs)

    def answer(self, question: BenchmarkQuestion) -> Answer:
        """Answer from the index."""
        query = self._query(question, question.chosen)
        if question.by_relevance:
            found = self._searcher.search(query, PAGE_SIZE, count=True, offset=question.offset)
        else:
            found = self._searcher.search(
                query, PAGE_SIZE, count=True, offset=question.offset, order_by_field="position"
            )
        keys = tuple(self._searcher.doc(address)["key"][0] for _, address in found.hits)
        counts: Counts = {}
        for left_out, names in question.counted_under().items():
            narrowed = query if left_out is None else self._query(question, question.without(left_out))
            asked = {name: {"terms": {"field": name, "size": 1_000}} for name in names}
            for name, found_values in self._searcher.aggregate(narrowed, asked).items():
                counts[name] = {bucket["key"]: bucket["doc_count"] for bucket in found_values["buckets"]}
        return Answer(found.count, counts, keys)

    def _query(self, question: BenchmarkQuestion, chosen: dict[str, str]) -> tantivy.Query:
        must = [
            (tantivy.Occur.Must, tantivy.Query.term_query(self._schema, name, value, "basic"))
            for name, value in chosen.items()
        ]
        if question.words:
            ways = [(tantivy.Occur.Should, self._words(field, question.words)) for field in ("own", "summary")]
            must.append((tantivy.Occur.Must, tantivy.Query.boolean_query(ways)))
        return tantivy.Query.boolean_query(must) if must else tantivy.Query.all_query()

    def _words(self, field: str, words: tuple[str, ...]) -> tantivy.Query:
        if len(words) == 1:
            return tantivy.Query.term_query(self._schema, field, words[0], "freq")
        return tantivy.Query.phrase_query(self._schema, field, list(words))
