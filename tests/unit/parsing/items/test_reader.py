"""What the parser makes of the items: headings, frames, labelled paragraphs, and what is lost or glued."""

from __future__ import annotations

from pathlib import Path

import pytest

from devtools.testing.letters import boxed_letter, doubled, item
from imr_archive.parsing.items.partial_approval import read_frame
from imr_archive.parsing.parser import parse_text, read_text
from imr_archive.vocabulary import Basis, CaseOutcome, DiagnosticCode, Outcome

PART_APPROVED = (
    "Ibuprofen 800mg #90 was the original request. Ibuprofen 800mg #60 was authorized by the Claims Administrator. "
    "The remaining IMR eligible portion of the original request, Ibuprofen 800mg #30 is: Upheld"
)
LESS_APPROVED = (
    "Home exercise kit was the original request. The Claims Administrator authorized a resistance band, leaving the "
    "original request IMR eligible. The original request, Home exercise kit is: Overturned"
)


def described(text: str) -> list[str]:
    return [each.description.value for each in read_text(text).items]


def codes(text: str) -> set[DiagnosticCode]:
    return {diagnostic.code for diagnostic in read_text(text).diagnostics}


def test_each_heading_with_its_outcome_is_an_item() -> None:
    text = boxed_letter(items=[item("MRI of the left knee", outcome="Overturned"), item("Ibuprofen #60")])
    letter = parse_text(text).record
    assert [(each.position, each.description, each.outcome) for each in letter.items] == [
        (1, "MRI of the left knee", Outcome.OVERTURNED),
        (2, "Ibuprofen #60", Outcome.UPHELD),
    ]
    assert letter.outcome is CaseOutcome.PARTIALLY_OVERTURNED


@pytest.mark.parametrize("stray", ["Tan", "| .", "Page 3"])
def test_a_stray_line_below_an_outcome_is_no_item(stray: str) -> None:
    """As scans print what the paper had on it."""
    text = boxed_letter(items=[item("MRI of the left knee", outcome="Overturned"), item("Ibuprofen #60")])
    text = text.replace("Overturned\n", f"Overturned\n{stray}\n")
    letter = parse_text(text).record
    assert [each.description for each in letter.items] == ["MRI of the left knee", "Ibuprofen #60"]
    assert letter.outcome is CaseOutcome.PARTIALLY_OVERTURNED
    assert [each.claims_administrator.basis for each in letter.items] == [Basis.NONE_CITED] * 2


@pytest.mark.parametrize(("outcome", "case"), [("Upheld", CaseOutcome.UPHELD), ("Overturned", CaseOutcome.OVERTURNED)])
def test_items_of_one_mind_decide_the_case(outcome: str, case: CaseOutcome) -> None:
    text = boxed_letter(items=[item("A brace", outcome=outcome), item("A cane", outcome=outcome)])
    assert parse_text(text).record.outcome is case


def test_a_heading_is_split_at_its_last_colon() -> None:
    headings = [
        "Associated surgical service: Cold therapy unit: rental",
        "Labs to include: ECG",
        "Norco #60 DOS: 11/14/16",
    ]
    assert described(boxed_letter(items=[item(heading) for heading in headings])) == headings


def test_an_outcome_may_stand_alone_on_the_next_line() -> None:
    headings = ["Acupuncture for the neck:\nUpheld", "Chiropractic care for the neck:\n\n \nOverturned"]
    letter = boxed_letter(items=[item("", heading=heading) for heading in headings])
    assert described(letter.replace(": Upheld", ":\nUpheld")) == [
        "Acupuncture for the neck",
        "Chiropractic care for the neck",
    ]


@pytest.mark.parametrize("width", [60, 95, 2000])
@pytest.mark.parametrize("prepare", [str, doubled, lambda text: text.replace(" \n", "\n")])
def test_a_long_heading_runs_over_several_lines(width: int, prepare) -> None:
    heading = (
        "Multidisciplinary evaluation by a physician, a psychologist and a therapist of " + "the whole person and " * 20
    )
    text = boxed_letter(items=[item("A cane"), item(heading.strip()), item("A brace")], width=width)
    assert described(prepare(text)) == ["A cane", heading.strip(), "A brace"]


