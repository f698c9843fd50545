"""DuckDB: a column store that finds words by scanning all text."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import duckdb

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

SINGLE = tuple(name for name in FACETS if name not in MULTIPLE)
_BETWEEN_VALUES = "|"


class DuckDB:
    """One table of items, its facets of several values as lists."""

    name = "DuckDB"
    version = duckdb.__version__

    def __init__(self, folder: Path, threads: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._database = duckdb.connect(str(folder / "archive.duckdb"), config={"threads": threads})

    def load(self, rows: Iterable[PeerRow]) -> None:
        """Bring the rows in by way of a file, which is the quickest."""
        path = self._folder / "rows.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            for row in rows:
                facets = [_BETWEEN_VALUES.join(row.facets[name]) for name in FACETS]
                writer.writerow([row.key, row.position, *facets, f" {row.own} ", f" {row.summary} "])
        columns = {"key": "BIGINT", "position": "BIGINT", **dict.fromkeys((*FACETS, "own", "summary"), "VARCHAR")}
        lists = ", ".join(f"string_split({name}, '{_BETWEEN_VALUES}') AS {name}" for name in sorted(MULTIPLE))
        self._database.execute(
            f"CREATE OR REPLACE TABLE items AS SELECT * REPLACE ({lists}) FROM read_csv(?, columns = {columns}, "
            "header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', max_line_size = 20000000)",
            [str(path)],
        )
        path.unlink()

    @property
    def size(self) -> int:
        """How many items the table holds; 0 before it is loaded."""
        tables = self._database.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'items'").fetchone()
        if not tables or not tables[0]:
            return 0
        counted = self._database.execute("SELECT count(*) FROM items").fetchone()
        return int(counted[0]) if counted else 0

    def answer(self, question: BenchmarkQuestion) -> Answer:
        """Answer by reading the columns."""
        if question.by_relevance:
            raise NotAsked
        condition, values = self._condition(question, question.chosen)
        total = self._rows(f"SELECT count(*) FROM items WHERE {condition}", values)[0][0]
        page = f"ORDER BY position DESC LIMIT {PAGE_SIZE} OFFSET {question.offset}"
        keys = self._rows(f"SELECT key FROM items WHERE {condition} {page}", values)
        counts: Counts = {}
        for left_out, names in question.counted_under().items():
            chosen = question.chosen if left_out is None else question.without(left_out)
            condition, values = self._condition(question, chosen)
            for name in names:
                value = f"unnest({name})" if name in MULTIPLE else name
                counted = f"SELECT {value} AS value, count(*) FROM items WHERE {condition} GROUP BY value"
                counts[name] = dict(self._rows(counted, values))
                counts[name].pop("", None)
        return Answer(total, counts, tuple(key for (key,) in keys))

    def _condition(self, question: BenchmarkQuestion, chosen: dict[str, str]) -> tuple[str, list[str]]:
        conditions, values = ["true"], []
        for name, value in chosen.items():
            conditions.append(f"list_contains({name}, ?)" if name in MULTIPLE else f"{name} = ?")
            values.append(value)
        if question.words:
            conditions.append("(contains(own, ?) OR contains(summary, ?))")
            values += [f" {' '.join(question.words)} "] * 2
        return " AND ".join(conditions), values

    def _rows(self, sql: str, values: list[str]) -> list[tuple]:
        return self._database.execute(sql, values).fetchall()
