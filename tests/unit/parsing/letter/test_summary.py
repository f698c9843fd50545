"""What the parser makes of the clinical summary: worker, dates, and what contradicts the box."""

from __future__ import annotations

import pytest

from devtools.testing.letters import boxed_letter
from imr_archive.parsing.parser import parse_text, read_text
from imr_archive.vocabulary import DiagnosticCode


def told(summary: str, *, box: bool = False) -> dict[str, object]:
    return parse_text(boxed_letter(summary=summary, box=box)).as_json(file="", sha256="")


@pytest.mark.parametrize(
    ("opening", "age", "sex"),
    [
        ("The injured worker is a 65 year old male with a sore back.", 65, "M"),
        ("This case involves a now 36-year-old female with a sore back.", 36, "F"),
        ("This case involves a now 52- year-oldfemale with a sore back.", 52, "F"),
        ("This 41-year-old right-hand dominant woman fell.", 41, "F"),
        ("The injured worker is a(n) 57 year old male, who fell.", 57, "M"),
        ("The patient is a 45 y/o gentleman.", 45, "M"),
        ("The patient is a 45 y.o. gentleman.", 45, "M"),
        ("The patient is a 38 yo F who fell.", 38, "F"),
        ("The patient is 38 y/o, M.D.s have seen her.", 38, None),
        ("The patient, who is 45 years of age, is female.", 45, "F"),
        ("The patient is treated by a woman.", None, None),
        ("The injured worker is a female who fell.", None, "F"),
        ("The applicant is a  employee who was hit by a man.", None, None),
        ("The claimant is a 30 year old who was pushed by a woman.", 30, None),
        ("The worker has a 20 year old injury.", None, None),
        ("Nothing is told of the worker.", None, None),
    ],
)
def test_the_opening_tells_age_and_sex(opening: str, age: int | None, sex: str | None) -> None:
    assert told(opening)["worker"] == {"age": age, "sex": sex}


@pytest.mark.parametrize(
    "opening",
    [
        "She sustained an industrial injury on 10/5/2016.",
        "He has a date of injury of October 5, 2016.",
        "There is a history of an occupational claim from 10-05-16.",
        "The worker was hurt on 10-5-2016.",
        "The industrial injury date is 10- 05-2016.",
        "A claim for pain reportedly associated with an industrial injury of Oct. 5, 2016 was filed.",
    ],
)
def test_without_a_box_the_summary_dates_the_injury(opening: str) -> None:
    assert told(opening)["dates"]["injury"] == "2016-10-05"


@pytest.mark.parametrize(
    "sentence",
    [
        "The 3/6/14 utilization review denied the request.",
        "A utilization review determination dated March 6, 2014 recommends non-certification.",
        "In a Utilization Review Report of March 6, 2014, the request was denied.",
        "On 03-06-2014, the original Utilization Review (UR) denied the request.",
        "The UR (3-6-14) denied the request.",
        "On 3/6/2014 the request for a cane was non-certified by utilization review.",
        "The request was denied by Utilization Review on March 6, 2014.",
    ],
)
def test_without_a_box_the_summary_dates_the_denial_where_it_plainly_says_so(sentence: str) -> None:
    assert told(f"He fell in June. {sentence}")["dates"]["ur_decision"] == "2014-03-06"


@pytest.mark.parametrize(
    "sentence",
    [
        "On 3/6/2014 a request was received that was denied by utilization review.",
        "The utilization review denied the request of 3/6/2014.",
        "A progress note of 3/6/2014 says so.",
        "The UR dated 3/6/2014 and the UR dated 4/6/2014 disagree.",
    ],
)
def test_a_date_that_is_not_plainly_the_denial_is_none(sentence: str) -> None:
    assert told(sentence)["dates"]["ur_decision"] is None


def test_the_box_wins_over_the_summary_with_a_warning() -> None:
    letter = told("He was injured in an industrial injury on 01-02-2015. The UR dated 1-9-15 denied it.", box=True)
    assert (letter["dates"]["injury"], letter["dates"]["ur_decision"]) == ("2016-03-09", "2016-07-22")
    assert [each["code"] for each in letter["warnings"]] == [DiagnosticCode.SUMMARY_CONTRADICTS_BOX] * 2


@pytest.mark.parametrize("printed", ["May 3, 3015", "June 4, 20216", "02/30/2016"])
def test_impossible_dates_are_remarked_on_where_they_stand(printed: str) -> None:
    text = boxed_letter(summary=f"A 40 year old man has an injury of {printed} on file.")
    (remark,) = (each for each in read_text(text).diagnostics if each.code is DiagnosticCode.DATE_OUT_OF_RANGE)
    assert remark.span is not None
    assert text[slice(*remark.span)] == printed


def test_a_summary_keeps_its_paragraphs_and_loses_its_line_ends() -> None:
    paragraphs = [
        "The worker fell from a ladder that leaned on a wet wall. " * 4 + "He rested.",
        "Then he healed. " * 9 + "So be it.",
    ]
    summary = read_text(boxed_letter(summary=paragraphs)).clinical_summary
    assert summary is not None
    assert summary.value == "\n\n".join(paragraphs)


def test_a_summary_cut_in_mid_sentence_is_kept_and_remarked_on() -> None:
    letter = told("He fell. An earlier note of")
    assert letter["clinical_summary"] == "He fell. An earlier note of"
    assert DiagnosticCode.SUMMARY_CUT in {each["code"] for each in letter["warnings"]}


def test_a_hyphen_at_a_line_end_joins_its_word() -> None:
    text = boxed_letter(summary="XX").replace(
        "XX", "The request was non-\ncertified on 10-11-\n2016, two- \nand three-level."
    )
    summary = read_text(text).clinical_summary
    assert summary is not None
    assert summary.value == "The request was non-certified on 10-11-2016, two- and three-level."
