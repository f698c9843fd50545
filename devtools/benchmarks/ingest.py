"""Measure an ingest, compared with its parts and its peers: ``make bench WHAT=ingest ARGS="…"``.

    python -m devtools.benchmarks.ingest --letters 20000 --database sqlite
    python -m devtools.benchmarks.ingest --letters 1000000 --database postgresql

Measures run one after the other as separate programs, on the same synthetic letters and with the same number of
processes. An ingest is ``manage.py ingest`` into an empty database, which is deleted afterwards. ``README.md`` explains
the numbers.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from devtools.benchmarks.cost import Cost, Memory, cost_of, memory_of
from devtools.benchmarks.databases import DatabaseServer, empty_database, server

SEED = 77
TENTH, PDFS = "a tenth of the letters", "PDFs"
EVERYTHING, PLAIN = "ingest, everything", "ingest, no words indexed"
PARSING, STORING, COPYING = "parsing alone", "storing what is parsed", "raw COPY of the same rows"
TANTIVY, TANTIVY_ROWS, PDF_TEXT = "tantivy, from the text", "tantivy, from what is parsed", "pypdfium2 alone"


@dataclass(frozen=True)
class Ratio:
    """What the rate of one measure is divided by, and how high that should be."""

    of: str
    to: str
    target: float | None = None


RATIOS = (
    Ratio(PLAIN, COPYING, 0.5),
    Ratio(EVERYTHING, TANTIVY, 0.7),
    Ratio(STORING, TANTIVY_ROWS),
    Ratio(EVERYTHING, PARSING),
    Ratio(PLAIN, PARSING),
    Ratio(PDFS, PDF_TEXT, 0.8),
)
# Ten times the letters may cost so many times the time.
MOST_TIMES = 11
MOST_MEGABYTES = 1536


def main() -> None:
    """Measure, report and keep the report."""
    arguments = _arguments()
    folder = Path(arguments.folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    letters = _Letters(folder, arguments.letters, 0 if arguments.growth else arguments.pdfs)
    with server(arguments.database, folder) as database:
        measures = _Measures(database, letters, arguments.processes, growth_alone=arguments.growth)
        rounds = [measures.one_round() for _ in range(arguments.rounds)]
    report = {
        "machine": _machine(),
        "letters": {"made": arguments.letters, "PDFs": letters.pdfs, "seed": SEED, "database": arguments.database},
        "processes": arguments.processes,
        "rounds": arguments.rounds,
        "measures": {name: _median([found[name] for found in rounds]) for name in rounds[0]},
        "memory": {"peak, MB": measures.memory.peak, "curve": measures.memory.points()},
    }
    report["ratios"] = [*_ratios(report["measures"])]
    name = f"ingest-{arguments.letters}-{arguments.database}{'-growth' if arguments.growth else ''}"
    (folder / f"{name}.json").write_text(json.dumps(report, indent=2))
    (folder / f"{name}.md").write_text("\n".join(markdown(report)) + "\n")
    sys.stdout.write((folder / f"{name}.md").read_text())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure an ingest beside its parts and its peers.")
    parser.add_argument("--letters", type=int, default=20_000, help="letters to make (default: %(default)s)")
    parser.add_argument("--pdfs", type=int, default=5_000, help="PDFs to make; 0 for none (default: %(default)s)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)), help="to parse with")
    parser.add_argument("--rounds", type=int, default=1, help="medians of so many are printed (default: %(default)s)")
    parser.add_argument("--growth", action="store_true", help="only ingest a tenth and then all: time and memory")
    parser.add_argument("--folder", default="var/bench", help="work folder, kept (default: %(default)s)")
    arguments = parser.parse_args()
    if arguments.letters < 100 or arguments.pdfs < 0 or min(arguments.rounds, arguments.processes) < 1:
        parser.error("--letters must be 100 or more, --rounds and --processes 1 or more.")
    return arguments


class _Letters:
    """The letters, made once and kept: all, the first tenth of them, and PDFs."""

    def __init__(self, folder: Path, number: int, pdfs: int) -> None:
        self.folder, self.number, self.pdfs = folder, number, pdfs
        self.every = folder / f"letters-{number}.ndjson"
        self.tenth = folder / f"letters-{number}-tenth.ndjson"
        self.of_pdf = folder / f"pdfs-{pdfs}"
        if not self.every.exists():
            _make(number, self.every.with_suffix(".part"), "--ndjson")
            self.every.with_suffix(".part").rename(self.every)
        with self.every.open() as source, self.tenth.open("w") as target:
            target.writelines(islice(source, number // 10))
        if pdfs and not self.of_pdf.exists():
            _make(pdfs, self.of_pdf.with_suffix(".part"), "--pdf", "--to")
            self.of_pdf.with_suffix(".part").rename(self.of_pdf)


def _make(number: int, target: Path, *how: str) -> None:
    made = [sys.executable, "manage.py", "make_letters", str(number), "--seed", str(SEED)]
    subprocess.run([*made, *how, str(target)], check=True, stdout=subprocess.DEVNULL)


class _Measures:
    """Goes through all measures, and keeps the memory of the last ingest."""

    def __init__(self, database: DatabaseServer, letters: _Letters, processes: int, *, growth_alone: bool) -> None:
        self._database = database
        self._letters = letters
        self._processes = processes
        self._growth_alone = growth_alone
        self._on_postgresql = not database.address.startswith("sqlite")
        self._memories: dict[str, Memory] = {}

    @property
    def memory(self) -> Memory:
        """The memory of the last ingest of all letters with everything."""
        return self._memories[EVERYTHING]

    def one_round(self) -> dict[str, Cost]:
        """Measure everything once."""
        letters, address = self._letters, self._database.address
        found: dict[str, Cost] = {}
        with empty_database(address) as environment:
            found[TENTH] = self._ingested(TENTH, letters.tenth, letters.number // 10, environment)
        with empty_database(address) as environment:
            found[EVERYTHING] = self._ingested(EVERYTHING, letters.every, letters.number, environment)
        if self._growth_alone:
            return found
        with empty_database(address) as environment:
            found[STORING] = self._part("archive-from-rows", letters.every, environment)
        if self._on_postgresql:
            with empty_database(address, words_indexed=False) as environment:
                found[PLAIN] = self._ingested(PLAIN, letters.every, letters.number, environment)
                found[COPYING] = self._part("copy", letters.every, environment)
        found[PARSING] = self._part("parse", letters.every)
        found[TANTIVY] = self._part("tantivy-from-text", letters.every)
        found[TANTIVY_ROWS] = self._part("tantivy-from-rows", letters.every)
        if letters.pdfs:
            with empty_database(address) as environment:
                found[PDFS] = self._ingested(PDFS, letters.of_pdf, letters.pdfs, environment)
            found[PDF_TEXT] = self._part("pdf-text", letters.of_pdf)
        return found

    def _ingested(self, name: str, path: Path, letters: int, environment: dict[str, str]) -> Cost:
        command = [sys.executable, "manage.py", "ingest", str(path), "--processes", str(self._processes)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

        def ingest() -> int:
            memory = memory_of(command, env=environment, **quiet)
            self._memories[name] = memory
            return letters

        return cost_of(ingest, self._database.process)

    def _part(self, part: str, path: Path, environment: dict[str, str] | None = None) -> Cost:
        command = [sys.executable, "-m", "devtools.benchmarks.ingest_parts", part, str(path)]
        command += ["--processes", str(self._processes), "--folder", str(self._letters.folder)]
        if self._database.process:
            command += ["--server", str(self._database.process)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        return Cost(**json.loads(done.stdout))


def _median(found: Sequence[Cost]) -> dict[str, float]:
    seconds, processor = median(cost.seconds for cost in found), median(cost.processor for cost in found)
    letters = found[0].letters
    return {"letters": letters, "seconds": seconds, "processor": processor, "rate": letters / seconds}


def _ratios(measures: dict[str, dict[str, float]]) -> Iterator[dict[str, Any]]:
    for ratio in RATIOS:
        if ratio.of in measures and ratio.to in measures:
            of, to = measures[ratio.of], measures[ratio.to]
            work = (to["processor"] / to["letters"]) / (of["processor"] / of["letters"])
            found = {"found": of["rate"] / to["rate"], "found in processor time": work}
            yield {"ratio": f"{ratio.of} / {ratio.to}", **found, "target": ratio.target}


# --- report -----------------------------------------------------------------------------------------------------------


def _machine() -> dict[str, Any]:
    import sqlite3

    return {
        "python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "tantivy": version("tantivy"),
        "pypdfium2": version("pypdfium2"),
        "system": platform.platform(),
        "cores": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 2),
    }


def markdown(report: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the report."""
    letters, measures, memory = report["letters"], report["measures"], report["memory"]
    yield f"{letters['made']:,} letters, {letters['PDFs']:,} PDFs, seed {letters['seed']}, {letters['database']}"
    yield ""
    facts = report["machine"] | {"processes": report["processes"], "rounds": report["rounds"]}
    yield ", ".join(f"{name} {value}" for name, value in facts.items())
    yield ""
    yield "| measure | letters | seconds | letters a second | processor ms a letter |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for name, found in measures.items():
        work = 1000 * found["processor"] / found["letters"]
        yield f"| {name} | {found['letters']:,} | {found['seconds']:,.1f} | {found['rate']:,.0f} | {work:.2f} |"
    yield ""
    yield "| ratio of rates | found | in processor time | target |"
    yield "| --- | ---: | ---: | ---: |"
    for ratio in report["ratios"]:
        target = f"≥ {ratio['target']:g}" if ratio["target"] else ""
        yield f"| {ratio['ratio']} | {ratio['found']:.2f} | {ratio['found in processor time']:.2f} | {target} |"
    times, work = (measures[EVERYTHING][of] / measures[TENTH][of] for of in ("seconds", "processor"))
    yield f"| ten times the letters: times the seconds | {times:.1f} | {work:.1f} | ≤ {MOST_TIMES} |"
    yield ""
    yield f"Memory of all processes of the ingest: {memory['peak, MB']:,} MB at most (bound: {MOST_MEGABYTES:,})"
    yield ""
    yield f"| after, s | {' | '.join(f'{seconds:,.0f}' for seconds, _ in memory['curve'])} |"
    yield "| --- |" + " ---: |" * len(memory["curve"])
    yield f"| MB | {' | '.join(f'{megabytes:,}' for _, megabytes in memory['curve'])} |"


if __name__ == "__main__":
    main()
