"""Whole rationales of our own with marked reasons: scores that a change of the rules must not lower."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from devtools.reasons.crossvalidate import found_in
from devtools.reasons.marks import Score
from devtools.reasons.paragraphs import marked_paragraphs
from imr_archive.vocabulary import ReasonCode

WORDINGS = Path(__file__).parents[3] / "wordings"
FILES = sorted(WORDINGS.glob("reasons_*.txt"))


@pytest.mark.parametrize(
    ("name", "least"), [("first", 88), ("second", 80), ("long", 90), ("rare", 90), ("aside", 90), ("fresh", 92)]
)
def test_reads_the_reasons_of_marked_paragraphs(name: str, least: float) -> None:
    score = Score()
    for item in marked_paragraphs(WORDINGS / f"reasons_{name}.txt"):
        score.add(item, found_in(item))
    assert score.rates()[2] >= least
    assert score.right_quotes >= 0.9 * score.quotes


def test_the_paragraphs_are_many_and_state_each_code_often() -> None:
    items = [item for path in FILES for item in marked_paragraphs(path)]
    counts = Counter(code for item in items for code, _ in item.marks)
    assert len(items) >= 150
    assert {code.value for code in ReasonCode} <= set(counts)
    assert min(counts.values()) >= 8


def test_each_mark_is_a_clause_of_its_rationale_and_a_known_code() -> None:
    for path in FILES:
        for item in marked_paragraphs(path):
            for code, quote in item.marks:
                assert ReasonCode(code)
                assert quote in item.rationale
