"""The page of the phrases that mark overturned rationales: letters, copies, links, sample and shuffled outcomes."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta

import pytest

from devtools.testing.archive import ItemRow, add_determination
from imr_archive.analytics.phrases import marking
from imr_archive.models import DisputedItem
from imr_archive.search.facets.selection import Selection

pytestmark = pytest.mark.django_db

URL = "/treatments/injection/facet/phrases/"
TREATMENT = {"treatments": ["injection/facet"]}
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def add(number, *rows):
    items = [ItemRow("Facet block", outcome, rationale=text, **TREATMENT) for outcome, text in rows]
    add_determination(f"CM14-{number:07d}", decided=date(2014, 1, 1) + timedelta(number), items=items)


def own_word(number):
    """A word that no other letter has."""
    return f"variant{LETTERS[number % 26]}{LETTERS[number // 26]}"


@pytest.fixture
def archive(db):
    """Twelve overturned letters that state a relief, and twenty-four upheld ones of which two do."""
    for number in range(36):
        is_overturned = number % 3 == 0
        states = is_overturned or number in (1, 2)
        said = "There was sustained relief." if states else "Nothing was tried."
        add(number, ("overturned" if is_overturned else "upheld", f"{said} {own_word(number)} has pain."))


def test_a_phrase_is_shown_with_the_letters_of_each_side_and_links_to_their_items(client, archive):
    page = client.get(URL).context["page"]
    (row,) = page.rows
    assert (row.words, row.overturned, row.upheld) == ("sustained relief", 12, 2)
    assert (page.found.overturned, page.found.upheld) == (12, 24)
    for url, number in ((row.overturned_url, 12), (row.upheld_url, 2)):
        assert f"{number} disputed items" in client.get(url).content.decode()
    shown = client.get("/treatments/injection/phrases/").context["page"]
    assert [each.words for each in shown.rows] == ["sustained relief"], "any level of the tree has the page"


def test_copies_of_a_rationale_count_once_and_letters_decided_both_ways_never(client):
    for number in range(30):
        add(number, ("overturned", f"A pasted text on sustained relief, {number} weeks."))
    for number in range(30, 60):
        add(number, ("upheld", f"{own_word(number)} has pain."))
    for number in range(60, 80):
        add(number, ("overturned", f"Sustained relief {own_word(number)}."), ("upheld", "Nothing was tried."))
    found = client.get(URL).context["page"].found
    assert (found.overturned, found.upheld, found.phrases) == (1, 30, [])


def test_only_the_newest_letters_of_each_outcome_are_read_and_the_page_says_so(client, archive, monkeypatch):
    monkeypatch.setattr(marking, "SAMPLE", 10)
    response = client.get(URL)
    found = response.context["page"].found
    assert (found.overturned, found.upheld, found.is_sample) == (10, 10, True)
    assert "This treatment has more letters than are read" in response.content.decode()


def test_shuffled_outcomes_mark_nothing(archive):
    """Shuffle the outcomes of the letters, forty times, through the database; the seed is fixed."""
    chance = random.Random(7)
    shown = 0
    items = [*DisputedItem.objects.order_by("pk")]
    outcomes = [item.outcome for item in items]
    for _ in range(40):
        chance.shuffle(outcomes)
        for item, outcome in zip(items, outcomes, strict=True):
            item.outcome = outcome
        DisputedItem.objects.bulk_update(items, ["outcome"])
        shown += bool(marking.marking_phrases(Selection.of_everything()).phrases)
    assert shown <= 2


@pytest.mark.parametrize(
    ("address", "status"),
    [(URL, 200), ("/treatments/none/such/phrases/", 404), ("/treatments/injection/other/phrases/", 404)],
)
def test_a_treatment_without_letters_to_compare_says_so(client, address, status):
    add(1, ("upheld", "A text."))
    response = client.get(address)
    assert response.status_code == status
    shown = re.sub(r"\s+", " ", response.content.decode())
    assert ("too few to say" if status == 200 else "The archive has no item with the treatment") in shown


def test_the_page_runs_a_fixed_number_of_queries_and_keeps_crawlers_out(client, archive, django_assert_max_num_queries):
    client.get("/")  # loads the snapshot
    with django_assert_max_num_queries(4):
        response = client.get(URL)
    assert response["X-Robots-Tag"] == "noindex, nofollow"
