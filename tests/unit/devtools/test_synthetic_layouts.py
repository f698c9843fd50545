"""The older layouts, the letters since 2018, and damage: what is printed, and what the truth says of it."""

from __future__ import annotations

import re

import pytest

from devtools.synthetic.case.cases import bare_slashes, slashes
from devtools.synthetic.chance import Dice
from devtools.synthetic.letters import Making, SyntheticLetter, make_letters
from devtools.synthetic.page.damage import roughen, wear
from devtools.synthetic.page.layouts import LAYOUTS

HEADINGS = {
    "professional-review": [
        "MEDICAL PROFESSIONAL REVIEW",
        "ISSUE AT DISPUTE:",
        "CASE SUMMARY:",
        "DOCUMENTS REVIEWED FOR DETERMINATION:",
        "MEDICAL TREATMENT GUIDELINE(S) RELIED UPON BY PROFESSIONAL REVIEWER AND WHY:",
        "MEDICALLY NECESSARY:",
        "MEDICAL REVIEWER QUALIFICATIONS:",
    ],
    "notice": [
        "MAXIMUS FEDERAL SERVICES, INC.",
        "Notice of Independent Medical Review Determination",
        "Dated:",
        "1) MAXIMUS Federal Services, Inc. has determined the request for",
        "INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE",
        "An application for Independent Medical Review was filed on",
        "1) MAXIMUS Federal Services, Inc. has determined the request for",
        "Medical Qualifications of the Expert Reviewer:",
        "Case Summary:",
        "Documents Reviewed for Determination:",
        "Relied Upon by the Expert Reviewer to Make His/Her Decision",
        "Rationale for the Decision:",
    ],
    "plain": [
        "MAXIMUS FEDERAL SERVICES, INC.",
        "Independent Medical Review",
        "UR Denial Date:",
        "HOW THE IMR FINAL DETERMINATION WAS MADE",
        "DOCUMENTS REVIEWED",
        "CLINICAL CASE SUMMARY",
        "IMR DECISION(S) AND RATIONALE(S)",
    ],
    "boxed": [
        "HOW THE IMR FINAL DETERMINATION WAS MADE",
        "CLINICAL CASE SUMMARY",
        "IMR ISSUES, DECISIONS AND RATIONALES",
        "Claims Administrator guideline:",
        "MAXIMUS guideline:",
        "Decision rationale:",
    ],
}


def letters_of(layout: str, count: int = 80) -> list[SyntheticLetter]:
    return list(make_letters(count, 21, Making(layout=layout)))


def squeezed(text: str) -> str:
    return "".join(text.split())


