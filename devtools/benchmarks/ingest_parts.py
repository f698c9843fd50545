"""Parts and peers of an ingest as separate programs: ``python -m devtools.benchmarks.ingest_parts PART …``.

Each prints its work and its seconds as JSON. ``devtools.benchmarks.ingest`` starts them and explains their purpose.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from itertools import islice
from pathlib import Path

from devtools.benchmarks.cost import Cost, cost_of
from devtools.benchmarks.engines.pdf_text import page_texts
from imr_archive.ingest.pipeline.pool import ParserPool
from imr_archive.ingest.pipeline.worker import read_content
from imr_archive.ingest.sources.files import ReceivedFile, receive
from imr_archive.ingest.sources.folders import Input
from imr_archive.letters.reading import Reading

# Letters that are held in memory, where parsing is no part of a measure.
SAMPLE = 20_000
_PDFS_AT_ONCE = 8

Read = tuple[ReceivedFile, Reading]


def main() -> None:
    """Do one part, and print how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("letters", type=Path)
    parser.add_argument("--processes", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--server", type=int, help="the process of the database's server")
    arguments = parser.parse_args()
    sys.stdout.write(json.dumps(asdict(PARTS[arguments.part](arguments))))


def _parsed(arguments: argparse.Namespace, *, vectors: bool = False) -> Iterator[Read]:
    """Read and parse the letters as an ingest does, in as many processes."""
    files = map(receive, Input([str(arguments.letters)]).sources())
    read = partial(read_content, vectors=vectors)
    with ParserPool(arguments.processes, lambda file: file.content, read) as pool:
        for ready in pool.parsed(files):
            if ready and isinstance(ready[1], Reading):
                yield ready[0], ready[1]


def _sample(arguments: argparse.Namespace, *, vectors: bool = False) -> list[Read]:
    found = list(islice(_parsed(arguments, vectors=vectors), SAMPLE))
    gc.collect()
    gc.freeze()
    return found


def _parse(arguments: argparse.Namespace) -> Cost:
    return cost_of(lambda: sum(1 for _ in _parsed(arguments)))


def _tantivy_from_text(arguments: argparse.Namespace) -> Cost:
    return cost_of(lambda: _into_tantivy(_parsed(arguments), arguments))


def _tantivy_from_rows(arguments: argparse.Namespace) -> Cost:
    letters = _sample(arguments)
    return cost_of(lambda: _into_tantivy(iter(letters), arguments))


def _into_tantivy(letters: Iterator[Read], arguments: argparse.Namespace) -> int:
    from devtools.benchmarks.engines.tantivy_letters import (
        TantivyLetters,  # of the bench group, which may not be installed
    )

    folder = arguments.folder / "tantivy-ingest"
    shutil.rmtree(folder, ignore_errors=True)
    index = TantivyLetters(folder, arguments.processes)
    for letter in letters:
        index.add(*letter)
    index.close()
    shutil.rmtree(folder)
    return index.letters


def _archive_from_rows(arguments: argparse.Namespace) -> Cost:
    """Let the archive's own writer store what is parsed already, with everything an ingest does after parsing."""
    letters = _sample(arguments, vectors="postgres" in os.environ["DATABASE_URL"])
    import django  # the settings read the database's address from the environment

    django.setup()
    from imr_archive.ingest.pipeline.tuning import writing_much
    from imr_archive.ingest.pipeline.writer import Writer
    from imr_archive.ingest.runs.runs import RunLog, run_start
    from imr_archive.letters.canonical import canonical_sync
    from imr_archive.search.facets.rebuild import rebuild_if_due

    def store() -> int:
        log = RunLog(run_start(arguments={}, started_by="benchmark"))
        log.take_up()
        writer = Writer(log, canonical_sync())
        with writing_much():
            stored = sum(1 for letter in letters for _ in writer.results_of(*letter)) + sum(1 for _ in writer.rest())
        rebuild_if_due()
        return stored

    return cost_of(store, arguments.server)


def _copy(arguments: argparse.Namespace) -> Cost:
    """Copy rows of the archive's tables, as text that the database made, into bare tables of the same columns."""
    import django  # as above

    django.setup()
    from django.db import connection

    from imr_archive.letters.source_letters import LETTERS
    from imr_archive.letters.writer import TABLES

    names = [table.model._meta.db_table for table in (*TABLES, LETTERS)]
    with connection.cursor() as cursor:
        rows = {}
        for name in names:
            with cursor.cursor.copy(f"COPY (SELECT * FROM {name} WHERE {_of_first(name)}) TO STDOUT") as copy:
                rows[name] = [bytes(block) for block in copy]
            cursor.execute(f"CREATE TABLE bare_{name} (LIKE {name})")

        def load() -> int:
            cursor.execute("BEGIN")
            for name, blocks in rows.items():
                with cursor.cursor.copy(f"COPY bare_{name} FROM STDIN") as copy:
                    for block in blocks:
                        copy.write(block)
            cursor.execute("COMMIT")
            cursor.execute("SELECT count(*) FROM bare_imr_archive_sourceletter")
            return int(cursor.fetchone()[0])

        return cost_of(load, arguments.server)


def _of_first(name: str) -> str:
    """Return the condition under which a row belongs to the first letters; keys begin at 1 in an empty database."""
    column = {
        "imr_archive_determination": "id",
        "imr_archive_determinationtext": "determination_id",
        "imr_archive_disputeditem": "determination_id",
        "imr_archive_sourceletter": "determination_id",
    }.get(name)
    if column:
        return f"{column} <= {SAMPLE}"
    return f"item_id IN (SELECT id FROM imr_archive_disputeditem WHERE determination_id <= {SAMPLE})"


def _pdf_text(arguments: argparse.Namespace) -> Cost:
    """Take the text out of PDFs with pypdfium2, and do nothing else."""
    paths = sorted(arguments.letters.glob("*.pdf"))

    def read() -> int:
        with ProcessPoolExecutor(arguments.processes) as pool:
            return sum(1 for _ in pool.map(page_texts, paths, chunksize=_PDFS_AT_ONCE))

    return cost_of(read)


PARTS: dict[str, Callable[[argparse.Namespace], Cost]] = {
    "parse": _parse,
    "tantivy-from-text": _tantivy_from_text,
    "tantivy-from-rows": _tantivy_from_rows,
    "archive-from-rows": _archive_from_rows,
    "copy": _copy,
    "pdf-text": _pdf_text,
}

if __name__ == "__main__":
    main()
