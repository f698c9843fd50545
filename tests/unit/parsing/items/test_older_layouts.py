"""The plain, notice and professional-review layouts: where their items, dates and outcomes stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from devtools.testing.older_letters import ITEMS, SUMMARY, notice_letter, plain_letter, professional_review
from imr_archive.parsing.items.verdicts import find_verdicts
from imr_archive.parsing.parsed import parsed_letter
from imr_archive.parsing.parser import read_text
from imr_archive.parsing.results import StatedLetter
from imr_archive.vocabulary import Basis, CaseOutcome, DiagnosticCode, Layout, Outcome

LETTERS = {
    Layout.PLAIN: plain_letter,
    Layout.NOTICE: notice_letter,
    Layout.PROFESSIONAL_REVIEW: professional_review,
}


def outcomes(letter: StatedLetter) -> list[tuple[str, Outcome | None]]:
    return [(item.description.value, item.outcome.value if item.outcome else None) for item in letter.items]


DECIDED = [("MRI of the left ankle", Outcome.OVERTURNED), ("Naproxen 550mg #60", Outcome.UPHELD)]


@pytest.mark.parametrize("layout", LETTERS)
def test_each_layout_gives_its_items_once_with_their_outcomes(layout: Layout) -> None:
    letter = read_text(LETTERS[layout]())
    assert letter.layout is layout
    assert outcomes(letter) == DECIDED
    assert parsed_letter(letter).record.outcome is CaseOutcome.PARTIALLY_OVERTURNED
    assert [item.rationale.value for item in letter.items if item.rationale] == [item.rationale for item in ITEMS]
    assert letter.clinical_summary is not None
    assert letter.clinical_summary.value == SUMMARY


@pytest.mark.parametrize("layout", LETTERS)
def test_each_layout_gives_the_reviewer_and_what_the_reviewer_relied_on(layout: Layout) -> None:
    letter = read_text(LETTERS[layout]())
    assert [board.value for board in letter.reviewer.certifications] == ["Family Practice"]
    assert [board.value for board in letter.reviewer.subspecialties] == ["Sports Medicine"]
    assert [state.name for state in letter.reviewer.states] == ["Oregon", "California"]
    assert [item.reviewer.basis for item in letter.items] == [Basis.NON_MTUS, Basis.MTUS]
    assert [[cited.pages for cited in item.reviewer.citations] for item in letter.items] == [[None], ["70"]]


@pytest.mark.parametrize("layout", [Layout.PLAIN, Layout.NOTICE])
def test_the_claims_administrators_statement_ends_where_the_reviewers_begins(layout: Layout) -> None:
    first, _ = read_text(LETTERS[layout]()).items
    assert first.claims_administrator.text == ITEMS[0].claims_administrator
    assert first.claims_administrator.basis is Basis.MTUS
    assert [cited.chapter_number for cited in first.claims_administrator.citations] == [14]


def test_a_notice_dates_its_case_in_sentences() -> None:
    dates = read_text(notice_letter(block=False)).dates
    found = [stated.value if stated else None for stated in (dates.received, dates.ur_decision, dates.assigned)]
    assert found == [date(2013, 6, 3), date(2013, 5, 20), date(2013, 6, 10)]
    assert dates.decision is not None
    assert dates.decision.value == date(2013, 7, 29)


def test_a_date_within_a_request_is_no_date_of_the_case() -> None:
    item = replace(ITEMS[1], request="Naproxen 550mg #60, dispensed on 4/2/2013")
    letter = read_text(notice_letter([item], block=False).replace("Dated: 7/29/2013", "Dated:"))
    assert letter.dates.decision is None
    assert letter.items[0].service_dates is not None


def test_the_disclaimer_is_no_part_of_the_summary() -> None:
    for disclaimer in (True, False):
        summary = read_text(notice_letter(disclaimer=disclaimer)).clinical_summary
        assert summary is not None
        assert summary.value == SUMMARY


def test_two_copies_of_a_decision_that_contradict_each_other_decide_nothing() -> None:
    text = notice_letter().replace("Naproxen 550mg #60 is not \nmedically", "Naproxen 550mg #60 is \nmedically", 1)
    text = text.replace("Naproxen 550mg #60 is not medically", "Naproxen 550mg #60 is medically", 1)
    letter = read_text(text)
    assert outcomes(letter) == [DECIDED[0], ("Naproxen 550mg #60", None)]
    assert DiagnosticCode.OUTCOME_MISSING in {remark.code for remark in letter.diagnostics}


def test_a_reviewer_who_agrees_with_the_claims_administrator_cites_the_same() -> None:
    agreed = "The Expert Reviewer found the guidelines used by the Claims Administrator relevant and appropriate."
    (item,) = read_text(notice_letter([replace(ITEMS[0], reviewer=agreed)])).items
    assert item.reviewer.text == agreed
    assert item.reviewer.basis is Basis.MTUS
    assert [cited.slug for cited in item.reviewer.citations] == [
        cited.slug for cited in item.claims_administrator.citations
    ]


def test_two_requests_in_the_same_words_keep_their_own_outcomes() -> None:
    items = [replace(ITEMS[0], request="Office visit"), replace(ITEMS[1], request="Office visit")]
    assert outcomes(read_text(notice_letter(items))) == [
        ("Office visit", Outcome.OVERTURNED),
        ("Office visit", Outcome.UPHELD),
    ]


def test_one_request_that_is_not_numbered_is_one_item() -> None:
    for letter in (notice_letter(ITEMS[:1]).replace("1) ", ""), professional_review(ITEMS[:1])):
        assert outcomes(read_text(letter)) == DECIDED[:1]


def test_the_not_of_a_professional_reviews_heading_is_no_evidence() -> None:
    item = replace(ITEMS[0], rationale="The records were read, and the guideline names no such test.")
    assert outcomes(read_text(professional_review([item]))) == [("MRI of the left ankle", None)]


def test_a_professional_review_is_not_missed_what_its_layout_never_prints() -> None:
    letter = read_text(professional_review())
    assert {item.claims_administrator.basis for item in letter.items} == {Basis.UNSTATED}
    assert {remark.code for remark in letter.diagnostics} == {
        DiagnosticCode.CASE_NUMBER_MISSING,
        DiagnosticCode.READ_BY_DESCRIPTION,
    }
    assert (letter.case_number, letter.priority, letter.dates.decision) == (None, None, None)


def test_one_rationale_for_all_requests_must_decide_them_all_alike() -> None:
    denied = replace(ITEMS[0], rationale="The guideline names no such test. It is not medically necessary.")
    for first, expected in ((ITEMS[0], None), (denied, Outcome.UPHELD)):
        text = professional_review([first, ITEMS[1]]).replace(") The guideline", " The guideline")
        letter = read_text(text)
        assert len({item.rationale.value for item in letter.items if item.rationale}) == 1
        assert [outcome for _, outcome in outcomes(letter)] == [expected, expected]


def test_a_numbered_list_in_a_rationale_makes_no_items() -> None:
    listed = "1. It was never tried.\n2. It is not medically necessary and appropriate.\n3. No more is asked for."
    text = plain_letter([replace(ITEMS[0], rationale="X"), ITEMS[1]]).replace(
        "rationale: X\n", f"rationale: X\n{listed}\n"
    )
    assert outcomes(read_text(text)) == DECIDED


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("is medically necessary and appropriate", Outcome.OVERTURNED),
        ("are not medically necessary", Outcome.UPHELD),
        ("is notmedically necessary and appropriate", Outcome.UPHELD),
        ("was therefore deemed medically necessary", Outcome.OVERTURNED),
        ("is medically unnecessary", Outcome.UPHELD),
        ("is partially medically necessary and appropriate", None),
        ("is medically necessary and appropriate in part", None),
        ("is medically necessary, but not for more than six weeks", None),
        ("has been modified", None),
        ("is sometimes medically necessary", None),
    ],
)
def test_a_verdict_is_one_outcome_or_none(words: str, outcome: Outcome | None) -> None:
    text = f"The request for a cane {words}. Another sentence follows."
    (verdict,) = find_verdicts(text, 0, len(text))
    assert verdict.value is outcome
    assert text[: verdict.start] == "The request for a cane"
