"""What the parser doubts in a letter, and what it lets pass."""

from __future__ import annotations

import time

import pytest

from devtools.testing.letters import LetterItem, boxed_letter, item
from imr_archive.parsing.citations.resolver import guidelines
from imr_archive.parsing.parser import read_text
from imr_archive.parsing.requests.body_parts import body_parts
from imr_archive.parsing.tables import load
from imr_archive.vocabulary import DiagnosticCode as Code

DOUBTS = {Code.OUTCOME_CONTRADICTED, Code.BODY_PART_MISMATCH, Code.SIDE_MISMATCH, Code.GUIDELINE_MISMATCH}
GENERAL = "Decision based on MTUS Chronic Pain Medical Treatment 2016, Section(s): Physical medicine treatment."
OPIOID_TAPERING = (
    "Opioids should not be stopped at once, which for most is not advised. Physicians are asked to consult the MTUS "
    "Opioids Treatment Guidelines on how to wean a patient."
)


def doubts(*items: LetterItem) -> list[tuple[Code, str]]:
    """Return the doubts about a letter's items, each with the words that it points to."""
    text = boxed_letter(items=items, width=10_000)
    found = [doubt for each in read_text(text).items for doubt in each.doubts]
    return [(doubt.code, text[doubt.span.start : doubt.span.end] if doubt.span else "") for doubt in found]


def concluded(description: str, outcome: str, rationale: str) -> list[tuple[Code, str]]:
    return doubts(item(description, outcome=outcome, rationale=rationale, reviewer=GENERAL))


# --------------------------------------------------------------------------------------------------------- the outcome


@pytest.mark.parametrize(
    ("outcome", "conclusion"),
    [
        ("Upheld", "Therefore, the request is medically necessary."),
        ("Upheld", "The request for a cane is determined to be medically necessary and appropriate."),
        ("Upheld", "I deem the request for a cane to be medically necessary."),
        ("Upheld", "The cane is medically necessary at this time."),
        ("Overturned", "Therefore, this request is not medically necessary."),
        ("Overturned", "The request for a cane is not seen as medically necessary."),
        ("Overturned", "The requested cane cannot be considered medically necessary."),
        ("Overturned", "As such, the request for a cane is not a medical necessity."),
        ("Overturned", "The request remains non-certified."),
        ("Overturned", "Therefore, the Utilization Review decision is upheld, as the request is no better founded."),
    ],
)
def test_an_outcome_that_the_closing_words_contradict_is_doubted(outcome: str, conclusion: str) -> None:
    assert concluded("A cane", outcome, f"The records were read. {conclusion}") == [
        (Code.OUTCOME_CONTRADICTED, conclusion)
    ]


@pytest.mark.parametrize(
    ("outcome", "rationale"),
    [
        ("Upheld", "The request is not medically necessary."),
        ("Upheld", "The request for a cane is not medically necessary and appropriate."),
        ("Upheld", "Nothing shows that a cane is medically necessary."),
        ("Upheld", "There is no evidence that the request is medically necessary."),
        ("Upheld", "A cane would be helpful if the request is medically necessary."),
        ("Upheld", "It is unclear whether the cane is medically necessary."),
        ("Upheld", "A cane is medically necessary only after surgery."),
        ("Upheld", "The remaining portion of the request is medically necessary in part."),
        ("Upheld", "While a cane is medically necessary, two of them are not medically necessary."),
        ("Upheld", "The walker is medically necessary."),
        ("Upheld", "The request for a walker is medically necessary."),
        ("Upheld", "One cane is medically necessary. The request for two canes is not medically necessary."),
        ("Upheld", "The reasons are given above."),
        ("Overturned", "The request for a cane is medically necessary."),
        ("Overturned", "There is no reason why the request is not medically necessary."),
        (
            "Overturned",
            "Utilization review denied it: the request was not medically necessary, the administrator wrote.",
        ),
        ("Overturned", "The request for a walker is not medically necessary."),
        ("Overturned", "The request as written is not medically necessary, but a modified one is."),
        ("Overturned", "A cane is medically necessary. The request for more than a cane is not medically necessary."),
    ],
)
def test_an_outcome_is_not_doubted_for_words_that_leave_it_open(outcome: str, rationale: str) -> None:
    assert concluded("A cane", outcome, rationale) == []


def test_the_paragraph_on_tapering_after_the_conclusion_decides_nothing() -> None:
    said = "The request for Norco is not medically necessary."
    assert concluded("Norco 10/325mg #60", "Upheld", f"{said} {OPIOID_TAPERING}") == []
    assert concluded("Norco 10/325mg #60", "Overturned", f"{said} {OPIOID_TAPERING}") == [
        (Code.OUTCOME_CONTRADICTED, said)
    ]


def test_a_doubt_is_a_warning_among_the_letters_remarks_worded_as_possible() -> None:
    text = boxed_letter(
        items=[item("A cane", outcome="Overturned", rationale="The request is not medically necessary.")]
    )
    remark = next(each for each in read_text(text).diagnostics if each.code is Code.OUTCOME_CONTRADICTED)
    assert remark.message == (
        "Possible contradiction: item 1 is headed “Overturned”, but its rationale concludes that it is not medically "
        "necessary."
    )
    assert remark.span
    assert text[slice(*remark.span)] == "The request is not medically necessary."