@pytest.mark.parametrize("prepare", [str, doubled, lambda text: text.replace(" is: ", ": ")])
def test_frames_tell_what_was_asked_and_what_had_been_approved(prepare) -> None:
    items = [item("A cane"), item("", heading=PART_APPROVED), item("", heading=LESS_APPROVED)]
    _, part, less = read_text(prepare(boxed_letter(items=items, width=72))).items
    for each, decided, original, authorized in (
        (part, "Ibuprofen 800mg #30", "Ibuprofen 800mg #90", "Ibuprofen 800mg #60"),
        (less, "Home exercise kit", "Home exercise kit", "a resistance band"),
    ):
        assert each.description.value == decided
        assert each.original_request is not None
        assert each.original_request.value == original
        assert each.authorized is not None
        assert each.authorized.value == authorized


def test_a_frame_that_lost_a_sentence_keeps_the_rest() -> None:
    remaining = "The remaining IMR eligible portion of the original request, four visits is"
    heading = f"Ten visits was the original request. {remaining}"
    frame = read_frame(heading)
    assert heading[slice(*frame.decided)] == "four visits"
    assert heading[slice(*(frame.original or (0, 0)))] == "Ten visits"
    assert frame.authorized is None


def test_a_frame_quoted_in_a_rationale_is_no_item() -> None:
    quoted = (
        f"It was asked whether {PART_APPROVED.removesuffix(': Upheld')} needed. The request is not medically necessary."
    )
    assert described(boxed_letter(items=[item("Ibuprofen", rationale=quoted), item("A cane")])) == [
        "Ibuprofen",
        "A cane",
    ]


def test_the_word_upheld_in_a_sentence_decides_nothing() -> None:
    rationale = "The original denial is upheld.  Upheld it remains, as guidelines say: upheld decisions stand firm."
    assert described(boxed_letter(items=[item("A cane", rationale=rationale), item("A brace")])) == [
        "A cane",
        "A brace",
    ]


def test_a_paragraph_after_the_conclusion_belongs_to_the_rationale() -> None:
    rationale = "The request is not medically necessary. Opioids are not to be stopped at once by this patient."
    first, second = read_text(boxed_letter(items=[item("Norco #60", rationale=rationale), item("A cane")])).items
    assert first.rationale is not None
    assert first.rationale.value == rationale
    assert second.description.value == "A cane"


def test_a_rationale_without_its_last_period_ends_where_its_last_line_stops_short() -> None:
    rationale = "Nothing in the records of this claim speaks for it, " * 4 + "and so it is denied"
    assert described(boxed_letter(items=[item("A cane", rationale=rationale), item("A brace")])) == [
        "A cane",
        "A brace",
    ]


def test_glued_labels_are_found() -> None:
    text = boxed_letter(items=[item("A cane"), item("A brace")])
    for label in ("Claims Administrator guideline:", "MAXIMUS guideline:", "Decision rationale:"):
        text = text.replace("\n" + label, label.replace(" ", ""))
    items = read_text(text).items
    assert [each.description.value for each in items] == ["A cane", "A brace"]
    assert all(each.rationale and each.rationale.value.startswith("The records") for each in items)


@pytest.mark.parametrize(
    "damage",
    [
        str.title,
        str.upper,
        lambda label: label.replace(":", " :"),
        lambda label: label.replace("guideline", "guidelines"),
        lambda label: label.replace("guideline", "gui deline").replace("rationale", "ration ale"),
    ],
    ids=["capitals", "large letters", "a space before the colon", "the plural", "a word broken"],
)
def test_labels_are_found_in_any_spelling(damage) -> None:
    text = boxed_letter(items=[item("A cane"), item("A brace")])
    for label in ("Claims Administrator guideline:", "MAXIMUS guideline:", "Decision rationale:"):
        text = text.replace(label, damage(label))
    for each in read_text(text).items:
        assert (each.claims_administrator.basis, each.reviewer.basis) == (Basis.NONE_CITED, Basis.MTUS)
        assert each.rationale is not None


