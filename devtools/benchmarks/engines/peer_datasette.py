"""Datasette: SQLite with facets over HTTP, called in this process."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette as Server
from datasette.version import __version__

from devtools.benchmarks.engines.questions import (
    FACETS,
    MULTIPLE,
    PAGE_SIZE,
    Answer,
    BenchmarkQuestion,
    Counts,
    NotAsked,
    PeerRow,
)

# Longer than any of its answers may take: its own limits would end them with fewer facets.
_PATIENCE = 10 * 60 * 1000


class Datasette:
    """One table of items with a full-text index, each facet a column, those of several values as JSON arrays."""

    name = "Datasette"
    version = __version__

    def __init__(self, folder: Path, threads: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "bench.sqlite3"
        self._loop = asyncio.new_event_loop()
        self._server: Server | None = None
        self._threads = threads

    def load(self, rows: Iterable[PeerRow]) -> None:
        """Write the rows and their index."""
        database = sqlite3.connect(self._path)
        columns = ", ".join(FACETS)
        database.executescript(
            "PRAGMA journal_mode = off; PRAGMA synchronous = off;"
            f"CREATE TABLE items (key INTEGER, position INTEGER PRIMARY KEY, {columns}, own TEXT, summary TEXT);"
        )
        marks = ", ".join("?" * (len(FACETS) + 4))
        with database:
            database.executemany(f"INSERT INTO items VALUES ({marks})", map(_record, rows))
        database.executescript(
            'CREATE VIRTUAL TABLE items_fts USING fts5(own, summary, content="items", content_rowid="position",'
            " tokenize='unicode61');"
            "INSERT INTO items_fts(items_fts) VALUES ('rebuild');"
            + "".join(f"CREATE INDEX items_{name} ON items ({name});" for name in FACETS if name not in MULTIPLE)
        )
        database.close()

    @property
    def size(self) -> int:
        """How many items the table holds; 0 before it is loaded."""
        if not self._path.exists():
            return 0
        database = sqlite3.connect(self._path)
        try:
            return int(database.execute("SELECT count(*) FROM items").fetchone()[0])
        finally:
            database.close()

    def answer(self, question: BenchmarkQuestion) -> Answer:
        """Answer by its JSON pages: one for the list, and one for each chosen facet's own counts."""
        if question.by_relevance or question.offset:
            raise NotAsked
        return self._loop.run_until_complete(self._answered(question))

    async def _answered(self, question: BenchmarkQuestion) -> Answer:
        page = await self._page(question, question.chosen, question.counted_under()[None])
        counts = _counts(page)
        for name in question.chosen:
            counts |= _counts(await self._page(question, question.without(name), (name,)))
        return Answer(page["filtered_table_rows_count"], counts, tuple(row["key"] for row in page["rows"]))

    async def _page(self, question: BenchmarkQuestion, chosen: dict[str, str], facets: Iterable[str]) -> dict[str, Any]:
        server = self._server = self._server or self._started()
        asked = [("_sort_desc", "position"), ("_size", str(PAGE_SIZE)), ("_shape", "objects"), ("_facet_size", "max")]
        asked += [("_col", "key")]
        asked += [("_facet_array" if name in MULTIPLE else "_facet", name) for name in facets]
        for name, value in chosen.items():
            asked.append((f"{name}__arraycontains" if name in MULTIPLE else name, value))
        if question.words:
            asked.append(("_search", f'"{" ".join(question.words)}"'))
        response = await server.client.get(f"/bench/items.json?{urlencode(asked)}")
        response.raise_for_status()
        return json.loads(response.text)

    def _started(self) -> Server:
        limits = {
            "sql_time_limit_ms": _PATIENCE,
            "facet_time_limit_ms": _PATIENCE,
            "default_facet_size": 1_000,
            "max_returned_rows": 1_000,
            "suggest_facets": False,
            "num_sql_threads": self._threads,
        }
        return Server([str(self._path)], settings=limits)


def _record(row: PeerRow) -> tuple:
    facets = [json.dumps(row.facets[name]) if name in MULTIPLE else row.facets[name][0] for name in FACETS]
    return (row.key, row.position, *facets, row.own, row.summary)


def _counts(page: dict[str, Any]) -> Counts:
    found = page.get("facet_results", {})
    found = found.get("results", found)
    return {
        facet["name"]: {str(result["value"]): result["count"] for result in facet["results"]}
        for facet in found.values()
    }