def folded(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_a_layout_prints_its_headings_in_order(layout: str) -> None:
    in_order = re.compile(".*?".join(re.escape(heading) for heading in HEADINGS[layout]))
    for letter in letters_of(layout):
        assert letter.truth["layout"] == layout
        assert in_order.search(folded(letter.text))


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_what_a_layout_does_not_print_is_absent_from_the_truth(layout: str) -> None:
    for letter in letters_of(layout):
        case, truth, text = letter.contents.case, letter.truth, squeezed(letter.text)
        for name in (name for name, day in truth["dates"].items() if day):
            day = getattr(case, name)
            assert any(squeezed(form(day)) in text for form in (slashes, bare_slashes, case.show))
        assert (truth["case_number"] is not None) == (letter.contents.number in letter.text)
        assert (truth["priority"] is not None) == ("Priority:" in letter.text)


def test_a_professional_review_has_no_header_and_no_claims_administrators_side() -> None:
    for letter in letters_of("professional-review"):
        truth = letter.truth
        assert truth["case_number"] is truth["priority"] is truth["dates"]["decision"] is None
        for item in truth["items"]:
            assert item["claims_administrator"] == {"basis": "unstated", "text": None, "citations": []}


def test_the_heading_of_a_professional_review_says_nothing_of_the_outcome() -> None:
    overturned = [letter for letter in letters_of("professional-review") if letter.truth["outcome"] == "overturned"]
    assert overturned
    assert all("NOT MEDICALLY NECESSARY:" in folded(letter.text) for letter in overturned)


def test_the_long_headings_of_a_professional_review_break_anywhere() -> None:
    heading = HEADINGS["professional-review"][4]
    breaks = set()
    for letter in letters_of("professional-review"):
        found = re.search(re.escape(heading).replace(r"\ ", r"\s+"), letter.text)
        assert found
        breaks.add(len(re.split(r" ?\n", found[0])[0]))
    assert len(breaks) > 5


def test_a_notice_prints_each_decision_twice_with_its_outcome() -> None:
    for letter in letters_of("notice"):
        text = folded(letter.text)
        for number, item in enumerate(letter.truth["items"], start=1):
            negation = "" if item["outcome"] == "overturned" else "not "
            decided = (
                f"{number}) MAXIMUS Federal Services, Inc. has determined the request for {item['description']} "
                f"is {negation}medically necessary and appropriate."
            )
            assert text.count(folded(decided)) == 2


def test_letters_since_2018_cite_current_topics_with_their_edition_and_the_formulary() -> None:
    reviewers = [
        item["reviewer"]
        for letter in make_letters(3000, 2)
        if letter.contents.case.decision.year >= 2019
        for item in letter.truth["items"]
    ]
    citations = [citation for side in reviewers for citation in side["citations"]]
    acoem = [citation for citation in citations if citation["source"] == "mtus-acoem"]
    assert {citation["year"] for citation in acoem} == {2017, 2019, 2021}
    assert not [citation for citation in acoem if citation["guideline"].endswith("Complaints")]
    assert any("Low Back Disorders 2019, Section(s):" in side["text"] for side in reviewers)
    assert any(citation["guideline"] == "MTUS Drug Formulary" for citation in citations)
    assert any("ODG by MCG" in side["text"] for side in reviewers)


def test_several_documents_and_chapters_are_cited_together() -> None:
    sides = [item["reviewer"] for letter in make_letters(1500, 2) for item in letter.truth["items"]]
    middle = [
        side for side in sides if side["text"] and ", and " in side["text"] and "2016, Section(s)" in side["text"]
    ]
    assert any(side["citations"][-1]["guideline"].endswith("Complaints") for side in middle)
    early = [side for side in sides if side["text"] and "ACOEM Chapter 3 " in side["text"]]
    assert early
    assert all(side["citations"][0]["pages"] == side["citations"][1]["pages"] for side in early)


# --- damage -----------------------------------------------------------------------------------------------------------


def test_damage_changes_letters_but_not_their_facts() -> None:
    whole, worn = (list(make_letters(150, 5, Making(damage=level))) for level in (0, 0.8))
    assert sum(one.text != other.text for one, other in zip(whole, worn, strict=True)) > 140
    for letter in worn:
        text = "".join(re.sub(r"Final Determination Letter for IMR Case Number \S+ \d+", "", letter.text).split())
        assert "".join(letter.truth["clinical_summary"].split()) in text
        for item in letter.truth["items"]:
            assert "".join(item["rationale"].split()) in text


def test_worn_words_are_glued_and_hyphens_get_a_space() -> None:
    text = (
        "An over-the-counter drug was tried. The patient reported relief. It was short. Nothing helped. This ends it."
    )
    worn = {wear(Dice(number), text, 1.0) for number in range(60)}
    assert any("tried.The" in each for each in worn)
    assert any("over- the" in each for each in worn)
    assert any(".  reported relief." in each for each in worn)
    assert all(each.endswith("This ends it.") for each in worn)


def test_a_rough_page_keeps_its_words() -> None:
    text = "one two three four,\n\nfive six\n" * 30
    rough = {roughen(Dice(number), text, 1.0, None) for number in range(20)}
    assert len(rough) == 20
    assert all(each.split() == text.split() for each in rough)
    assert any("  " in each for each in rough)


def test_running_heads_carry_the_case_number() -> None:
    text = "a line\n" * 90
    rough = [roughen(Dice(number), text, 1.0, "CM15-9000001") for number in range(20)]
    heads = ["Final Determination Letter for IMR Case Number CM15-9000001 3" in each for each in rough]
    assert any(heads)
    assert not all(heads)
