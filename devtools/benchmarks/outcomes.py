"""Measure pages of outcomes beside DuckDB: ``make bench WHAT=outcomes ARGS="…"``.

    python -m devtools.benchmarks.outcomes --letters 100000
    python -m devtools.benchmarks.outcomes --letters 40000 --times 25

Made letters are ingested as for ``WHAT=search``. ``--times`` repeats each letter in the facet index, which is all that
a page of outcomes reads: so a million letters need no million ingests. DuckDB counts the same rows, and each number is
compared before anything is timed.
"""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from devtools.benchmarks import search as loading

# A question, and what it is broken down by.
ASKED = (
    ("", "year", ""),
    ("", "treatment_service", ""),
    ("", "guideline_section", ""),
    ("", "specialty", ""),
    ("", "year", "guideline_source"),
    ("", "ca_guideline_source", "guideline_source"),
    ("", "treatment_service", "specialty"),
    ("", "guideline_section", "body_part"),
    ("", "year", "reason"),
    ("treatment=pharmaceuticals/opioid", "year", "guideline_source"),
    ("treatment=injection/epidural-steroid&sex=F", "guideline_section", "year"),
)


def main() -> None:
    """Load, compare, time and report."""
    parser = argparse.ArgumentParser(description="Measure pages of outcomes beside DuckDB.")
    parser.add_argument("--letters", type=int, default=100_000, help="letters to make (default: %(default)s)")
    parser.add_argument("--times", type=int, default=1, help="how often each is indexed (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds after the first (default: %(default)s)")
    parser.add_argument("--folder", default="var/bench", help="work folder, kept (default: %(default)s)")
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)), help="to load with")
    arguments = parser.parse_args()
    arguments.database = "sqlite"
    with ExitStack() as stack:
        loading.name_database(arguments, stack)
        import django  # the settings read the database's address from the environment

        django.setup()
        loading.load_archive(arguments, words=False)
        if arguments.times > 1:
            _repeat_index(arguments)
        lines = [*_report(arguments)]
    sys.stdout.write("\n".join(lines) + "\n")
    (Path(arguments.folder) / f"outcomes-{arguments.letters * arguments.times}.md").write_text("\n".join(lines) + "\n")


def _repeat_index(arguments: argparse.Namespace) -> None:
    """Store an index with each letter so many times, in a copy of the database; it is kept for the next run."""
    from django.db import connection  # after django.setup(), as below

    from devtools.benchmarks.engines.repeated import repeated
    from imr_archive.models import FacetIndex
    from imr_archive.search.facets.index.parts import store_part
    from imr_archive.search.facets.snapshot import current_snapshot, forget_snapshots

    source = Path(connection.settings_dict["NAME"])
    copy = source.with_stem(f"{source.stem}-times-{arguments.times}")
    is_there = copy.exists()
    connection.close()
    if not is_there:
        shutil.copyfile(source, copy)
    connection.settings_dict["NAME"] = str(copy)
    if not is_there:
        segment = repeated(current_snapshot().base, arguments.times)
        letters, items = len(segment.positions.letters.keys), len(segment.positions.item_keys)
        covers = FacetIndex.objects.latest("pk").covers
        stored = FacetIndex.objects.create(covers=covers, determinations=letters, items=items)
        for name, payload in segment.parts().items():
            store_part("default", stored.pk, name, payload)
    forget_snapshots()


def _report(arguments: argparse.Namespace) -> list[str]:
    from devtools.benchmarks.engines.duckdb_outcomes import DuckDBOutcomes  # of the bench group
    from imr_archive.search.facets.snapshot import current_snapshot

    segment = current_snapshot().base
    items, letters = len(segment.positions.item_keys), len(segment.positions.letters.keys)
    peer = DuckDBOutcomes(segment)
    lines = [
        f"{letters:,} letters, {items:,} items; medians of {arguments.rounds} rounds: processor time in ms, uncached, "
        f"one thread; {peer.version}",
        "",
        "| question | rows | split | figures | whole page | DuckDB, counts | DuckDB, counts and letter sums |",
        "|---|---|---|---|---|---|---|",
    ]
    for question, rows, split in ASKED:
        address = f"?{question}&rows={rows}&split={split}"
        numbers, figures = _figures(address)
        if not numbers:
            sys.exit(f"{address} finds no item: there is nothing to measure.")
        compared = peer.compared(question, rows, split, numbers)
        times = [
            _median(arguments.rounds, lambda address=address: _figures(address), forget=True),
            _median(arguments.rounds, lambda address=address: _page(address), forget=True),
            *(_median(arguments.rounds, each) for each in compared),
        ]
        shown = " | ".join(f"{each:.0f}" for each in times) + ("" if compared else " | – | –")
        lines.append(f"| {question or 'everything'} | {rows} | {split or '–'} | {shown} |")
        del figures
    return lines


def _figures(address: str) -> tuple[dict[tuple[str, ...], tuple[int, int]], Any]:
    from django.http import QueryDict  # after django.setup(), as below

    from imr_archive.web.outcomes.explorer import figures_of
    from imr_archive.web.outcomes.parameters import read_breakdown
    from imr_archive.web.outcomes.rows import OutcomeRows
    from imr_archive.web.question.search import search_of

    query = QueryDict(address[1:])
    search = search_of(query)
    figures = figures_of(OutcomeRows(search), read_breakdown(query.dict(), search.question))
    numbers = {(row.value,): (row.rate.part, row.rate.whole) for row in figures.rows}
    if figures.matrix:
        numbers = {
            (row.value, cell.row.value): (cell.row.rate.part, cell.row.rate.whole)
            for row, cells in figures.matrix.lines
            for cell in cells
        }
    return numbers, figures


@cache
def _client() -> Any:
    from django.test import Client  # after django.setup()

    return Client()


def _page(address: str) -> None:
    response = _client().get(f"/outcomes/{address}")
    if response.status_code != 200:
        sys.exit(f"/outcomes/{address} answers {response.status_code}.")


def _median(rounds: int, ask: Callable[[], Any], *, forget: bool = False) -> float:
    from imr_archive.search.facets.snapshot import current_snapshot  # after django.setup()

    taken = []
    for _ in range(rounds + 1):
        if forget:
            # What is computed once for a version of the data stays; what a question computed does not.
            current_snapshot().counts.clear()
        gc.collect()
        began = time.process_time()
        ask()
        taken.append((time.process_time() - began) * 1000)
    return median(taken[1:])


if __name__ == "__main__":
    main()
