"""Case numbers in any printed form become one canonical number, with the printed form kept."""

from __future__ import annotations

import pytest

from devtools.testing.letters import boxed_letter
from imr_archive.parsing.parser import parse_text, read_text

FORMS = [
    "CM16-0012345",
    "cm16-0012345",
    "Cm16-0012345",
    "CM16\u20130012345",
    "CM16\u20140012345",
    "CM16\u20110012345",
    "CM16\u20100012345",
    "CM16\u22120012345",
    "CM16_0012345",
    "CM16 0012345",
    "CM16 - 0012345",
    "CM16 \u2013 0012345",
    "CM 16-0012345",
    "CM-16-0012345",
    "CM160012345",
    "CM16-001 2345",
]


@pytest.mark.parametrize("printed", FORMS)
def test_a_case_number_is_read_in_any_form(printed: str) -> None:
    stated = read_text(boxed_letter(case_number=printed)).case_number
    assert stated is not None
    assert (stated.value, stated.raw) == ("CM16-0012345", printed)


@pytest.mark.parametrize("printed", ["CM16-001234", "CM16-00123456", "XCM16-0012345", "CM1-60012345"])
def test_other_numbers_are_no_case_numbers(printed: str) -> None:
    assert read_text(boxed_letter(case_number=printed)).case_number is None


@pytest.mark.parametrize("printed", ["CM16-0012345", "CM16\u20130012345", "cm16-0012345"])
def test_running_heads_tell_the_case_in_any_form(printed: str) -> None:
    head = f"Final Determination Letter for IMR Case Number {printed} 2"
    letter = boxed_letter(box=False).replace("CLINICAL CASE", f"\f{head}\nCLINICAL CASE")
    assert parse_text(letter).as_json(file="", sha256="")["case_number"] == "CM16-0012345"
