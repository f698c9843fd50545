"""Measure the cost of parsing, compared with the simplest processing of the same text: ``make bench``.

    python -m devtools.benchmarks.parse                        synthetic letters
    python -m devtools.benchmarks.parse path/to/letters        the letters of a folder
    python -m devtools.benchmarks.parse --json

Everything is timed in one process. Each round runs all measures one after the other, so that a slow moment of the
machine affects all of them; the first round is a warm-up and is dropped. ``README.md`` explains the numbers.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import importlib
import json
import os
import pkgutil
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import imr_archive.parsing
from devtools.synthetic.letters import make_letter
from devtools.synthetic.page.pdf import render_pdf
from imr_archive.parsing.parser import PARSER_VERSION, outline, parse_text
from imr_archive.parsing.source.extraction import read_source

SEED, LETTERS, PDFS = 20, 200, 40
BASELINE, SECTIONS, WHOLE, PDF = "white space", "sections", "whole", "PDF text"
TARGETS = {SECTIONS: 8.0, WHOLE: 25.0}


@dataclass(frozen=True)
class BenchmarkLetters:
    """What is parsed: the texts, and the PDFs that their text was read from, or others like them."""

    origin: str
    texts: Sequence[str]
    pdfs: Sequence[bytes]

    @property
    def characters(self) -> int:
        """How long the texts are together."""
        return sum(map(len, self.texts))

    @property
    def digest(self) -> str:
        """A hash of the texts: the same hash, the same work."""
        return hashlib.sha256("\f".join(self.texts).encode(errors="replace")).hexdigest()[:16]


def made_letters() -> BenchmarkLetters:
    """Make letters, the same in every run of one version."""
    letters = [make_letter(SEED, number) for number in range(LETTERS)]
    return BenchmarkLetters(
        f"make_letters, seed {SEED}", [letter.text for letter in letters], [*map(render_pdf, letters[:PDFS])]
    )


def letters_of(folder: Path) -> BenchmarkLetters:
    """Read the letters of a folder."""
    contents = [path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in (".pdf", ".txt")]
    pdfs = [content for content in contents if content.startswith(b"%PDF")]
    return BenchmarkLetters(folder.name, [read_source(content).text for content in contents], pdfs)


# --- measures ---------------------------------------------------------------------------------------------------------


def fold_white_space(text: str) -> str:
    """Return the text with one space between words: the yardstick."""
    return " ".join(text.split())


def forget_letters() -> None:
    """Empty the parser's bounded caches, which remember letters; the unbounded ones hold its tables."""
    for module in pkgutil.walk_packages(imr_archive.parsing.__path__, "imr_archive.parsing."):
        for value in vars(importlib.import_module(module.name)).values():
            if hasattr(value, "cache_parameters") and value.cache_parameters()["maxsize"] is not None:
                value.cache_clear()


def seconds_of(work: Callable[[Any], object], inputs: Sequence[Any]) -> float:
    """Return the processor time of doing the work on every input once."""
    forget_letters()
    gc.collect()
    start = time.process_time()
    for each in inputs:
        work(each)
    return time.process_time() - start


def one_round(letters: BenchmarkLetters) -> dict[str, float]:
    """Measure everything once."""
    found = {
        BASELINE: seconds_of(fold_white_space, letters.texts),
        SECTIONS: seconds_of(outline, letters.texts),
        WHOLE: seconds_of(parse_text, letters.texts),
    }
    if letters.pdfs:
        found[PDF] = seconds_of(read_source, letters.pdfs)
    return found


def measure(letters: BenchmarkLetters, rounds: int) -> dict[str, Any]:
    """Return what the rounds say, the first one dropped."""
    found = [one_round(letters) for _ in range(rounds + 1)][1:]
    per_letter = {
        name: median(each[name] for each in found) / (len(letters.pdfs) if name == PDF else len(letters.texts))
        for name in found[0]
    }
    ratios = {name: median(each[name] / each[BASELINE] for each in found) for name in (SECTIONS, WHOLE)}
    return {
        "letters": {
            "origin": letters.origin,
            "texts": len(letters.texts),
            "pdfs": len(letters.pdfs),
            "characters": letters.characters,
            "sha256": letters.digest,
        },
        "machine": machine(),
        "rounds": rounds,
        "milliseconds_a_letter": {name: seconds * 1000 for name, seconds in per_letter.items()},
        "ratios": ratios,
        "targets": TARGETS,
    }


def machine() -> dict[str, Any]:
    """Return what a reader must know to compare the numbers with others."""
    return {
        "python": platform.python_version(),
        "parser": PARSER_VERSION,
        "pypdfium2": version("pypdfium2"),
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
    }


# --- report -----------------------------------------------------------------------------------------------------------


def markdown(result: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the report."""
    letters, facts = result["letters"], result["machine"]
    yield f"{letters['texts']} letters ({letters['origin']}), {letters['characters']:,} characters, {letters['sha256']}"
    yield ", ".join(f"{name} {value}" for name, value in facts.items()) + f"; median of {result['rounds']} rounds"
    yield ""
    yield "| measure | ms a letter | ratio | target |"
    yield "| --- | ---: | ---: | ---: |"
    for name in (BASELINE, SECTIONS, WHOLE, PDF):
        if name in result["milliseconds_a_letter"]:
            ratio = f"{result['ratios'][name]:.1f}" if name in result["ratios"] else ""
            target = f"{TARGETS[name]:g}" if name in TARGETS else ""
            yield f"| {name} | {result['milliseconds_a_letter'][name]:.3f} | {ratio} | {target} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what parsing costs.")
    parser.add_argument("folder", nargs="?", type=Path, help="letters to parse (default: made ones)")
    parser.add_argument("--rounds", type=int, default=9, help="rounds after the first (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of Markdown")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds must be 1 or more")
    letters = letters_of(arguments.folder) if arguments.folder else made_letters()
    result = measure(letters, arguments.rounds)
    sys.stdout.write(json.dumps(result, indent=2) if arguments.json else "\n".join(markdown(result)))
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
