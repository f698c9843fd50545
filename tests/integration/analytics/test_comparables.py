"""Comparable decisions: equal to a brute-force ranking of all items, each text once, within bounded reading."""

from __future__ import annotations

from collections import Counter
from datetime import date
from math import log, sqrt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from devtools.testing.archive import Cited, ItemRow, add_determination
from devtools.testing.random_archive import guideline_by_hand, random_archive
from imr_archive.analytics.comparable import nearest, pool
from imr_archive.analytics.comparable.nearest import NEAREST, SHOWN, comparables_of
from imr_archive.models import DisputedItem
from imr_archive.search.facets.selection import Selection

pytestmark = pytest.mark.django_db


def found_for(case_number, position=1):
    item = DisputedItem.objects.select_related("text").get(determination__case_number=case_number, position=position)
    return comparables_of(item, Selection.of_everything())


def numbers(matches):
    keys = [each.key for each in matches]
    names = DisputedItem.objects.in_bulk(keys)
    return [f"{names[key].determination.case_number}-{names[key].position}" for key in keys]


# --- by hand ----------------------------------------------------------------------------------------------------------


def facet_weight(own, other):
    """What two items share of treatment, body part and the reviewer's guideline; the first is None if it counts."""
    weight = 0.0
    kinds = {slug.rpartition("/")[0] for slug in own.treatments if "/" in slug}
    below = {"/".join(slug.split("/")[:level]) for slug in other.treatments for level in range(1, 4)}
    if own.treatments and set(own.treatments) & below:
        weight += 4
    elif kinds & below:
        weight += 2
    elif own.treatments:
        return None
    weight += 2 if set(own.body_parts) & set(other.body_parts) else 0
    cited, others = ([guideline_by_hand(each) for each in row.guidelines] for row in (own, other))
    if {"/".join(each) for each in cited if len(each) > 2} & {"/".join(each) for each in others}:
        weight += 2
    elif {"/".join(each[:2]) for each in cited} & {"/".join(each[:2]) for each in others}:
        weight += 1.2
    return weight or None


def ranked_by_hand(cases, case, position):
    """Score every item of every other letter; return (nearness, case number, position, outcome), the nearest first."""
    own = case.items[position - 1]
    newest = sorted(
        (each for each in range(len(cases))),
        key=lambda place: (cases[place].decided or date.min, cases[place].number),
        reverse=True,
    )
    candidates = {}
    rows = [
        (cases[place], number, row) for place in newest for number, row in reversed([*enumerate(cases[place].items, 1)])
    ]
    rows = [(each, number, row, facet_weight(own, row)) for each, number, row in rows if each is not case]
    rows = [each for each in rows if each[3] is not None and each[2].outcome]
    for each, number, row, weight in sorted(rows, key=lambda found: -found[3]):
        text = tuple(row.rationale.split())
        if text and text != tuple(own.rationale.split()):
            candidates.setdefault(text, (each, number, row, weight))
    frequency = Counter(word for text in candidates for word in set(text))
    frequency.update(set(own.rationale.split()))
    rare = {word: log((len(candidates) + 1) / count) for word, count in frequency.items()}

    def length(words):
        return sqrt(sum(rare[word] ** 2 for word in words))

    scored = []
    for text, (each, number, row, weight) in candidates.items():
        words, others = set(own.rationale.split()), set(text)
        lengths = length(words) * length(others)
        cosine = length(words & others) ** 2 / lengths if lengths else 0
        scored.append((weight + 4 * cosine, each.number, number, row.outcome))  # no request says anything
    return sorted(scored, key=lambda found: -round(found[0], 6))


@pytest.mark.parametrize("stored", ["nothing", "half", "everything changed"])
def test_the_nearest_are_those_of_a_brute_force_ranking(stored):
    cases = random_archive(seed=5, size=60, stored=stored)
    checked = 0
    for case in cases[:20]:
        for position in range(1, len(case.items) + 1):
            expected = ranked_by_hand(cases, case, position)
            found = found_for(case.number, position)
            assert numbers(found.nearest) == [f"{number}-{place}" for _, number, place, _ in expected[:NEAREST]]
            assert [each.nearness for each in found.nearest] == pytest.approx([each[0] for each in expected], abs=1e-5)
            outcomes = [each[3] for each in expected[:NEAREST]]
            assert (found.rate.part, found.rate.whole) == (outcomes.count("overturned"), len(outcomes))
            for outcome, shown in (("overturned", found.overturned), ("upheld", found.upheld)):
                letters = dict.fromkeys(number for _, number, _, each in expected if each == outcome)
                assert [name[: -len("-1")] for name in numbers(shown)] == [*letters][:SHOWN]
            checked += len(expected)
    assert checked > 100


