"""Damage letters, for the tests and the fuzzer of the parser.

The caller supplies the random source: a seeded ``random.Random``, hypothesis, or a fuzzer's bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from imr_archive.parsing.tables import load

T = TypeVar("T")

# A hostile run repeats what some rule looks for, so that it looks again and again.
FRAGMENTS = (
    *("a", "9", "-", "(", ".", " ", "\n", "\f", "\u00a0", "\u200b", "\u0130", "\U0001f600"),
    *("a ", "a, ", "A. ", "1/", "1-1-", "#9 ", "and ", " x 2", "Page 1\n", "2016, ", "mg/", ": "),
    *("45 year old ", "10/10/2016 ", "October 10, 2016 ", "On 10-10-2016 denied ", "utilization review ", "UR "),
    *("was the original request. ", "was authorized by the Claims Administrator. ", "The original request, "),
    *("The remaining IMR eligible portion of the original request, ", "leaving the original request IMR eligible. "),
    *("A cane: Upheld\n", ": Overturned ", "medically necessary. ", "is not medically necessary", "x.\n"),
    *("Decision based on MTUS ", "Decision based on Non-MTUS Citation ", "did not cite any medical evidence "),
    *("Section(s): ", "Low Back Complaints ", "Low Back Complaints 2004, Section(s): a, b, and ", "Chapter 12 "),
    *("Official Disability Guidelines (ODG) ", "ODG, Pain Chapter, ", "Integrated Treatment/Disability "),
    *("Page(s): 1-2, ", "Table 8-8 ", "www.", "http://www.example.com/a-", "(Acute & Chronic) ", "(updated 1/2/16) "),
    *("Final Determination Letter for IMR Case Number CM16-0900001 2\n", "CM16-0900001 ", "Standard "),
    *("Board Certified in ", "is licensed to practice in ", "Physical Medicine and Rehabilitation, ", "California, "),
    *("physical therapy ", "tramadol cream ", "bilateral L4-5 ", "electro- diagnostic ", "(left) ", "DOS: "),
)
HEADINGS = tuple(wording for table in load("headings").values() for row in table.values() if isinstance(row, list)
                 for wording in row)  # fmt: skip
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32")

LONGEST_RUN = 40_000
LONGEST = 200_000


class Randomness(Protocol):
    """What decides: ``randrange`` gives a number from 0 up to, but not including, ``stop``."""

    def randrange(self, stop: int, /) -> int: ...


def mutated(text: str, other: str, dice: Randomness, *, times: int) -> str:
    """Damage a letter several times; ``other`` is a letter to take pieces from."""
    for _ in range(times):
        text = _one_of(MUTATIONS, dice)(text, other, dice)[:LONGEST]
    return text


def encoded(text: str, dice: Randomness) -> bytes:
    """Encode a letter in some way, and now and then lose or change a byte of it."""
    data = text.encode(_one_of(ENCODINGS, dice), errors="replace")
    if dice.randrange(4) == 0:
        at = dice.randrange(len(data) + 1)
        data = data[:at] + bytes([dice.randrange(256)]) * dice.randrange(3) + data[at + dice.randrange(3) :]
    return data


def _one_of(values: tuple[T, ...], dice: Randomness) -> T:
    return values[dice.randrange(len(values))]


def _place(text: str, dice: Randomness) -> int:
    return dice.randrange(len(text) + 1)


def _line(text: str, dice: Randomness) -> tuple[int, int]:
    """Return where some line begins and where the next one does."""
    start = text.rfind("\n", 0, _place(text, dice)) + 1
    return start, text.find("\n", start) + 1 or len(text)


def _drop_a_line(text: str, other: str, dice: Randomness) -> str:
    start, end = _line(text, dice)
    return text[:start] + text[end:]


def _repeat_a_line(text: str, other: str, dice: Randomness) -> str:
    start, end = _line(text, dice)
    return text[:end] + text[start:end] * (1 + dice.randrange(300)) + text[end:]


def _swap_two_lines(text: str, other: str, dice: Randomness) -> str:
    (start, end), (later, last) = sorted((_line(text, dice), _line(text, dice)))
    return text if later < end else text[:start] + text[later:last] + text[end:later] + text[start:end] + text[last:]


def _join_lines(text: str, other: str, dice: Randomness) -> str:
    at = _place(text, dice)
    return text[:at] + text[at:].replace("\n", _one_of(("", " "), dice), 1 + dice.randrange(40))


def _insert_a_run(text: str, other: str, dice: Randomness) -> str:
    fragment = _one_of(FRAGMENTS, dice) + _one_of(("", "", *FRAGMENTS), dice)
    at = _place(text, dice)
    return text[:at] + fragment * (1 + dice.randrange(LONGEST_RUN // len(fragment))) + text[at:]


def _insert_a_heading(text: str, other: str, dice: Randomness) -> str:
    at = _place(text, dice)
    return text[:at] + _one_of(HEADINGS, dice) + text[at:]


def _insert_a_character(text: str, other: str, dice: Randomness) -> str:
    at = _place(text, dice)
    return text[:at] + chr(dice.randrange(0x11_0000)) + text[at:]


def _cut_out(text: str, other: str, dice: Randomness) -> str:
    start, end = sorted((_place(text, dice), _place(text, dice)))
    return text[:start] + text[end:]


def _splice(text: str, other: str, dice: Randomness) -> str:
    return text[: _place(text, dice)] + other[_place(other, dice) :]


def _repeat_a_stretch(text: str, other: str, dice: Randomness) -> str:
    start, end = sorted((_place(text, dice), _place(text, dice)))
    return text[:end] + text[start:end] * (1 + dice.randrange(20)) + text[end:]


MUTATIONS: tuple[Callable[[str, str, Randomness], str], ...] = (
    _drop_a_line,
    _repeat_a_line,
    _swap_two_lines,
    _join_lines,
    _insert_a_run,
    _insert_a_heading,
    _insert_a_character,
    _cut_out,
    _splice,
    _repeat_a_stretch,
)