# ------------------------------------------------------------------------------------------- the body part and the side


def about(description: str, rationale: str) -> list[tuple[Code, str]]:
    return doubts(item(description, rationale=rationale, reviewer=GENERAL))


def test_a_rationale_about_another_part_of_the_body_is_doubted() -> None:
    rationale = "The pain in the lower back has not been treated. An MRI is not medically necessary."
    assert about("MRI of the left knee", rationale) == [(Code.BODY_PART_MISMATCH, "lower back")]


@pytest.mark.parametrize(
    ("description", "rationale"),
    [
        ("MRI of the left knee", "The meniscus may be torn."),
        ("MRI of the left knee", "The knee gives way when the lower back hurts."),
        ("MRI of the left knee", "The leg was not examined."),
        ("MRI of the cervical spine", "The neck is stiff."),
        ("MRI of the cervical spine", "The fingers tingle."),
        ("L4-5 fusion", "The foot is weak."),
        ("MRI of the lumbar spine", "The patellar reflexes and the knee jerks were even."),
        ("MRI of the thoracic spine", "The low back was not examined."),
        ("Physical therapy for the right shoulder", "The upper arm is weak."),
        ("Wrist brace", "The left hand tingles."),
        ("MRI of the left knee", "The records name no region."),
        ("Ibuprofen 800mg #60", "The low back hurts."),
        ("Associated surgical service: knee brace", "The shoulder surgery was not approved."),
        ("Chest x-ray", "The knee surgery was not approved."),
    ],
)
def test_a_rationale_about_the_same_or_a_related_part_is_not_doubted(description: str, rationale: str) -> None:
    assert about(description, rationale) == []


def test_a_rationale_about_the_other_side_is_doubted() -> None:
    rationale = "The right knee was examined, and the right knee is stable. It is not medically necessary."
    assert about("MRI of the left knee", rationale) == [(Code.SIDE_MISMATCH, "right knee")]


@pytest.mark.parametrize(
    "rationale",
    [
        "The right knee is stable and the left knee is not.",
        "Both knees hurt, the right knee more.",
        "The knees hurt bilaterally, the right knee more.",
        "He is right handed, and the knee is stable.",
        "All is right, the knee is stable.",
        "The right shoulder hurts, and so does the knee.",
        "The knee is stable.",
    ],
)
def test_a_rationale_that_does_not_plainly_speak_of_the_other_side_passes(rationale: str) -> None:
    assert about("MRI of the left knee", rationale) == []


def test_the_dominant_hand_is_no_side_of_the_rationale() -> None:
    assert about("MRI of the left hand", "The worker is right hand dominant. The hand is stable.") == []


# ----------------------------------------------------------------------------------------------------- the guidelines

LOW_BACK = "Decision based on MTUS Low Back Complaints 2004, Section(s): Special Studies."
KNEE_AND_BACK = (
    "Decision based on MTUS Knee Complaints 2004, Section(s): Special Studies, and Low Back Complaints 2004, "
    "Section(s): Special Studies."
)
KNEE_EQUIPMENT = (
    "The Expert Reviewer based their decision on recommendation(s) outside of the MTUS Guidelines. Decision based on "
    "Non-MTUS Citation Official Disability Guidelines (ODG) Knee & Leg, Durable medical equipment."
)


def test_a_chapter_of_another_region_is_doubted_on_either_side() -> None:
    knee = item("MRI of the left knee", reviewer=LOW_BACK, claims_administrator=LOW_BACK)
    assert [code for code, _ in doubts(knee)] == [Code.GUIDELINE_MISMATCH, Code.GUIDELINE_MISMATCH]
    assert doubts(knee)[0][1].startswith("MTUS Low Back Complaints 2004")


@pytest.mark.parametrize(
    ("description", "reviewer"),
    [
        ("MRI of the lumbar spine", LOW_BACK),
        ("MRI of the thoracic spine", LOW_BACK),
        ("EMG of the lower extremities", LOW_BACK),
        ("MRI of the left knee", KNEE_AND_BACK),
        ("Cold unit for the low back", KNEE_EQUIPMENT),
        ("MRI of the left knee", GENERAL),
        ("Ibuprofen 800mg #60", LOW_BACK),
        ("Post-op brace for the left knee", LOW_BACK),
    ],
)
def test_a_chapter_that_fits_or_is_of_any_region_is_not_doubted(description: str, reviewer: str) -> None:
    assert doubts(item(description, reviewer=reviewer)) == []


def test_the_table_names_known_parts_and_guidelines_only() -> None:
    table, parts = load("doubts"), {part.slug for part in body_parts()}
    listed = [slug for row in table["chapter"] for slug in row["guidelines"]]
    assert {part for group in table["regions"]["related"] for part in group} <= parts
    assert {part for row in table["chapter"] for part in row["body_parts"]} <= parts
    assert set(listed) <= {entry.slug for entry in guidelines()}
    assert len(listed) == len(set(listed))


