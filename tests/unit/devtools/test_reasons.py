"""Reasons against marks: pairing, folds, and the counts of the table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from devtools.reasons.crossvalidate import misses, report
from devtools.reasons.marks import FOLDS, MarkedItem, Score, marked_items
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
    lines = list(report([marked(("no-indication", "no sign of a fracture"))]))
    assert lines[0].startswith("no-indication")
    assert len(lines) == 1 + FOLDS + 1
    assert "F1 100.0%" in lines[-1]
    assert "quotes right 100.0%" in lines[-1]


def test_shows_what_was_missed_and_what_was_found_in_excess() -> None:
    items = [marked(("missing-records", "no notes"))]
    assert list(misses(items, "missing-records")) == ["missed CM16-0000001 1: no notes"]
    assert list(misses(items, "no-indication")) == ["extra  CM16-0000001 1: There is no sign of a fracture."]
