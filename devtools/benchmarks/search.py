"""Measure the back end of one list page, compared with other engines: ``make bench WHAT=search ARGS="…"``.

    python -m devtools.benchmarks.search --letters 100000 --database sqlite
    python -m devtools.benchmarks.search --letters 1000000 --database postgresql --peers tantivy

Synthetic letters are ingested by the archive's own bulk path and kept in the work folder, so that a second run starts
at once; the peers are loaded from the same rows. All answers are compared before anything is timed. ``README.md``
explains the numbers.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from devtools.benchmarks.engines.questions import PAGE_SIZE, BenchmarkQuestion, Engine, NotAsked, without_zeros

SEED = 77
PEERS = ("tantivy", "duckdb", "datasette", "orm")
# An engine that takes longer than so many seconds for one answer is timed three times, and the report says so.
PATIENCE, IMPATIENT_ROUNDS = 5.0, 3
# Phrases among which the one is taken that stands nearest to 3 % of the items, and the rarest.
PHRASES = (
    "low back pain",
    "physical therapy",
    "lumbar spine",
    "epidural steroid injection",
    "urine drug screen",
    "functional improvement",
    "not recommended",
    "home exercise program",
    "rotator cuff tear",
    "interferential unit",
    "aquatic therapy",
    "functional capacity evaluation",
    "carpal tunnel release",
)
BROAD = "pain"


def main() -> None:
    """Load, compare, time and report."""
    arguments = _arguments()
    with ExitStack() as stack:
        name_database(arguments, stack)
        import django  # the settings read the database's address from the environment

        django.setup()
        loaded = load_archive(arguments)
        _load_peers(arguments)
        engines = _engines(arguments)
        questions = _questions()
        report = {
            "machine": _machine(),
            "letters": loaded | {"seed": SEED},
            "engines": {engine.name: engine.version for engine in engines},
            "memory": _memory(),
            "rows": [_row(question, engines, arguments.rounds) for question in questions],
            "pages": [_page(question, arguments.rounds) for question in questions],
        }
        report["memory"] |= {"after all questions, MB": _resident()}
    folder = Path(arguments.folder)
    name = f"search-{arguments.letters}-{arguments.database}"
    (folder / f"{name}.json").write_text(json.dumps(report, indent=2))
    (folder / f"{name}.md").write_text("\n".join(markdown(report)) + "\n")
    sys.stdout.write((folder / f"{name}.md").read_text())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the back end of one list page beside other engines.")
    parser.add_argument("--letters", type=int, default=100_000, help="letters to make (default: %(default)s)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--peers", default=",".join(PEERS), help="engines beside it (default: %(default)s; - for none)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds after the first (default: %(default)s)")
    parser.add_argument("--folder", default="var/bench", help="work folder, kept (default: %(default)s)")
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)), help="to load with")
    arguments = parser.parse_args()
    arguments.peers = [] if arguments.peers == "-" else arguments.peers.split(",")
    if unknown := set(arguments.peers) - set(PEERS):
        parser.error(f"There is no engine {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}.")
    if arguments.letters < 100 or arguments.rounds < 1:
        parser.error("--letters must be 100 or more, --rounds 1 or more.")
    return arguments


# --- loading ----------------------------------------------------------------------------------------------------------


def name_database(arguments: argparse.Namespace, stack: ExitStack) -> None:
    """Name the archive's database to Django: one in the work folder, or the server's that DATABASE_URL names."""
    folder = Path(arguments.folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if arguments.database == "sqlite":
        os.environ["DATABASE_URL"] = f"sqlite:///{folder / f'archive-{arguments.letters}.sqlite3'}"
    elif "postgres" not in os.environ.get("DATABASE_URL", ""):
        from devtools.testing.postgresql import kept_server  # only where a server is wanted

        os.environ["DATABASE_URL"] = stack.enter_context(kept_server(folder / f"postgresql-{arguments.letters}"))
    os.environ |= {"DJANGO_SETTINGS_MODULE": "imr_archive.settings", "ALLOWED_HOSTS": "testserver"}


def load_archive(arguments: argparse.Namespace, *, words: bool = True) -> dict[str, Any]:
    """Make and ingest the letters, unless the work folder has them; ``words``: store results of common words, too."""
    from django.core.management import call_command  # after django.setup()

    from imr_archive.models import Determination, DisputedItem, FacetIndex, FacetIndexPart
    from imr_archive.search.facets.rebuild import rebuild
    from imr_archive.search.facets.snapshot import read_state
    from imr_archive.search.facets.words.common import store_common_words
    from imr_archive.search.facets.words.stored import MATCHES

    call_command("migrate", verbosity=0)
    if not Determination.objects.exists():
        letters = Path(arguments.folder) / f"letters-{arguments.letters}.ndjson"
        if not letters.exists():
            with letters.open("w") as file:
                made = [sys.executable, "manage.py", "make_letters", str(arguments.letters), "--seed", str(SEED)]
                subprocess.run([*made, "--ndjson"], stdout=file, check=True)
        taken = [sys.executable, "manage.py", "ingest", str(letters), "--processes", str(arguments.processes)]
        subprocess.run(taken, check=True, stdout=subprocess.DEVNULL)
    if read_state("default").changed or not FacetIndex.objects.exists():
        rebuild()
    if words and not FacetIndexPart.objects.filter(index=FacetIndex.objects.first(), name__startswith=MATCHES).exists():
        began = time.monotonic()
        words = store_common_words()
        sys.stderr.write(f"{words} common words stored in {time.monotonic() - began:.0f} s\n")
    return {"determinations": Determination.objects.count(), "items": DisputedItem.objects.count()}


def _load_peers(arguments: argparse.Namespace) -> None:
    from devtools.benchmarks.engines.rows import rows
    from imr_archive.models import DisputedItem

    expected = DisputedItem.objects.count()
    for engine in _peers(arguments):
        if hasattr(engine, "load") and engine.size != expected:
            began = time.monotonic()
            engine.load(rows(arguments.processes))
            sys.stderr.write(f"{engine.name} loaded in {time.monotonic() - began:.0f} s\n")


def _peers(arguments: argparse.Namespace) -> list[Any]:
    threads = arguments.processes
    # Keys differ between the databases.
    folder = Path(arguments.folder) / f"peers-{arguments.letters}-{arguments.database}"
    made: dict[str, Callable[[], Any]] = {}
    if "tantivy" in arguments.peers:
        from devtools.benchmarks.engines.peer_tantivy import Tantivy  # of the bench group, which may not be installed

        made["tantivy"] = lambda: Tantivy(folder / "tantivy", threads)
    if "duckdb" in arguments.peers:
        from devtools.benchmarks.engines.peer_duckdb import DuckDB  # as above

        made["duckdb"] = lambda: DuckDB(folder / "duckdb", threads)
    if "datasette" in arguments.peers:
        from devtools.benchmarks.engines.peer_datasette import Datasette  # as above

        made["datasette"] = lambda: Datasette(folder / "datasette", threads)
    if "orm" in arguments.peers:
        from devtools.benchmarks.engines.peer_orm import NaiveOrm  # after django.setup()

        made["orm"] = NaiveOrm
    return [make() for make in made.values()]


def _engines(arguments: argparse.Namespace) -> list[Engine]:
    from devtools.benchmarks.engines.archive import ArchiveEngine  # after django.setup()

    own = [ArchiveEngine(arguments.database, stored=stored) for stored in (False, True)]
    return [*own, *_peers(arguments)]


def _questions() -> list[BenchmarkQuestion]:
    """Choose the questions; which phrases are common and rare is looked up in the archive."""
    from imr_archive.search.facets.selection import Selection
    from imr_archive.search.query.parser import parse_query
    from imr_archive.search.query.stems import stem, tokens_of

    everything = Selection.of_everything()
    shares = {phrase: everything.matching(parse_query(f'"{phrase}"')).size() / everything.size() for phrase in PHRASES}
    common = min(shares, key=lambda phrase: abs(shares[phrase] - 0.03))
    rare = min((phrase for phrase, share in shares.items() if share), key=shares.__getitem__)

    def words(phrase: str, name: str, **rest: Any) -> BenchmarkQuestion:
        return BenchmarkQuestion(f"“{phrase}” {name}", tuple(map(stem, tokens_of(phrase))), phrase, **rest)

    far = min(1_000, everything.size() // (2 * PAGE_SIZE))
    return [
        BenchmarkQuestion("no filter"),
        BenchmarkQuestion("three facets", chosen={"outcome": "upheld", "treatment": "pharmaceuticals", "year": "2015"}),
        words(BROAD, "newest"),
        words(BROAD, f"newest, page {far}", page=far),
        words(BROAD, "by relevance", by_relevance=True),
        words(common, f"({shares[common]:.1%}), newest"),
        words(common, f"({shares[common]:.1%}), by relevance", by_relevance=True),
        words(rare, f"({shares[rare]:.2%}), by relevance", by_relevance=True),
    ]


# --- timing -----------------------------------------------------------------------------------------------------------


def _row(question: BenchmarkQuestion, engines: Sequence[Engine], rounds: int) -> dict[str, Any]:
    """Compare the answers, then time the engines in turn; the first round is dropped."""
    first = {engine.name: _first(engine, question) for engine in engines}
    asked = [engine for engine in engines if first[engine.name] is not None]
    times: dict[str, list[float]] = {engine.name: [] for engine in asked}
    for _ in range(rounds):
        for engine in asked:
            slow = first[engine.name] > PATIENCE * 1000
            if not slow or len(times[engine.name]) < IMPATIENT_ROUNDS:
                times[engine.name].append(_timed(engine, question)[0])
    return {
        "question": question.name,
        "first answer, ms": first,
        "median, ms": {name: median(taken) for name, taken in times.items()},
        "rounds": {name: len(taken) for name, taken in times.items()},
    }


_answers: dict[str, Any] = {}


def _first(engine: Engine, question: BenchmarkQuestion) -> float | None:
    """Ask for the first time, and compare with what the others answered; None where an engine can't be asked."""
    try:
        taken, answer = _timed(engine, question)
    except NotAsked:
        return None
    # What scores best is each engine's own business; how much there is, is not.
    keys = () if question.by_relevance else answer.keys
    compared = (answer.total, without_zeros(answer.counts), keys)
    if compared != _answers.setdefault(question.name, compared):
        sys.exit(f"{engine.name} answers “{question.name}” otherwise than the engine before it; nothing was timed.")
    return taken