# ------------------------------------------------------------------------------------------------------------ the case


def case_doubts(summary: str, **box: str) -> list[tuple[Code, str]]:
    text = boxed_letter(summary=summary, dates={name.replace("_", " "): day for name, day in box.items()}, width=10_000)
    codes = (Code.WORKER_CONTRADICTED, Code.SERVICE_DATE_DOUBTED)
    found = [remark for remark in read_text(text).diagnostics if remark.code in codes]
    return [(remark.code, text[slice(*remark.span)] if remark.span else "") for remark in found]


@pytest.mark.parametrize(
    ("summary", "words"),
    [
        ("The worker is a 40 year old female. A note tells of a 40-year-old male with back pain.", "male"),
        ("The worker is a 40-year-old man. He fell. This 41 year old lady was seen again.", "lady"),
        ("The worker is a 40 year old female. Later he fell, and his back and his leg hurt.", "he"),
        ("The worker, a 40 year old man born on 2/3/1950, fell.", "2/3/1950"),
        ("A 40 year old man, date of birth 2/3/1976, fell. His date of birth is 3/2/1976.", "3/2/1976"),
    ],
)
def test_a_summary_that_contradicts_itself_about_the_worker_is_doubted(summary: str, words: str) -> None:
    assert case_doubts(summary) == [(Code.WORKER_CONTRADICTED, words)]


@pytest.mark.parametrize(
    "summary",
    [
        "The worker is a 40 year old female. She fell, and she has a 12 year old son, who is a gentle man.",
        "The worker is a 40 year old female. Dr. Doe gave his view, and he saw her in his office.",
        "The worker is a 40 year old female. He signed the note.",
        "The worker is a 40 year old man born on 2/3/1976. He fell.",
        "The worker is a 40 year old man, DOB 2/3/76. He fell.",
        "The worker is a 72 year old man, DOB 2/3/44. He fell.",
        "The worker is a 40 year old man. His date of birth is not stated.",
        "No age and no sex are told. He fell, and his back and his leg hurt.",
    ],
)
def test_a_summary_that_agrees_with_itself_about_the_worker_passes(summary: str) -> None:
    assert case_doubts(summary) == []


@pytest.mark.parametrize(("day", "doubted"), [("3/1/2016", True), ("5/6/2016", False)])
def test_a_service_before_the_injury_is_doubted(day: str, doubted: bool) -> None:
    text = boxed_letter(items=[item(f"Office visit (DOS {day})")])
    codes = [remark.code for remark in read_text(text).diagnostics]
    assert (Code.SERVICE_DATE_DOUBTED in codes) is doubted


@pytest.mark.parametrize("decided", ["07/01/2016", "08/10/2016"])
def test_a_decision_before_the_application_or_the_assignment_is_remarked(decided: str) -> None:
    codes = [remark.code for remark in read_text(boxed_letter(dates={"Decision Date": decided})).diagnostics]
    assert Code.DATES_OUT_OF_ORDER in codes


CONTRADICTIONS = {
    Code.OUTCOME_CONTRADICTED: {"items": [item("A cane", rationale="The cane is medically necessary.")]},
    Code.BODY_PART_MISMATCH: {"items": [item("MRI of the left knee", rationale="The neck was examined.")]},
    Code.SIDE_MISMATCH: {"items": [item("MRI of the left knee", rationale="The right knee was examined.")]},
    Code.GUIDELINE_MISMATCH: {"items": [item("MRI of the left knee")]},
    Code.WORKER_CONTRADICTED: {"summary": "A 40 year old man fell. Then a 40 year old woman was seen."},
    Code.SERVICE_DATE_DOUBTED: {"items": [item("Office visit (DOS 3/1/2016)")]},
    Code.DATES_OUT_OF_ORDER: {"dates": {"Date Assigned": "09/30/2016"}},
    Code.SUMMARY_CONTRADICTS_BOX: {
        "summary": "A 40 year old man had an industrial injury on 1/2/2015. The UR of 1/9/15 denied."
    },
}


@pytest.mark.parametrize("code", CONTRADICTIONS)
def test_every_contradiction_is_worded_as_possible(code: Code) -> None:
    remarks = [each for each in read_text(boxed_letter(**CONTRADICTIONS[code])).diagnostics if each.code is code]
    assert remarks
    assert all(each.message.startswith("Possible ") and each.span for each in remarks)
    assert code.label.startswith("Possible ")


def test_every_code_of_a_contradiction_is_tried() -> None:
    assert {code for code in Code if code.label.startswith("Possible ")} == CONTRADICTIONS.keys()


@pytest.mark.parametrize(
    "fragment", ["is not ", "left knee and right knee ", "not a-b a-b a-b ", "deem to be ", "year old "]
)
def test_a_long_hostile_rationale_takes_no_longer_than_its_length_asks(fragment: str) -> None:
    rationale = (fragment * 20_000)[:60_000] + " medically necessary"
    text = boxed_letter(summary=rationale, items=[item("MRI of the left knee", rationale=rationale)])
    start = time.process_time()
    assert read_text(text).items
    assert time.process_time() - start < 20
