"""Overturn rates of selections, and their design effects, against a count letter by letter."""

from __future__ import annotations

import numpy as np
import pytest
from django.http import QueryDict

from devtools.testing.archive import ItemRow, add_determination
from devtools.testing.random_archive import found_by_hand, random_archive
from imr_archive.analytics import events
from imr_archive.analytics.design_effect import LetterSums, design_effect
from imr_archive.analytics.overturn import case_overturn_rate, letter_sums, overturn_rate
from imr_archive.search.facets.rebuild import rebuild
from imr_archive.web.question.search import Search, search_of

pytestmark = pytest.mark.django_db

QUESTIONS = ["", "treatment=pharmaceuticals", "outcome=overturned&sex=F", "q=scan", "sex=F&sex=M&year=2014"]


def sums_by_hand(found):
    letters = {}
    for case, item in found:
        if item.outcome:
            letters.setdefault(case.number, []).append(item.outcome == "overturned")
    return LetterSums.of_letters(
        np.array([len(each) for each in letters.values()], dtype=np.int64),
        np.array([sum(each) for each in letters.values()], dtype=np.int64),
    )


@pytest.mark.parametrize("stored", ["nothing", "half", "everything, and half of it changed"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_sums_over_the_letters_of_a_selection_agree_with_a_count_by_hand(stored, question):
    cases = random_archive(seed=13, size=40, stored=stored)
    search = search_of(QueryDict(question))
    by_hand, everything = (
        sums_by_hand(found_by_hand(cases, each)) for each in (search.question, Search.of_everything().question)
    )
    sums = letter_sums(search.selection)
    assert (sums.letters, sums.items, sums.overturned) == (by_hand.letters, by_hand.items, by_hand.overturned)
    assert (sums.squared_sizes, sums.squared_shares) == pytest.approx((by_hand.squared_sizes, by_hand.squared_shares))
    rate = overturn_rate(search.selection)
    assert (rate.part, rate.whole) == (by_hand.overturned, by_hand.items)
    assert rate.design_effect == pytest.approx(design_effect(by_hand, everything.correlation))


def test_letters_whose_items_agree_widen_the_interval():
    for number in range(60):
        outcome = "overturned" if number % 5 == 0 else "upheld"
        add_determination(f"CM14-{number:07d}", items=[ItemRow(each, outcome) for each in "ABC"])
    rate = overturn_rate(Search.of_everything().everything)
    assert (rate.part, rate.whole) == (36, 180)
    assert rate.design_effect == pytest.approx(3)


def test_the_sums_of_many_items_are_estimated_from_every_eighth_letter(monkeypatch):
    for number in range(64):
        items = [ItemRow("A"), ItemRow("B", "overturned")] if number % 8 else [ItemRow("C")]
        add_determination(f"CM14-{number:07d}", items=items)
    rebuild()
    monkeypatch.setattr(events, "_MANY_ITEMS", 50)
    everything = Search.of_everything().everything
    sums = letter_sums(everything)
    assert (sums.letters, sums.items, sums.overturned) == (8, 8, 0)
    # The rate itself counts every item.
    assert (overturn_rate(everything).part, overturn_rate(everything).whole) == (56, 120)


def test_a_determination_overturned_in_part_counts_as_overturned():
    add_determination("CM14-0000001", items=[ItemRow("A"), ItemRow("B", "overturned")])
    add_determination("CM14-0000002", items=[ItemRow("A", "overturned")])
    add_determination("CM14-0000003", items=[ItemRow("A"), ItemRow("B")])
    add_determination("CM14-0000004", items=[ItemRow("A", "")])
    rate = case_overturn_rate(Search.of_everything().everything)
    assert (rate.part, rate.whole, rate.design_effect) == (2, 3, 1.0)
