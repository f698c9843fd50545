"""Plant an identifier of an invented person in letters, in ten forms, to measure the screen."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

from devtools.synthetic.letters import make_letter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

_GIVEN = ("Maria", "John", "Nguyen", "Latoya", "José", "Wei", "Priya", "Anne-Marie", "D'Andre", "Olga")
_FAMILY = ("Lopez", "Smith", "Tran", "Washington", "García", "O'Neil", "Patel", "van Dyke", "McAllister", "Ivanova")
_STREETS = (
    "Elm Street",
    "W. Oak Grove Ave",
    "Mission Blvd",
    "County Road",
    "Sunset Drive",
    "La Brea Avenue",
    "5th St.",
)
_LABELS = ("Employee", "Applicant", "Patient", "Claimant", "Injured Worker", "Employee Name", "Patient's Name")


class PlantedLetter(NamedTuple):
    """A letter's text, and the form of the identifier that was planted in it."""

    form: str
    text: str


def _name(dice: Random) -> str:
    given, family = dice.choice(_GIVEN), dice.choice(_FAMILY)
    name = dice.choice((f"{given} {family}", f"{family}, {given}", f"{given} {dice.choice('ABJR')}. {family}"))
    return name.upper() if dice.random() < 0.3 else name


def _digits(dice: Random, count: int) -> str:
    return "".join(dice.choice("0123456789") for _ in range(count))


def _birth(dice: Random) -> str:
    month, day, year = dice.randint(1, 12), dice.randint(1, 28), dice.randint(1940, 1999)
    return dice.choice((f"{month}/{day}/{year}", f"{month:02}-{day:02}-{year % 100:02}", f"March {day}, {year}"))


def _ssn(dice: Random) -> str:
    area, group, serial = _digits(dice, 3), _digits(dice, 2), _digits(dice, 4)
    return dice.choice((f"{area}-{group}-{serial}", f"SSN: {area}{group}{serial}", f"SSN xxx-xx-{serial}"))


def _phone(dice: Random) -> str:
    area, rest = f"{dice.randint(201, 799)}", f"555{dice.choice('-.')}{_digits(dice, 4)}"
    return dice.choice((f"({area}) {rest}", f"{area}-{rest}", f"Telephone: {area}.{rest}"))


# By form: a line for the header, or (where it begins with a blank) a sentence for the summary.
FORMS: dict[str, Callable[[Random], str]] = {
    "label": lambda dice: f"{dice.choice(_LABELS)}: {_name(dice)}",
    "re": lambda dice: f"{dice.choice(('RE', 'Re'))}: {_name(dice)}",
    "prose": lambda dice: (
        f" The {dice.choice(('injured worker', 'patient', 'claimant'))}, {_name(dice)}, was seen again."
    ),
    "ssn": _ssn,
    "phone": _phone,
    "email": lambda dice: f"{dice.choice(_GIVEN).lower()}.{_digits(dice, 3)}@example.{dice.choice(('com', 'org'))}",
    "address": lambda dice: f"{dice.randint(1, 29999)} {dice.choice(_STREETS)}, Fresno, CA 937{_digits(dice, 2)}",
    "birth": lambda dice: (
        f"{dice.choice(('DOB:', 'Date of Birth:', 'D.O.B.', ' The patient was born on'))} {_birth(dice)}"
    ),
    "claim": lambda dice: (
        f"Claim {dice.choice(('Number:', '#', 'No.', 'No:'))} "
        f"{dice.choice(('WC', '06', '30'))}{_digits(dice, 6)}-{_digits(dice, 4)}"
    ),
    "record": lambda dice: f"{dice.choice(('MRN:', 'Medical Record Number:', 'Chart #', 'MRN'))} {_digits(dice, 7)}",
}


def planted_letters(count: int, *, seed: int) -> Iterator[PlantedLetter]:
    """Yield letters with one identifier each, the forms by turns, in the header or in the summary."""
    dice = random.Random(seed)
    for index in range(count):
        form = [*FORMS][index % len(FORMS)]
        yield PlantedLetter(form, plant(make_letter(seed, index).text, FORMS[form](dice), dice))


def plant(text: str, identifier: str, dice: Random) -> str:
    """Return a letter's text with an identifier: a sentence at the end of a paragraph, or a line of its own."""
    lines = text.split("\n")
    if identifier.startswith(" "):
        ends = [number for number, line in enumerate(lines) if line.rstrip().endswith(".") and len(line) > 40]
        number = dice.choice(ends)
        lines[number] = lines[number].rstrip() + identifier
    else:
        lines.insert(dice.randint(0, min(5, len(lines))), identifier)
    return "\n".join(lines)
