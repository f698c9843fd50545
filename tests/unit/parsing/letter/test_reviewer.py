"""What the parser makes of the reviewer: a profile of boards and licences."""

from __future__ import annotations

import pytest

from devtools.testing.letters import boxed_letter
from imr_archive.parsing.letter.reviewer import licence_state, specialty
from imr_archive.parsing.parser import read_text
from imr_archive.parsing.results import Credential, ReviewerProfile
from imr_archive.parsing.tables import load
from imr_archive.vocabulary import DiagnosticCode


def profile(*lines: str) -> ReviewerProfile:
    return read_text(boxed_letter(reviewer=lines)).reviewer


def values(credentials: tuple[Credential, ...]) -> list[str]:
    return [credential.value for credential in credentials]


@pytest.mark.parametrize("states", ["Ohio, West Virginia, California", "Ohio,West Virginia,California"])
def test_licences_are_listed_with_and_without_a_space_after_the_comma(states: str) -> None:
    found = profile(f"State(s) of Licensure: {states}", "Certification(s)/Specialty: Family Practice")
    assert values(found.states) == ["Ohio", "West Virginia", "California"]
    assert values(found.certifications) == ["Family Practice"]


def test_lists_wrap_over_lines_and_may_run_into_the_next_heading() -> None:
    found = profile(
        "State(s) of Licensure: California, New ",
        "York, Texas",
        "Certification(s)/Specialty: Occupational Medicine, Public Health & ",
        "General Preventive Medicine",
    )
    assert values(found.states) == ["California", "New York", "Texas"]
    assert values(found.certifications) == ["Occupational Medicine", "Public Health & General Preventive Medicine"]
    glued = boxed_letter().replace("Pain Management\n", "Pain Management ")
    assert values(read_text(glued).reviewer.certifications)[-1] == "Pain Management"


@pytest.mark.parametrize(
    ("sentence", "certifications", "subspecialties", "states"),
    [
        (
            "The physician reviewer is Board Certified in Internal Medicine and is licensed to practice in California.",
            ["Internal Medicine"],
            [],
            ["California"],
        ),
        (
            "The expert reviewer is Board Certified in Physical Medicine and Rehabilitation, has a subspecialty in "
            "Pain Management, and is licensed to practice in California and Nevada.",
            ["Physical Medicine & Rehabilitation"],
            ["Pain Management"],
            ["California", "Nevada"],
        ),
        (
            "The physician reviewer is Board Certified in Family Practice and Sports Medicine, and is licensed to "
            "practice in North Carolina, Georgia, and Texas.",
            ["Family Practice", "Sports Medicine"],
            [],
            ["North Carolina", "Georgia", "Texas"],
        ),
        ("The expert reviewer is a Chiropractor and is licensed to practice in Ohio.", ["Chiropractor"], [], ["Ohio"]),
        ("The physician reviewer is licensed to practice in Utah.", [], [], ["Utah"]),
    ],
)
def test_the_older_prose_form_is_read(
    sentence: str, certifications: list[str], subspecialties: list[str], states: list[str]
) -> None:
    found = profile(sentence)
    assert values(found.certifications) == certifications
    assert values(found.subspecialties) == subspecialties
    assert values(found.states) == states


def test_british_spellings_stand_as_printed_and_mean_the_same_specialty() -> None:
    (found,) = profile("Certification(s)/Specialty: Orthopaedic Surgery").certifications
    assert (found.value, found.slug, found.name) == ("Orthopaedic Surgery", "orthopedic-surgery", "Orthopedic Surgery")


def test_junk_after_a_known_name_is_dropped() -> None:
    (found,) = profile("Certification(s)/Specialty: Sports Medicinex").certifications
    assert (found.value, found.raw) == ("Sports Medicine", "Sports Medicinex")


def test_a_name_may_hold_a_comma_or_an_and() -> None:
    found = profile("Certification(s)/Specialty: Endocrinology, Diabetes, and Metabolism, Allergy and Immunology")
    assert [each.slug for each in found.certifications] == ["endocrinology", "allergy-immunology"]


def test_names_that_are_not_in_our_tables_stand_as_printed_and_are_remarked_on() -> None:
    letter = read_text(
        boxed_letter(reviewer=["State(s) of Licensure: Ruritania", "Certification(s)/Specialty: Space Medicine"])
    )
    assert values(letter.reviewer.states) == ["Ruritania"]
    assert values(letter.reviewer.certifications) == ["Space Medicine"]
    assert letter.reviewer.states[0].slug is None
    codes = {remark.code for remark in letter.diagnostics}
    assert {DiagnosticCode.UNKNOWN_STATE, DiagnosticCode.UNKNOWN_SPECIALTY} <= codes


def test_a_letter_that_says_nothing_of_its_reviewer_is_remarked_on() -> None:
    letter = read_text(boxed_letter(reviewer=()))
    assert letter.reviewer == ReviewerProfile()
    assert DiagnosticCode.REVIEWER_MISSING in {remark.code for remark in letter.diagnostics}


def test_the_sentences_that_every_letter_has_are_claimed() -> None:
    prose = "The physician reviewer is Board Certified in Family Practice and is licensed to practice in Ohio."
    assert read_text(boxed_letter(reviewer=[prose])).unclaimed == ()
    assert read_text(boxed_letter()).unclaimed == ()


def test_postal_codes_and_other_forms_name_states() -> None:
    names = [entry.name for entry in map(licence_state, ("CA", "Washington D.C.", "N. Carolina")) if entry]
    assert names == ["California", "District of Columbia", "North Carolina"]


@pytest.mark.parametrize(("table", "lookup"), [("specialties", specialty), ("states", licence_state)])
def test_every_row_is_found_by_each_of_its_names(table: str, lookup) -> None:
    rows = load(table)[table]
    assert len({row["slug"] for row in rows}) == len(rows)
    for row in rows:
        for name in (row["name"], *row.get("variants", ())):
            assert lookup(name).slug == row["slug"], f"{name} is claimed by two rows"