def _timed(engine: Engine, question: BenchmarkQuestion) -> tuple[float, Any]:
    prepare = getattr(engine, "prepare", None)
    if prepare:
        prepare()
    gc.collect()
    began = time.perf_counter()
    answer = engine.answer(question)
    return (time.perf_counter() - began) * 1000, answer


def _page(question: BenchmarkQuestion, rounds: int) -> dict[str, Any]:
    """Time the whole page through Django, and the same template with what it was given held."""
    from django.test import Client

    from imr_archive.search.facets.snapshot import current_snapshot
    from imr_archive.web.results import views

    client = Client(headers={"Accept-Encoding": "gzip"})
    address = f"/determinations/?{question.query_string}"

    def taken() -> float:
        began = time.perf_counter()
        assert client.get(address).status_code == 200  # noqa: S101 - a page that fails is not timed
        return (time.perf_counter() - began) * 1000

    pages = []

    def kept(*arguments: Any) -> Any:
        pages.append(made(*arguments))
        return pages[-1]

    made = views.list_page
    with patch.object(views, "list_page", kept):
        taken()
    real, again, canned = [], [], []
    for _ in range(max(rounds, 3)):
        current_snapshot().counts.clear()
        real.append(taken())
        again.append(taken())
        with patch.object(views, "list_page", lambda *arguments: pages[0]):
            canned.append(taken())
    return {
        "question": question.name,
        "page, ms": median(real),
        "page again, ms": median(again),
        "template alone, ms": median(canned),
    }


