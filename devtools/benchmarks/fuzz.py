"""Fuzz the parser: ``make fuzz SECONDS=60``.

Some inputs are random bytes, others are damaged synthetic letters (``devtools/testing/mutations.py``). The run fails on
an exception other than the two that ``parse_letter`` may raise, on a letter that takes longer than a second, and on
memory over the limit. Failing inputs are stored in ``var/fuzz``; ``python -m devtools.benchmarks.fuzz
var/fuzz/crash-…`` reads one again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["imr_archive.parsing"]):
    from imr_archive.errors import NotADetermination, SourceUnreadable
    from imr_archive.parsing.parser import parse_letter

from devtools.synthetic.letters import make_letter
from devtools.synthetic.page.shapes import shapes
from devtools.testing.mutations import encoded, mutated

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "var" / "fuzz"
SEEDS = ROOT / "tests" / "golden" / "letters"
MOST_SECONDS = 1.0
MOST_MEGABYTES = 1024
LONGEST_INPUT = 20_000
BYTES, LETTER = b"B", b"L"
LETTERS = tuple(make_letter(5, number).text for number in range(60))
SHAPES = tuple(shapes().values())


class TooSlow(Exception):
    """A letter took longer than it may."""


class FuzzerDice:
    """The fuzzer's bytes as dice, so that what it learns steers the damage."""

    def __init__(self, data: bytes) -> None:
        self._provider = atheris.FuzzedDataProvider(data)

    def randrange(self, stop: int, /) -> int:
        """Return a number below ``stop``; zero once the bytes are used up."""
        return int(self._provider.ConsumeIntInRange(0, stop - 1))


def letter_of(data: bytes) -> bytes:
    """Return the file that an input of the fuzzer stands for."""
    kind, data = data[:1], data[1:]
    if kind != LETTER:
        return data
    dice = FuzzerDice(data)
    text = LETTERS[dice.randrange(len(LETTERS))]
    text = mutated(text, LETTERS[dice.randrange(len(LETTERS))], dice, times=1 + dice.randrange(6))
    if dice.randrange(4) == 0:
        return SHAPES[dice.randrange(len(SHAPES))](text.encode(errors="replace").decode())
    return encoded(text, dice)


def parse_one(data: bytes) -> None:
    """Parse one input; raise whatever makes the run fail."""
    letter = letter_of(data)
    start = time.process_time()
    with suppress(NotADetermination, SourceUnreadable):
        parse_letter(letter)
    if time.process_time() - start > MOST_SECONDS:
        seconds = seconds_without_tracing(letter)
        if seconds > MOST_SECONDS:
            raise TooSlow(f"{len(letter)} bytes took {seconds:.1f} s.")


# Run in a process of its own: the fuzzer's tracing makes the parser several times slower.
TIMED = """
import sys, time
from imr_archive.errors import LetterError
from imr_archive.parsing.parser import parse_letter
letter = sys.stdin.buffer.read()
for _ in range(2):  # the first one loads the tables
    start = time.process_time()
    try:
        parse_letter(letter)
    except LetterError:
        pass
print(time.process_time() - start)
"""


def seconds_without_tracing(letter: bytes) -> float:
    """Return how long the parser takes over a letter when nobody watches it."""
    done = subprocess.run([sys.executable, "-c", TIMED], input=letter, stdout=subprocess.PIPE, cwd=ROOT, check=True)
    return float(done.stdout)


def write_seeds(folder: Path) -> None:
    """Start the corpus with the golden letters as they are and with dice for damaged ones."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in SEEDS.iterdir():
        if path.suffix in (".txt", ".pdf"):
            (folder / path.name).write_bytes(BYTES + path.read_bytes()[:LONGEST_INPUT])
    for number in range(64):
        (folder / f"damage-{number}").write_bytes(LETTER + bytes((number * step) % 256 for step in range(1, 80)))


def main() -> None:
    """Read the arguments and fuzz, or read one kept input again."""
    parser = argparse.ArgumentParser(description="Fuzz the parser.")
    parser.add_argument("--seconds", type=int, default=60, help="how long (default: %(default)s)")
    parser.add_argument("kept", nargs="*", type=Path, help="inputs to read once more instead")
    arguments = parser.parse_args()
    if arguments.kept:
        for path in arguments.kept:
            parse_one(path.read_bytes())
        return
    corpus = KEPT / "corpus"
    write_seeds(corpus)
    options = {
        "max_total_time": arguments.seconds,
        "max_len": LONGEST_INPUT,
        "len_control": 20,
        "timeout": 20,
        "rss_limit_mb": MOST_MEGABYTES,
        "artifact_prefix": f"{KEPT}/",
        "print_final_stats": 1,
        "verbosity": 0,
    }
    atheris.Setup([sys.argv[0], *(f"-{name}={value}" for name, value in options.items()), str(corpus)], parse_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
