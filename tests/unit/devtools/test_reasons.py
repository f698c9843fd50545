"""Reasons against marks: pairing, folds, and the counts of the table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from devtools.reasons.accuracy import FIGURES, figures, kept_aside
from devtools.reasons.attested import phrases_of_one_fold
from devtools.reasons.crossvalidate import found_in, misses, report
from devtools.reasons.marks import FOLDS, MarkedItem, Score, marked_items
from devtools.reasons.paragraphs import marked_paragraphs
from devtools.reasons.unseen import found_without
from imr_archive.vocabulary import Outcome

if TYPE_CHECKING:
    from pathlib import Path

RATIONALE = "There is no sign of a fracture. As such, the request is not medically necessary."


def marked(*marks: tuple[str, str], case: str = "CM16-0000001") -> MarkedItem:
    return MarkedItem(case, "1", Outcome.UPHELD, RATIONALE, "X-ray", marks, is_unsure=False)


def test_pairs_marks_with_parsed_items(tmp_path: Path) -> None:
    gold, parsed = tmp_path / "reasons.json", tmp_path / "parsed.jsonl"
    entry = {"reasons": [{"code": "no-indication", "quote": "no sign"}], "unsure": True}
    gold.write_text(json.dumps({"CM16-0000001": {"1": entry}, "letter": {"2": entry}}))
    item = {"position": 1, "outcome": "upheld", "rationale": RATIONALE, "description": "X-ray"}
    letters = [
        {"case_number": "CM16-0000001", "file": "a/x.pdf", "items": [item]},
        {"case_number": None, "file": "a/letter.txt", "items": [{**item, "position": 2, "outcome": None}]},
    ]
    parsed.write_text("\n".join(map(json.dumps, letters)))
    first, second = marked_items(gold, parsed)
    assert (first.outcome, first.rationale, first.marks) == (Outcome.UPHELD, RATIONALE, (("no-indication", "no sign"),))
    assert (second.case, second.outcome, second.is_unsure) == ("letter", None, True)


def test_all_items_of_a_letter_are_in_one_fold_and_letters_in_all() -> None:
    folds = {marked(case=f"CM16-{number:07}").fold for number in range(100)}
    assert folds == set(range(FOLDS))


def test_counts_codes_as_sets_and_quotes_by_their_words() -> None:
    score = Score()
    score.add(
        marked(("no-indication", "no sign of a fracture"), ("missing-records", "no notes")),
        [("no-indication", "There is no sign of a fracture."), ("no-indication", "the request"), ("other", "such")],
    )
    assert score.rates("no-indication") == (100, 100, 100)
    assert score.rates("missing-records") == (0, 0, 0)
    assert score.rates() == pytest.approx((50, 50, 50))
    assert (score.items, score.exact, score.quotes, score.right_quotes) == (1, 0, 2, 1)


def test_the_table_names_each_code_each_fold_and_the_whole() -> None:
    items = [marked(("no-indication", "no sign of a fracture"))]
    lines = list(report(items, [found_in(item) for item in items]))
    assert lines[0].startswith("no-indication")
    assert len(lines) == 1 + FOLDS + 1
    assert "F1 100.0%" in lines[-1]
    assert "quotes right 100.0%" in lines[-1]


def test_shows_what_was_missed_and_what_was_found_in_excess() -> None:
    items = [marked(("missing-records", "no notes"))]
    assert list(misses(items, "missing-records")) == ["missed CM16-0000001 1: no notes"]
    assert list(misses(items, "no-indication")) == ["extra  CM16-0000001 1: There is no sign of a fracture."]


def test_reads_marked_paragraphs(tmp_path: Path) -> None:
    path = tmp_path / "reasons_x.txt"
    path.write_text(
        "# A remark.\n\nupheld | X-ray\nIt hurts. {no-indication+missing-records|No sign\nof a fracture.} So not.\n"
    )
    (item,) = marked_paragraphs(path)
    assert (item.outcome, item.description) == (Outcome.UPHELD, "X-ray")
    assert item.rationale == "It hurts. No sign of a fracture. So not."
    assert item.marks == (
        ("no-indication", "No sign of a fracture."),
        ("missing-records", "No sign of a fracture."),
    )


def test_a_fold_is_scored_without_the_phrases_that_only_its_letters_attest() -> None:
    item = marked(("no-indication", "no sign of a fracture"))
    phrases = phrases_of_one_fold([item], ["No evidence of weakness."])
    assert "fracture" in phrases[item.fold]
    assert all("fracture" not in others for fold, others in enumerate(phrases) if fold != item.fold)
    assert "fracture" not in phrases_of_one_fold([item], ["The fracture has healed."])[item.fold]
    (found,) = found_without([item], {"fracture", "sign", "signs", "no"})
    assert found == []


def test_the_figures_that_pages_show_are_current() -> None:
    shown = json.loads(FIGURES.read_text(encoding="utf-8"))["aside"]
    assert shown == kept_aside(), "python -m devtools.reasons.accuracy writes them"


def test_figures_name_codes_that_are_often_wrong_or_marked_seldom() -> None:
    items = [marked(("no-indication", "no sign"))] * 10
    found = [[("no-indication", "no sign"), ("not-recommended", "x")]] * 7 + [[]] * 3
    read = figures([*items, *[marked()] * 3], [*found, *[[("no-indication", "no sign")]] * 3])
    assert read["imprecise"] == ["no-indication"]
    assert "no-indication" not in read["unmeasured"]
    assert "other" in read["unmeasured"]
