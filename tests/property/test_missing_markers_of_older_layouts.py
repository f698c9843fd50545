"""A lost label or heading of an older layout costs its own field at most: every other field stays as it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from devtools.synthetic.page.shapes import shapes
from devtools.testing.older_letters import ITEMS, notice_letter, plain_letter, professional_review
from imr_archive.parsing.parser import read_text
from imr_archive.parsing.source.extraction import read_source
from tests.property.test_missing_markers import Loss, fields, is_of

SHAPES = {"as-printed": str.encode, **shapes()}


def single_item_review() -> str:
    return professional_review(ITEMS[:1])


def bare_notice() -> str:
    return notice_letter(block=False, disclaimer=False)


LETTERS: dict[Callable[[], str], tuple[Loss, ...]] = {
    plain_letter: (
        Loss("MAXIMUS FEDERAL SERVICES, INC."),
        Loss("Independent Medical Review"),
        Loss("Dated:", field="dates.decision"),
        Loss("IMR Case Number:", field="case_number"),
        Loss("Date of Injury:", field="dates.injury"),
        Loss("UR Denial Date:", field="dates.ur_decision"),
        Loss("Application Received:", field="dates.received"),
        Loss("Priority:", field="priority"),
        Loss("HOW THE IMR FINAL DETERMINATION WAS MADE"),
        Loss("DOCUMENTS REVIEWED"),
        Loss("CLINICAL CASE SUMMARY"),
        Loss("IMR DECISION(S) AND RATIONALE(S)"),
        Loss("The Final Determination was based on decisions for the disputed items/services set forth below:"),
        Loss("1."),
        Loss("2.", 1),
        *(Loss("The Claims Administrator based its decision on", n, f"items.{n}.claims_administrator") for n in (0, 1)),
        *(Loss("The Physician Reviewer based his/her decision on", n, f"items.{n}.reviewer") for n in (0, 1)),
        *(Loss("The Physician Reviewer's decision rationale:", n, f"items.{n}.rationale") for n in (0, 1)),
    ),
    notice_letter: (
        Loss("MAXIMUS FEDERAL SERVICES, INC."),
        Loss("Notice of Independent Medical Review Determination"),
        Loss("Dated:", field="dates.decision"),
        Loss("Date of UR Decision:"),
        Loss("Date of Injury:"),
        Loss("IMR Application Received:"),
        Loss("MAXIMUS Case Number:", field="case_number"),
        Loss("INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE"),
        *(Loss("MAXIMUS Federal Services, Inc. has determined the request for", n) for n in range(4)),
        Loss("An application for Independent Medical Review was filed on"),
        Loss("disputing the Utilization Review Denial dated"),
        Loss(
            "A Notice of Assignment and Request for Information was provided to the above parties on",
            field="dates.assigned",
        ),
        Loss("Medical Qualifications of the Expert Reviewer:"),
        Loss("Case Summary:"),
        Loss("Documents Reviewed for Determination:"),
        *(Loss("Regarding the request for", n) for n in (0, 1)),
        *(
            Loss(
                "Section of the Medical Treatment Utilization Schedule Relied Upon by the Expert Reviewer to Make "
                "His/Her Decision",
                n,
            )
            for n in (0, 1)
        ),
        *(Loss("Rationale for the Decision:", n, f"items.{n}.rationale") for n in (0, 1)),
        Loss("Effect of the Decision:", field="items.1.rationale"),
    ),
    bare_notice: (
        Loss("Medical Qualifications of the Expert Reviewer:"),
        Loss("Case Summary:"),
        Loss("Documents Reviewed for Determination:"),
    ),
    professional_review: (
        Loss("MEDICAL PROFESSIONAL REVIEW"),
        Loss("ISSUE AT DISPUTE:"),
        Loss("CASE SUMMARY:"),
        Loss("DOCUMENTS REVIEWED FOR DETERMINATION:"),
        Loss("MEDICAL REVIEWER QUALIFICATIONS:"),
        Loss("RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE IS/WAS NOT MEDICALLY NECESSARY:"),
    ),
    single_item_review: (
        Loss("ISSUE AT DISPUTE:"),
        Loss("CASE SUMMARY:"),
        Loss("MEDICAL TREATMENT GUIDELINE(S) RELIED UPON BY PROFESSIONAL REVIEWER AND WHY:", field="items.0.reviewer"),
        Loss("RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE IS/WAS NOT MEDICALLY NECESSARY:"),
        Loss("MEDICAL REVIEWER QUALIFICATIONS:"),
    ),
}
CASES = [(letter, loss) for letter, losses in LETTERS.items() for loss in losses]


@pytest.mark.parametrize(("letter", "loss"), CASES, ids=[f"{letter.__name__}-{loss}"[:80] for letter, loss in CASES])
def test_a_dropped_marker_of_an_older_layout_costs_no_other_field_in_any_shape(
    letter: Callable[[], str], loss: Loss
) -> None:
    changed = {}
    for name, shape in SHAPES.items():
        whole = read_source(shape(letter())).text
        before, after = fields(whole), fields(loss.within(whole))
        changed[name] = {
            path: (before.get(path), after.get(path))
            for path in before.keys() | after.keys()
            if before.get(path) != after.get(path) and not is_of(path, loss)
        }
    assert {name: paths for name, paths in changed.items() if paths} == {}


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.__name__)
def test_the_whole_letters_leave_no_text_unclaimed(letter: Callable[[], str]) -> None:
    assert read_text(letter()).unclaimed == ()