@pytest.mark.parametrize(
    ("printed", "outcome"),
    [
        ("Upheid", Outcome.UPHELD),
        ("Uphe1d", Outcome.UPHELD),
        ("UPHELD.", Outcome.UPHELD),
        ("0verturned", Outcome.OVERTURNED),
        ("OVERTURNED", Outcome.OVERTURNED),
    ],
)
def test_an_outcome_is_known_as_scans_and_others_print_it(printed: str, outcome: Outcome) -> None:
    (only,) = read_text(boxed_letter(items=[item("", heading=f"A cane: {printed}")])).items
    assert only.outcome is not None
    assert (only.description.value, only.outcome.value) == ("A cane", outcome)


@pytest.mark.parametrize("prepare", [str, doubled, lambda text: " ".join(text.split())], ids=["", "doubled", "joined"])
def test_every_usual_request_is_an_item_of_its_letter(prepare) -> None:
    lines = Path(__file__).parents[3].joinpath("wordings", "requests.tsv").read_text(encoding="utf-8").splitlines()
    requests = [line.partition("\t")[0] for line in lines[1:]]
    for number in range(0, len(requests), 20):
        expected = requests[number : number + 20]
        assert described(prepare(boxed_letter(items=[item(request) for request in expected]))) == expected


def test_a_letter_whose_lines_were_all_joined_keeps_its_items() -> None:
    text = boxed_letter(items=[item("A cane"), item("", heading=PART_APPROVED), item("A brace")])
    assert described(" ".join(text.split())) == ["A cane", "Ibuprofen 800mg #30", "A brace"]


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ({"claims_administrator": None}, DiagnosticCode.GUIDELINE_MISSING),
        ({"reviewer": None}, DiagnosticCode.GUIDELINE_MISSING),
        ({"heading": "A brace"}, DiagnosticCode.OUTCOME_MISSING),
    ],
)
def test_a_missing_paragraph_costs_nothing_but_itself(missing: dict[str, str | None], code: DiagnosticCode) -> None:
    text = boxed_letter(items=[item("A cane"), item("A brace", **missing), item("A splint")])
    assert described(text) == ["A cane", "A brace", "A splint"]
    assert code in codes(text)
    assert all(each.rationale for each in read_text(text).items)


def test_an_unprinted_guideline_is_unstated() -> None:
    (only,) = read_text(boxed_letter(items=[item("A cane", claims_administrator=None)])).items
    assert only.claims_administrator.basis is Basis.UNSTATED
    assert only.claims_administrator.text is None


def test_a_missing_rationale_is_remarked_on() -> None:
    text = boxed_letter(items=[item("A cane")])
    text = text[: text.index("Decision rationale:")]
    (only,) = read_text(text).items
    assert only.rationale is None
    assert DiagnosticCode.RATIONALE_MISSING in codes(text)


@pytest.mark.parametrize(
    "heading", ["IMR ISSUES, DECISIONS AND RATIONALES", "CLINICAL CASE SUMMARY", "HOW THE IMR FINAL"]
)
def test_a_lost_section_heading_costs_no_value(heading: str) -> None:
    text = boxed_letter(items=[item("A cane"), item("A brace")])
    whole, cut = (parse_text(each).as_json(file="", sha256="") for each in (text, text.replace(heading, "", 1)))
    for key in ("case_number", "dates", "worker", "reviewer", "clinical_summary", "outcome"):
        assert cut[key] == whole[key]
    assert [each["description"] for each in cut["items"]] == ["A cane", "A brace"]


def test_a_heading_in_a_rationale_cuts_no_letter() -> None:
    rationale = "The file says DOCUMENTS REVIEWED and CLINICAL CASE SUMMARY. The request is not medically necessary."
    assert described(boxed_letter(items=[item("A cane", rationale=rationale), item("A brace")])) == [
        "A cane",
        "A brace",
    ]
