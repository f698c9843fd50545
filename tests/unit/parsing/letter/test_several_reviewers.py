"""Letters with several reviewers: the boards and licences of all are read, each once."""

from __future__ import annotations

import pytest

from devtools.testing.letters import boxed_letter
from imr_archive.parsing.parser import read_text

LISTS = [
    "The Expert Reviewer has the following credentials:",
    "State(s) of Licensure: California, Oregon",
    "Certification(s)/Specialty: Pain Management",
]
MORE = [
    "The Expert Reviewer has the following credentials:",
    "State(s) of Licensure: Texas, California",
    "Certification(s)/Specialty: Orthopedic Surgery",
]
FIRST = "The physician reviewer is Board Certified in Internal Medicine and is licensed to practice in Nevada."
SECOND = "The second physician reviewer is Board Certified in Neurology and is licensed to practice in Ohio and Texas."


@pytest.mark.parametrize(
    ("reviewer", "boards", "states"),
    [
        ([*LISTS, *MORE], ["Pain Management", "Orthopedic Surgery"], ["California", "Oregon", "Texas"]),
        ([*LISTS, *MORE[1:]], ["Pain Management", "Orthopedic Surgery"], ["California", "Oregon", "Texas"]),
        ([f"{FIRST} {SECOND}"], ["Internal Medicine", "Neurology"], ["Nevada", "Ohio", "Texas"]),
        ([FIRST, SECOND], ["Internal Medicine", "Neurology"], ["Nevada", "Ohio", "Texas"]),
        ([f"{FIRST} The physician reviewer is in active practice."], ["Internal Medicine"], ["Nevada"]),
        (LISTS, ["Pain Management"], ["California", "Oregon"]),
    ],
    ids=["two lists", "second list without its sentence", "prose", "prose apart", "no board again", "one list"],
)
def test_each_reviewer_is_read(reviewer: list[str], boards: list[str], states: list[str]) -> None:
    letter = read_text(boxed_letter(reviewer=reviewer))
    assert [each.value for each in letter.reviewer.certifications] == boards
    assert [each.value for each in letter.reviewer.states] == states
    assert not [each for each in letter.diagnostics if each.code.value in ("unknown-specialty", "unknown-state")]
