"""What the parser makes of the box, whatever order its cells were read in."""

from __future__ import annotations

from datetime import date

import pytest

from devtools.testing.letters import METHOD, boxed_letter
from imr_archive.errors import NotADetermination
from imr_archive.parsing.parser import parse_text, read_text
from imr_archive.records import published
from imr_archive.vocabulary import DiagnosticCode, Priority

LABELS = ("Case Number:", "Date Assigned:", "Date of Injury:", "Decision Date:", "UR Denial Date:", "Priority:")
VALUES = ("CM16-0900001", "08/17/2016", "03/09/2016", "09/14/2016", "07/22/2016", "Expedited")
RECEIVED = ("Application\nReceived:", "08/03/2016")
PAIRS = [*zip(LABELS, VALUES, strict=True), RECEIVED]

BOXES = {
    "label and value on alternate lines": "\n".join(f"{label}\n{value}" for label, value in PAIRS),
    "rows": (
        "Case Number: CM16-0900001\nDate Assigned: 08/17/2016 Date of Injury: 03/09/2016\nDecision Date: 09/14/2016 "
        "UR Denial Date: 07/22/2016\nPriority: Expedited Application \nReceived: \n08/03/2016"
    ),
    "rows of labels and rows of values": (
        "Case Number:\nCM16-0900001\nDate Assigned: Date of Injury:\n08/17/2016 03/09/2016\nDecision Date: UR Denial "
        "Date:\n09/14/2016 07/22/2016\nPriority: Application Received:\nExpedited 08/03/2016"
    ),
    "all labels, then all values": "\n".join([*(label for label, _ in PAIRS), *(value for _, value in PAIRS)]),
    "values before their labels": "\n".join(f"{value}\n{label}" for label, value in PAIRS),
    "columns out of step": (
        "Case Number:\nDate Assigned:\nDecision Date:\nPriority:\n\nCM16-0900001\n08/17/2016\n09/14/2016\nExpedited\n\n"
        "03/09/2016\nDate of Injury:\nUR Denial Date:   07/22/2016\n08/03/2016\nApplication\nReceived:"
    ),
}


def with_box(box: str) -> str:
    return f"{box}\n{boxed_letter(box=False)}"


@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES)
def test_the_box_is_read_in_every_order(box: str) -> None:
    record = parse_text(with_box(box)).record
    assert record.case_number == "CM16-0900001"
    assert record.priority is Priority.EXPEDITED
    assert published(record.dates) == {
        "injury": "2016-03-09",
        "ur_decision": "2016-07-22",
        "received": "2016-08-03",
        "assigned": "2016-08-17",
        "decision": "2016-09-14",
    }


@pytest.mark.parametrize("printed", ["CM16-0900001", "CM16 - 0900001", "CM 16-0900001", "CM16-090 0001"])
def test_a_case_number_is_read_with_the_spaces_that_a_scan_puts_into_it(printed: str) -> None:
    letter = read_text(with_box(BOXES["rows"].replace("CM16-0900001", printed)))
    assert letter.case_number is not None
    assert (letter.case_number.value, letter.case_number.raw) == ("CM16-0900001", printed)


def test_an_empty_cell_leaves_its_date_unknown_and_no_other() -> None:
    dates = read_text(with_box("Date Assigned: 08/17/2016 Date of Injury: Decision Date: 09/14/2016")).dates
    assert dates.assigned is not None
    assert dates.decision is not None
    assert (dates.assigned.value, dates.decision.value) == (date(2016, 8, 17), date(2016, 9, 14))
    assert dates.injury is not None, "the summary tells it"
    assert dates.injury.raw == "03-09-2016"


def test_several_labels_with_too_few_values_tell_nothing() -> None:
    dates = read_text(with_box("Date Assigned:\nDecision Date:\nApplication Received:\n08/17/2016\n09/14/2016")).dates
    assert (dates.assigned, dates.decision, dates.received) == (None, None, None)


def test_columns_out_of_step_are_not_guessed_at_when_their_dates_would_not_follow_each_other() -> None:
    box = "Date Assigned:\nDecision Date:\n09/14/2016\n08/17/2016\n07/22/2016\nUR Denial Date:"
    dates = read_text(with_box(box)).dates
    assert (dates.assigned, dates.decision) == (None, None)


def test_a_date_that_cannot_be_is_absent_and_remarked_on() -> None:
    text = boxed_letter(dates={"Decision Date": "13/45/2016"})
    letter = read_text(text)
    assert letter.dates.decision is None
    (remark,) = (each for each in letter.diagnostics if each.code is DiagnosticCode.DATE_OUT_OF_RANGE)
    assert remark.span is not None
    assert text[slice(*remark.span)] == "13/45/2016"


def test_dates_that_contradict_each_other_are_remarked_on() -> None:
    letter = read_text(boxed_letter(dates={"Date Assigned": "09/30/2016"}))
    (remark,) = (each for each in letter.diagnostics if each.code is DiagnosticCode.DATES_OUT_OF_ORDER)
    assert "decision" in remark.message
    assert "assigned" in remark.message


def test_without_a_box_the_case_is_known_from_its_running_heads_alone() -> None:
    text = boxed_letter(box=False).replace(
        METHOD, f"{METHOD}\nFinal Determination Letter for IMR Case Number CM15-0900123 2"
    )
    assert read_text(boxed_letter(box=False)).case_number is None
    known = read_text(text).case_number
    assert known is not None
    assert (known.value, text[slice(*known.span)]) == ("CM15-0900123", "CM15-0900123")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A letter to a friend about an independent medical review that was upheld.",
        "Application for Independent Medical Review\nCase Number:\nDate of Injury: 01/02/2016\nClaims Administrator:",
        "HOW THE IMR FINAL DETERMINATION WAS MADE is explained on our web site.",
    ],
)
def test_a_text_without_a_determination_is_refused(text: str) -> None:
    with pytest.raises(NotADetermination, match="none of the headings"):
        read_text(text)
