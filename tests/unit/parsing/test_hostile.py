"""No letter, however long and odd its lines, keeps the parser busy."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time

import pytest

from devtools.testing.letters import ISSUES, boxed_letter, item
from imr_archive import parsing
from imr_archive.parsing.citations.reader import read_reliance
from imr_archive.parsing.letter.markers import markers
from imr_archive.parsing.parser import read_text
from imr_archive.parsing.tables import load
from imr_archive.vocabulary import CitedBy

LONG = 10_000

# Far more than any pattern needs even on a slow machine, and far less than one takes that backtracks without bound.
SECONDS = 20

# Each is repeated to a long line of normalised text; none holds two spaces, as no normalised text does.
FRAGMENTS = [
    "a",
    "9",
    "-",
    "1/",
    "1-1-",
    "a ",
    "a, ",
    "and ",
    "45 year old ",
    "Page ",
    "utilization review ",
    "the original request ",
    "remaining IMR eligible ",
    "Claims Administrator ",
    "was authorized by the ",
    "medically necessary ",
    "Decision based on ",
    "MTUS guidelines in the ",
    "year old man ",
    "is not deemed ",
    "Final Determination Letter for IMR Case Number ",
    "ABC-0001",
    "A B C ",
    "FAX 01/02/2016 10:10AM ",
    "Case Number Received ",
    "Partially ",
]


def compiled_patterns() -> dict[str, re.Pattern[str]]:
    found = {
        f"headings.{table}.{word}": pattern
        for table in load("headings")
        if table != "layouts"
        for word, pattern in markers(table).items()
    }
    for module in pkgutil.walk_packages(parsing.__path__, f"{parsing.__name__}."):
        names = vars(importlib.import_module(module.name))
        found |= {f"{module.name}.{name}": value for name, value in names.items() if isinstance(value, re.Pattern)}
    return found


@pytest.mark.parametrize(("name", "pattern"), compiled_patterns().items(), ids=compiled_patterns())
def test_a_long_hostile_line_keeps_no_pattern_busy(name: str, pattern: re.Pattern[str]) -> None:
    for fragment in FRAGMENTS:
        line = (fragment * LONG)[:LONG]
        start = time.process_time()
        for _ in pattern.finditer(line):
            pass
        assert time.process_time() - start < SECONDS, f"{name} on {fragment!r}"


HOSTILE = {
    "headings": (ISSUES, f"{ISSUES}\n" + "x.\nremaining IMR eligible " * 3000 + ": Upheld\n"),
    "outcomes": (ISSUES, f"{ISSUES}\n" + ": Upheld\n" * 5000),
    "labels": (ISSUES, f"{ISSUES}\n" + "Claims Administrator guideline: " * 3000),
    "boards": ("Physical Medicine", "X and " * 5000 + "Physical Medicine"),
    "dates": ("The injured worker", "On 10-10-2016 denied " * 3000 + "The injured worker"),
    "case numbers": ("Case Number", "Case Number: CM 16 - 0 0 0 0 0 0 " * 5000 + "Case Number"),
    "letters": ("HOW THE IMR", "Case Number: x\nHOW THE IMR FINAL DETERMINATION WAS MADE\n" * 2000 + "HOW THE IMR"),
    "stamps": (ISSUES, "ABC-000001\n" * 5000 + ISSUES),
    "pages": (ISSUES, "DEF 000001 FAX 01/02/2016 10:10 1/2\f" * 5000 + ISSUES),
    "box": ("Case Number", "Case Number: Date Assigned: 10/10/2016 " * 2000 + "Case Number"),
    "spaces": ("The injured worker", " \n" * 50_000 + "The injured worker"),
}


@pytest.mark.parametrize(("marker", "instead"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_letter_is_parsed_like_any_other(marker: str, instead: str) -> None:
    text = boxed_letter()
    assert marker in text
    assert read_text(text.replace(marker, instead, 1)).source_text.startswith("Case Number")


def test_a_word_without_end_among_the_guidelines_is_parsed_like_any_other() -> None:
    start = time.process_time()
    reading = read_reliance("Decision based on MTUS " + "abcdefghij" * LONG, CitedBy.REVIEWER)
    assert [cited.slug for cited in reading.citations] == ["mtus"]
    assert time.process_time() - start < SECONDS


def test_hundreds_of_items_are_all_found() -> None:
    letter = read_text(boxed_letter(items=[item(f"Cane number {number}") for number in range(300)]))
    assert [each.description.value for each in letter.items] == [f"Cane number {number}" for number in range(300)]