# --- what counts once, and what never ---------------------------------------------------------------------------------

ABOUT = {"treatments": ["injection/facet"], "body_parts": ["knee"], "guidelines": [Cited("odg-pain", "Facet blocks")]}


def add(number, rationale, outcome="upheld", **rest):
    items = [ItemRow("Injection of the left knee", outcome, rationale=rationale, **{**ABOUT, **rest})]
    return add_determination(f"CM14-{number:07d}", decided=date(2014, 1, 1), items=items)


def test_neither_the_item_nor_its_letter_nor_copies_of_its_text_are_comparable():
    row = ItemRow("Injection of the left knee", rationale="No benefit of the last block, 3 weeks ago.", **ABOUT)
    sibling = ItemRow("Injection of the right knee", "overturned", rationale="Something else.", **ABOUT)
    add_determination("CM14-0000001", decided=date(2014, 1, 1), items=[row, sibling])
    add(2, "NO BENEFIT of the last block; 9 weeks ago")
    add(3, "Relief lasted for months.", "overturned")
    add(4, "Relief lasted\nfor 8 months!", "overturned")
    add(5, "", "overturned")
    add(6, "No outcome is stated.", "")
    found = found_for("CM14-0000001")
    # Of the two copies the newer letter stands for both.
    assert numbers(found.nearest) == numbers(found.overturned) == ["CM14-0000004-1"]
    assert (found.compared, found.rate.part, found.rate.whole) == (1, 1, 1)


def test_sides_do_not_count_and_spinal_levels_are_told():
    items = [ItemRow("Injection, left L4-5", rationale="First text.", **ABOUT)]
    add_determination("CM14-0000001", items=items)
    for number, request in enumerate(["Injection, right L4-L5", "Injection, bilateral L5-S1"], 2):
        items = [ItemRow(request, rationale=f"Another text, number {number * 'x'}.", **ABOUT)]
        add_determination(f"CM14-{number:07d}", items=items)
    found = {each.same_levels: each.same_request for each in found_for("CM14-0000001").nearest}
    assert found == {True: False, False: False}
    first = found_for("CM14-0000001").nearest[0]
    assert first.aspects == ("treatment", "body part", "section")
    assert numbers([first]) == ["CM14-0000002-1"]


def test_rare_words_of_the_rationale_decide_among_equals():
    add(1, "Myelopathy was found on examination of the patient.")
    for number in range(2, 22):
        add(number, f"The patient has ordinary findings, variant {'abcdefghijklmnopqrst'[number - 2] * 5}.")
    add(22, "The patient has signs of myelopathy.")
    first = found_for("CM14-0000001").nearest[0]
    assert numbers([first]) == ["CM14-0000022-1"]
    assert "myelopathi" in first.words


def test_an_outcome_is_looked_for_beyond_the_pool(monkeypatch):
    monkeypatch.setattr(nearest, "COMPARED", 4)
    monkeypatch.setattr(pool, "_FEWEST_AT_ONCE", 2)
    words = ["alpha", "bravo", "charlie", "delta", "echoes", "foxtrot", "golfing", "hotel", "indigo", "juliet"]
    add(1, "The subject's own text.")
    for number, word in enumerate(words, 2):
        add(number, f"Denied for {word}.")
    add(20, "Granted after relief.", "overturned", treatments=["injection/other-injection"])
    found = found_for("CM14-0000001")
    assert found.compared == 4
    assert numbers(found.overturned) == ["CM14-0000020-1"]
    assert found.overturned[0].aspects == ("kind of treatment", "body part", "section")


def test_copies_cannot_make_it_read_more_than_its_limit(monkeypatch):
    monkeypatch.setattr(pool, "MOST_READ", 20)
    monkeypatch.setattr(pool, "_AT_ONCE", 10)
    add(1, "The subject's own text.")
    for number in range(2, 42):
        add(number, "A pasted text.")
    found_for("CM14-0000001")  # loads the snapshot
    item = DisputedItem.objects.select_related("text").get(determination__case_number="CM14-0000001")
    everything = Selection.of_everything()
    everything.snapshot.counts.clear()
    with CaptureQueriesContext(connection) as queries:
        found = comparables_of(item, everything)
    assert found.compared == 1
    texts = [each["sql"] for each in queries if "rationale" in each["sql"]]
    # Two batches for the pool, and two for each outcome, of which it has fewer than three.
    assert len(texts) <= 6


def test_an_item_without_facets_has_no_comparable():
    add_determination("CM14-0000001", items=[ItemRow("Something", rationale="A text.")])
    add(2, "Another text.")
    found = found_for("CM14-0000001")
    assert (found.compared, found.nearest, found.rate.whole) == (0, (), 0)
