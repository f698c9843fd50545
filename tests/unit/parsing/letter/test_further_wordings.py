"""Outcomes, reviewers and openings of summaries in wordings that were not met when their rules were written."""

from __future__ import annotations

import re

import pytest

from devtools.synthetic.letters import Making, make_letter
from imr_archive.parsing.parser import parse_text

BOXED = make_letter(5, 3, Making(layout="boxed")).text
NOTICE = make_letter(5, 8, Making(layout="notice")).text
CREDENTIALS = re.search(r"The Expert Reviewer has the following credentials:\n.*?\n\n", BOXED, re.DOTALL)[0]
DISCLAIMER = re.search(r"Disclaimer: [^:]*:\s*\n", NOTICE)[0]


@pytest.mark.parametrize(
    "printed",
    [
        *("Partially Overturned", "Overturned in part", "Upheld in part", "Partially Upheld", "Overturned (modified)"),
        *("Partly overturned", "Overturned, in part", "Upheld/Overturned", "Upheld, modified", "Upheld (in part)"),
        *("Not Upheld", "Upheld and Overturned", "Overturned in Part, Upheld in Part", "Upheld - Partially"),
    ],
)
def test_an_outcome_that_is_neither_is_none(printed: str) -> None:
    text = re.sub(r": (?:Upheld|Overturned)\n", f": {printed}\n", BOXED, count=1)
    assert parse_text(text).record.items[0].outcome is None


def listed(states: str, board: str) -> str:
    return f"State(s) of Licensure: {states}\nCertification(s)/Specialty: {board}\n"


@pytest.mark.parametrize(
    ("printed", "boards"),
    [
        (
            f"The Expert Reviewer has the following credentials:\n{listed('California', 'Neurology')}\n"
            f"The second Expert Reviewer has the following credentials:\n{listed('Nevada', 'Pain Management')}\n",
            ("Neurology", "Pain Management"),
        ),
        (
            f"Reviewer 1\n{listed('California', 'Neurology')}Reviewer 2\n{listed('Nevada', 'Chiropractic')}\n",
            ("Neurology", "Chiropractic"),
        ),
        (
            f"Expert Reviewer A: {listed('California', 'Internal Medicine')}"
            f"Expert Reviewer B: {listed('Nevada', 'Psychology')}\n",
            ("Internal Medicine", "Psychology"),
        ),
        (
            f"The Expert Reviewers have the following credentials:\n"
            f"{listed('California and Nevada', 'Physical Medicine & Rehabilitation and Pain Medicine')}\n",
            ("Physical Medicine & Rehabilitation", "Pain Medicine"),
        ),
        (
            "The physician reviewer is Board Certified in Neurology and is licensed to practice in California. The "
            "second physician reviewer is Board Certified in Orthopedic Surgery and is licensed to practice in "
            "Nevada.\n\n",
            ("Neurology", "Orthopedic Surgery"),
        ),
    ],
)
def test_each_of_several_reviewers_is_read(printed: str, boards: tuple[str, ...]) -> None:
    reviewer = parse_text(BOXED.replace(CREDENTIALS, printed)).record.reviewer
    assert (reviewer.certifications, reviewer.states) == (boards, ("California", "Nevada"))


@pytest.mark.parametrize(
    "printed",
    [
        "Disclaimer: The following case summary was taken directly from the utilization review denial/modification "
        "dated August 30, 2013.",
        "Disclaimer: The following clinical case summary was taken from the utilization review denial dated 9/2/13:",
        "Disclaimer - The following case summary was taken directly from the utilization review determination, dated "
        "September 3, 2013:",
        "The case summary below was quoted from the UR denial of 8-30-2013.",
        "DISCLAIMER: THE FOLLOWING CASE SUMMARY WAS TAKEN DIRECTLY FROM THE UTILIZATION REVIEW DENIAL DATED AUGUST 30, "
        "2013.",
        "Disclaimer: The following case summary was taken directly from the utilization review letter dated August "
        "30th, 2013.",
        "Disclaimer: The following case summary was copied from the utilization review decision dated Aug. 30, 2013",
        "Disclaimer: The following case summary was taken directly from the utilization review denial/modification.",
    ],
)
def test_a_summary_begins_after_the_sentence_that_says_where_it_was_taken_from(printed: str) -> None:
    summary = parse_text(NOTICE.replace(DISCLAIMER, f"{printed}\n\n")).record.clinical_summary
    assert summary is not None
    assert summary.startswith("This case involves")


def test_a_summary_that_mentions_its_source_later_stays_whole() -> None:
    told = "The summary was long. The following case summary was taken from the utilization review denial."
    summary = parse_text(NOTICE.replace(DISCLAIMER, f"{told}\n\n")).record.clinical_summary
    assert summary is not None
    assert summary.startswith("The summary was long.")
