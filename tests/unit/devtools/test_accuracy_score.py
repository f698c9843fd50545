"""The score tells what was read right of what is true, and leaves out what the annotators doubted."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from devtools.accuracy.gold import GoldUnreadable, read_gold
from devtools.accuracy.report import ORIGINAL, ShapeScore, markdown_table, score_letters, shape_names, text_table
from devtools.accuracy.score import Check, compare
from devtools.testing.letters import boxed_letter, item
from imr_archive.parsing.parser import parse_text

LETTER = boxed_letter(
    items=[
        item(
            "MRI of the left knee",
            claims_administrator="Decision based on MTUS General Approaches 2004, Section(s): Prevention.",
            reviewer="Decision based on MTUS Knee Complaints 2004, Section(s): Special Studies. Decision based on "
            "Non-MTUS Citation Official Disability Guidelines (ODG) Knee & Leg, MRI's (magnetic resonance imaging).",
        ),
        item("Physical therapy for the low back, 8 sessions", outcome="Overturned"),
    ]
)


def parsed() -> dict[str, Any]:
    return parse_text(LETTER).as_json(file="letter.txt", sha256="")


def misses(truth: dict[str, Any], found: dict[str, Any]) -> dict[str, Check]:
    checks = compare(truth, found, "letter.txt")
    return {check.field: check for check in checks if not check.right == check.found == check.wanted}


def test_a_letter_agrees_with_itself() -> None:
    assert misses(parsed(), parsed()) == {}


@pytest.mark.parametrize(
    ("path", "value", "fields"),
    [
        (("case_number",), None, {"case_number"}),
        (("dates", "injury"), "2016-03-10", {"dates.injury"}),
        (("worker", "sex"), "M", {"worker.sex"}),
        (("reviewer", "states"), ["Oregon", "California"], {"reviewer.states"}),
        (("outcome",), "upheld", {"outcome"}),
        (("clinical_summary",), "She slipped.", {"summary"}),
        (("items", 0, "description"), "MRI of the right knee", {"item.description"}),
        (("items", 0, "treatments"), ["diagnostic-testing/laboratory"], {"item.subcategory"}),
        (("items", 0, "treatments"), [], {"item.category", "item.subcategory"}),
        (("items", 0, "laterality"), None, {"item.laterality"}),
        (("items", 1, "quantity"), 9, {"item.quantity"}),
        (("items", 0, "authorized"), "An X-ray", set()),
        (("items", 0, "original_request"), "An MRI", {"item.original_request"}),
        (("items", 0, "rationale"), None, {"item.rationale"}),
        (("items", 0, "reviewer", "basis"), "mtus", {"reviewer.basis"}),
        (("items", 0, "reviewer", "citations", 0, "section"), "Summary", {"reviewer.citations.section"}),
        (("items", 0, "reviewer", "citations", 0, "year"), 2009, {"reviewer.citations.section"}),
        (
            ("items", 0, "reviewer", "citations", 1, "source"),
            "other",
            {"reviewer.citations.guideline", "reviewer.citations.section"},
        ),
    ],
)  # fmt: skip
def test_each_wrong_value_is_a_miss_of_its_own_field(path: tuple[Any, ...], value: Any, fields: set[str]) -> None:
    truth, found = parsed(), parsed()
    for item_truth in truth["items"]:
        del item_truth["original_request"], item_truth["authorized"]
    place = found
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert misses(truth, found).keys() == fields


def test_punctuation_wraps_and_case_decide_nothing() -> None:
    truth, found = parsed(), parsed()
    found["items"][0]["description"] = "mri  of the Left–knee."
    found["clinical_summary"] = found["clinical_summary"].replace(" ", "\n")
    assert misses(truth, found) == {}


def test_long_texts_may_be_known_by_how_they_begin_and_end() -> None:
    truth = parsed()
    del truth["clinical_summary"]
    truth |= {"summary_begins": "The injured worker is a 52", "summary_ends": "non-certified the request."}
    assert misses(truth, parsed()) == {}
    truth["summary_ends"] = "certified the request in part."
    assert misses(truth, parsed()).keys() == {"summary"}


def test_what_the_annotators_doubted_is_not_asked() -> None:
    truth, found = parsed(), parsed()
    truth["items"][1]["unsure"] = ["quantity", "treatments", "reviewer.citations"]
    found["items"][1] |= {"quantity": 3, "treatments": ["surgery/spine"]}
    found["items"][1]["reviewer"]["citations"] = []
    assert misses(truth, found) == {}


def test_an_item_too_few_is_missed_in_every_field() -> None:
    found = parsed()
    del found["items"][1]
    assert {"item_count", "item.description", "item.outcome", "item.rationale"} <= misses(parsed(), found).keys()


def test_either_reading_of_general_approaches_counts() -> None:
    found = parsed()
    cited = found["items"][0]["claims_administrator"]["citations"][0]
    assert (cited["guideline"], cited["section"]) == ("General Approaches", "Prevention")
    cited |= {"guideline": "Prevention", "section": None}
    assert misses(parsed(), found) == {}


def test_a_citation_may_be_known_by_what_its_text_holds() -> None:
    truth = parsed()
    truth["items"][0]["reviewer"]["citations"][1] = {"source": "odg", "text_has": "magnetic resonance"}
    assert misses(truth, parsed()) == {}
    truth["items"][0]["reviewer"]["citations"][1] = {"source": "odg", "text_has": "ultrasound"}
    assert "reviewer.citations.guideline" in misses(truth, parsed())


def test_a_citation_too_many_costs_precision_and_one_too_few_recall() -> None:
    truth, found = parsed(), parsed()
    found["items"][0]["reviewer"]["citations"].append(deepcopy(found["items"][0]["reviewer"]["citations"][0]))
    del found["items"][1]["reviewer"]["citations"][0]
    score = ShapeScore(ORIGINAL)
    for check in compare(truth, found, "letter.txt"):
        score.add(check)
    tally = score.tallies["reviewer.citations.guideline"]
    assert (tally.right, tally.found, tally.wanted) == (2, 3, 3)
    assert tally.precision == tally.recall == tally.share == pytest.approx(2 / 3)


# --- gold folders -----------------------------------------------------------------------------------------------------


@pytest.fixture(params=["expected.json", "letter.expected.json"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    (tmp_path / "letter.txt").write_text(LETTER)
    truth = {"file": "letter.txt", **parsed()}
    content = {"letter.txt": truth} if request.param == "expected.json" else truth
    (tmp_path / request.param).write_text(json.dumps(content))
    return tmp_path


def test_gold_is_found_in_each_of_its_forms_and_every_shape_can_be_scored(folder: Path) -> None:
    letters = read_gold(folder)
    scores = [score_letters(letters, shape) for shape in shape_names()]
    assert [score.letters for score in scores] == [1] * len(shape_names())
    assert (scores[0].mean, scores[0].worst, scores[0].misses) == (1.0, 1.0, [])


def test_a_letter_that_cannot_be_parsed_has_every_field_wrong(folder: Path) -> None:
    (folder / "letter.txt").write_text("Thank you for the flowers.")
    score = score_letters(read_gold(folder))
    assert score.failures[0].startswith("letter.txt: The text prints none")
    assert score.tallies["item.outcome"].share == score.worst == 0


def test_the_letters_may_lie_elsewhere(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("letters")
    (folder / "letter.txt").rename(elsewhere / "letter.txt")
    assert score_letters(read_gold(folder, elsewhere)).mean == 1.0
    with pytest.raises(GoldUnreadable, match=r"letter\.txt is missing"):
        read_gold(folder)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"letter.txt": 1}', "{}"])
def test_a_gold_file_of_another_form_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "expected.json").write_text(content)
    (tmp_path / "letter.txt").write_text(LETTER)
    with pytest.raises(GoldUnreadable):
        read_gold(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GoldUnreadable, match="cannot be read"):
        read_gold(tmp_path / "nowhere")


# --- tables -----------------------------------------------------------------------------------------------------------


def test_one_shape_is_shown_in_full_and_several_by_their_shares() -> None:
    scores = [ShapeScore("original", letters=1), ShapeScore("utf-16", letters=1)]
    for score, right in zip(scores, (1, 0), strict=True):
        score.add(Check("outcome", "letter.txt", right, 1, 1, "upheld", None))
    assert [*markdown_table(scores[:1])] == [
        "| field | right | found | true | share |",
        "| --- | ---: | ---: | ---: | ---: |",
        "| outcome | 1 | 1 | 1 | 100.0% |",
        "| mean of the fields |  |  |  | 100.0% |",
    ]
    assert [*text_table(scores)] == [
        "field               original  utf-16",
        "outcome               100.0%    0.0%",
        "mean of the fields    100.0%    0.0%",
        "original: 1 letters, mean 100.0%, worst field 100.0%",
        "utf-16: 1 letters, mean 0.0%, worst field 0.0%",
    ]