# --- report -----------------------------------------------------------------------------------------------------------


def _machine() -> dict[str, Any]:
    import sqlite3

    return {
        "python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "system": platform.platform(),
        "cores": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 2),
    }


def _memory() -> dict[str, Any]:
    """Return what the process holds before and after it has read the index."""
    from imr_archive.search.facets.snapshot import current_snapshot, forget_snapshots

    forget_snapshots()
    gc.collect()
    before = _resident()
    began = time.perf_counter()
    current_snapshot()
    return {
        "before the index, MB": before,
        "with the index, MB": _resident(),
        "index read in ms": round((time.perf_counter() - began) * 1000),
    }


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() >> 20


def markdown(report: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the report."""
    letters = report["letters"]
    rows = hashlib.sha256(json.dumps(report["letters"], sort_keys=True).encode()).hexdigest()[:12]
    yield f"{letters['determinations']:,} letters, {letters['items']:,} items, seed {letters['seed']} ({rows})"
    yield ""
    yield ", ".join(f"{name} {value}" for name, value in report["machine"].items())
    yield ""
    yield ", ".join(f"{name} {version}" for name, version in report["engines"].items())
    yield ""
    yield ", ".join(f"{name}: {value}" for name, value in report["memory"].items())
    yield ""
    names = [*report["engines"]]
    yield f"| question, median ms | {' | '.join(names)} |"
    yield "| --- |" + " ---: |" * len(names)
    for row in report["rows"]:
        cells = (_cell(row, name) for name in names)
        yield f"| {row['question']} | {' | '.join(cells)} |"
    yield ""
    yield "| question | whole page ms | its next page ms | template with held data ms | throughput beside it |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for page in report["pages"]:
        whole, again, template = page["page, ms"], page["page again, ms"], page["template alone, ms"]
        shares = f"{template / whole:.2f}, {template / again:.2f}"
        yield f"| {page['question']} | {whole:.1f} | {again:.1f} | {template:.1f} | {shares} |"
    yield ""
    yield f"| question, first answer ms | {' | '.join(names)} |"
    yield "| --- |" + " ---: |" * len(names)
    for row in report["rows"]:
        cells = (_number(row["first answer, ms"].get(name)) for name in names)
        yield f"| {row['question']} | {' | '.join(cells)} |"


def _cell(row: dict[str, Any], name: str) -> str:
    cell = _number(row["median, ms"].get(name))
    return f"{cell} ({row['rounds'][name]} rounds)" if row["rounds"].get(name) == IMPATIENT_ROUNDS else cell


def _number(milliseconds: float | None) -> str:
    if milliseconds is None:
        return "–"
    return (
        f"{milliseconds:,.0f}"
        if milliseconds >= 100
        else f"{milliseconds:.2g}"
        if milliseconds < 10
        else f"{milliseconds:.1f}"
    )


if __name__ == "__main__":
    main()
