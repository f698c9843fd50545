"""DuckDB counts outcomes: one table of items, one of the values of each item, by SQL, on one thread."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import duckdb
import numpy as np

from imr_archive.analytics.axes import AXIS_BY_NAME
from imr_archive.search.facets.dimension import UNKNOWN
from imr_archive.search.facets.index.bits import positions_in
from imr_archive.search.facets.index.segment import Segment

Numbers = dict[tuple[str, ...], tuple[int, int]]

_COUNTS = """
    SELECT {places}, count(*) FILTER (WHERE items.overturned), count(*)
    FROM items {joins} WHERE items.stated {conditions} GROUP BY {places}
"""
# With the sums over letters from which the design effect is computed.
_SUMS = """
    SELECT {names}, sum(y), sum(n), count(*), sum(n * n), sum(y * y / n) FROM (
        SELECT {places}, letter, count(*) FILTER (WHERE items.overturned) AS y, count(*) AS n
        FROM items {joins} WHERE items.stated {conditions} GROUP BY {places}, letter
    ) GROUP BY {names}
"""


class DuckDBOutcomes:
    """The rows of a segment in DuckDB, in memory."""

    def __init__(self, segment: Segment) -> None:
        self.version = f"DuckDB {duckdb.__version__}"
        self._connection = duckdb.connect(config={"threads": 1})
        size = len(segment.positions.item_keys)
        flags = {}
        for outcome in ("overturned", "upheld"):
            flags[outcome] = np.zeros(size, dtype=bool)
            flags[outcome][positions_in(segment.values["outcome"][outcome])] = True
        item, letter = np.arange(size, dtype=np.int32), segment.positions.letter_of
        overturned, stated = flags["overturned"], flags["overturned"] | flags["upheld"]
        arrays = {"item": item, "letter": letter, "overturned": overturned, "stated": stated}
        self._connection.register("made", arrays)
        self._connection.execute("CREATE TABLE items AS SELECT * FROM made")
        for name, values in segment.values.items():
            bitmaps = {**values, **(segment.sections[name].bitmaps if name in segment.sections else {})}
            self._load(name, {slug: positions_in(each) for slug, each in bitmaps.items()})

    def _load(self, name: str, values: dict[str, Any]) -> None:
        codes = np.repeat(np.arange(len(values), dtype=np.int32), [len(each) for each in values.values()])
        items = np.concatenate([*values.values()]) if values else np.empty(0, dtype=np.uint32)
        order = np.argsort(items, kind="stable")
        self._connection.register("made", {"item": items[order].astype(np.int32), "code": codes[order]})
        slugs = np.array([*values] or [""], dtype=object)
        self._connection.register("named", {"code": np.arange(len(slugs), dtype=np.int32), "value": slugs})
        self._connection.execute(f"CREATE TABLE names_{name} AS SELECT * FROM named")
        self._connection.execute(f"CREATE TABLE has_{name} AS SELECT * FROM made")

    def compared(self, question: str, rows: str, split: str, numbers: Numbers) -> list[Callable[[], Any]]:
        """Return the two queries of a breakdown, once their numbers equal those given; none for shares of reasons."""
        axes = [AXIS_BY_NAME[each] for each in (rows, split) if each]
        if "reason" in (rows, split):
            return []
        joins, conditions = "", ""
        for place, axis in enumerate(axes):
            name, level = axis.dimension.name, axis.level
            joins += f" JOIN has_{name} v{place} ON v{place}.item = items.item"
            joins += f" JOIN names_{name} n{place} ON n{place}.code = v{place}.code"
            if level:
                conditions += f" AND length(n{place}.value) - length(replace(n{place}.value, '/', '')) = {level - 1}"
                conditions += f" AND n{place}.value <> '{UNKNOWN}'"
        for name, value in parse_qsl(question):
            having = f"SELECT item FROM has_{name} JOIN names_{name} USING (code) WHERE value = '{value}'"
            conditions += f" AND items.item IN ({having})"
        places = ", ".join(f"n{place}.value" for place in range(len(axes)))
        aliased = ", ".join(f"n{place}.value AS p{place}" for place in range(len(axes)))
        names = ", ".join(f"p{place}" for place in range(len(axes)))
        counts = _COUNTS.format(places=places, joins=joins, conditions=conditions)
        sums = _SUMS.replace("SELECT {places}, letter", "SELECT {aliased}, letter").format(
            places=places, aliased=aliased, names=names, joins=joins, conditions=conditions
        )
        found = {
            tuple(row[: len(axes)]): tuple(row[len(axes) :]) for row in self._connection.execute(counts).fetchall()
        }
        if wrong := {key: each for key, each in numbers.items() if found.get(key, (0, 0)) != each}:
            sys.exit(f"DuckDB counts {rows} and {split} otherwise; nothing was timed: {[*wrong.items()][:3]}")
        return [lambda query=query: self._connection.execute(query).fetchall() for query in (counts, sums)]
