"""Outcomes: each rate equals a count by hand and the list that it links to, whatever the question."""

from __future__ import annotations

import csv
import io
import random

import pytest
from django.http import QueryDict
from django.urls import reverse

from devtools.testing.archive import ItemRow, add_determination
from devtools.testing.random_archive import found_by_hand, random_archive, random_question, values_by_hand
from imr_archive.web.outcomes.explorer import outcomes_page
from imr_archive.web.outcomes.parameters import CHOICES, Breakdown, read_breakdown, without_outcome
from imr_archive.web.question.question import Question
from imr_archive.web.question.search import search_of
from imr_archive.web.results.rate_summary import shown_rate

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["nothing", "half", "everything"])
def cases(request):
    return random_archive(seed=31, size=40, stored=request.param)


def page_of(address):
    parameters = QueryDict(address.partition("?")[2])
    return outcomes_page(search_of(parameters), read_breakdown(parameters.dict()))


def listed_rate(url):
    rate = shown_rate(search_of(QueryDict(url.partition("?")[2])))
    return rate.part, rate.whole


@pytest.mark.parametrize("seed", range(6))
def test_each_row_and_cell_has_the_rate_of_the_list_that_it_links_to(cases, seed):
    chance = random.Random(seed)
    rows, split = chance.sample(CHOICES, 2)
    question = search_of(QueryDict(random_question(chance))).question
    page = page_of(Breakdown(rows, split).url(without_outcome(question)))
    found = [*page.rows, *(cell.row for _, cells in (page.matrix.lines if page.matrix else []) for cell in cells)]
    for row in found:
        assert listed_rate(row.list_url) == (row.rate.part, row.rate.whole), row.label
        assert row.rate.interval.low <= row.rate.value <= row.rate.interval.high if row.rate.whole else True


@pytest.mark.parametrize("dimension", ["basis", "ca_basis", "body_part", "sex", "specialty"])
def test_rates_are_those_counted_by_hand(cases, dimension):
    page = page_of(f"?rows={dimension}")
    expected = {}
    for case, item in found_by_hand(cases, Question()):
        if item.outcome:
            for value in values_by_hand(case, item, dimension):
                part, whole = expected.get(value, (0, 0))
                expected[value] = part + (item.outcome == "overturned"), whole + 1
    assert {row.value: (row.rate.part, row.rate.whole) for row in page.rows} == expected


def test_a_chosen_outcome_is_ignored_and_kept_out_of_the_links(cases):
    chosen, free = page_of("?rows=basis&outcome=upheld"), page_of("?rows=basis")
    assert [(row.value, row.rate) for row in chosen.rows] == [(row.value, row.rate) for row in free.rows]
    assert not any("outcome=" in row.list_url for row in chosen.rows)


def test_a_chosen_treatment_is_broken_down_into_those_below_it(cases):
    page = page_of("?rows=treatment&treatment=pharmaceuticals")
    assert {row.value for row in page.rows} == {"pharmaceuticals/opioid", "pharmaceuticals/nsaid"}


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("?rows=colour", "Outcomes cannot be broken down by “colour”."),
        ("?rows=year&split=outcome", "Outcomes cannot be broken down by “outcome”."),
    ],
)
def test_an_unknown_breakdown_is_a_sentence_on_the_page(client, cases, address, sentence):
    response = client.get(reverse("web:outcomes") + address)
    assert response.status_code == 200
    assert sentence in response.content.decode()


def test_the_guideline_source_is_a_name_for_the_top_of_the_guidelines(cases):
    assert page_of("?rows=year&split=guideline_source").breakdown.split.name == "guideline"


@pytest.mark.parametrize("address", ["", "?rows=specialty", "?rows=year&split=guideline", "?q=fusion&rows=treatment"])
def test_the_page_and_its_table_answer_with_few_queries(client, cases, django_assert_max_num_queries, address):
    client.get(reverse("web:outcomes") + address)
    with django_assert_max_num_queries(4):
        assert client.get(reverse("web:outcomes") + address).status_code == 200
    text = client.get(reverse("web:outcomes-csv") + address).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows
    for row in rows:
        part, whole = listed_rate(row["address"])
        assert (int(row["overturned"]), int(row["n"])) == (part, whole)


def test_an_empty_archive_has_nothing_to_show(client):
    assert b"no rate to show" in client.get(reverse("web:outcomes")).content


def test_a_label_like_a_formula_is_neutralised_in_the_table(client):
    add_determination("CM14-0000001", items=[ItemRow("A request")], boards=["=1+1"])
    text = client.get(reverse("web:outcomes-csv"), {"rows": "specialty"}).content.decode()
    assert "'=1+1" in text


def test_two_questions_are_compared_in_a_sentence(client, cases):
    response = client.get(reverse("web:compare-outcomes"), {"a": "basis=mtus", "b": "basis=both"})
    page = response.context["page"]
    assert [row.rate for row in page.rows] == [
        shown_rate(search_of(QueryDict(each))) for each in ("basis=mtus", "basis=both")
    ]
    assert page.sentence in response.content.decode().replace("&nbsp;", " ")
    assert page.shared_items == 0
    same = client.get(reverse("web:compare-outcomes"), {"a": "basis=mtus", "b": "basis=mtus"}).context["page"]
    assert same.difference.value == 0
    assert same.shared_items > 0
    assert same.standardised[0][1] == same.standardised[1][1]


def test_the_home_page_shows_the_rates_of_the_lists_that_it_links_to(client, cases, django_assert_max_num_queries):
    client.get("/")  # loads the snapshot
    with django_assert_max_num_queries(6):
        page = client.get("/").context["page"]
    rows = [point.row for point in page.trend.series[0].points] + [mark.row for mark in page.treatments]
    assert {row.value for row in rows} >= {"2014", "2016", "pharmaceuticals/opioid"}
    for row in rows:
        assert listed_rate(row.list_url) == (row.rate.part, row.rate.whole)
