"""Outcomes: each rate equals a count by hand and the list that it links to, whatever the question."""

from __future__ import annotations

import csv
import io
import random
from html import unescape
from itertools import product
from xml.etree import ElementTree

import pytest
from django.http import QueryDict
from django.urls import reverse

from devtools.testing.archive import ItemRow, add_determination
from devtools.testing.random_archive import found_by_hand, is_in_years, random_archive, random_question, values_by_hand
from imr_archive.analytics.axes import AXES
from imr_archive.search.facets.dimension import UNKNOWN
from imr_archive.web.outcomes.explorer import outcomes_page
from imr_archive.web.outcomes.parameters import Breakdown, read_breakdown, without_outcome
from imr_archive.web.question.question import Question
from imr_archive.web.question.search import search_of
from imr_archive.web.results.rate_summary import shown_rate

pytestmark = pytest.mark.django_db


NOT_COUNTED_BY = {"outcome", "case_outcome"}


@pytest.fixture
def cases(request):
    """A random archive; usually half of it is in the stored index, and half in the change log."""
    return random_archive(seed=31, size=40, stored=getattr(request, "param", "half"))


EVERY_STATE = pytest.mark.parametrize("cases", ["nothing", "half", "everything"], indirect=True)


def page_of(address):
    parameters = QueryDict(address.partition("?")[2])
    search = search_of(parameters)
    return outcomes_page(search, read_breakdown(parameters.dict(), search.question))


def listed_rate(url):
    rate = shown_rate(search_of(QueryDict(url.partition("?")[2])))
    return rate.part, rate.whole


def listed_items(url):
    return search_of(QueryDict(url.partition("?")[2])).selection.size()


def random_breakdown(chance, axes=AXES):
    while True:
        rows, split = chance.sample(axes, 2)
        if not {*rows.names} & {*split.names}:
            return Breakdown(rows, split)


def values_of_axis(axis, case, item):
    """The values of an item on an axis, by hand."""
    found = [values_by_hand(case, item, name) for name in axis.names]
    values = set.intersection(*found)
    return {each for each in values if axis.level in (0, each.count("/") + 1)}


def allowed_values(axis, case, item, question):
    """The values of an item that stand on an axis for a question: those below what it has chosen there."""
    found = []
    for name in axis.names:
        chosen = question.values(name)
        found.append(
            {
                value
                for value in values_by_hand(case, item, name)
                if (axis.level in (0, value.count("/") + 1) and (not chosen or is_below(value, chosen)))
                or (value in chosen and value.count("/") >= axis.level > 0)
            }
        )
    return set.intersection(*found) if "year" not in axis.names or is_in_years(case, question) else set()


def is_below(value, chosen):
    return any(value == each or value.startswith(f"{each}/") for each in chosen)


def counted_by_hand(cases, question, breakdown):
    """Overturned and all items with an outcome, by the values of both axes."""
    left_out = {name for axis in breakdown.axes for name in axis.names} | NOT_COUNTED_BY
    table = {}
    for case, item in found_by_hand(cases, question, leave_out=left_out):
        values = [allowed_values(axis, case, item, question) for axis in breakdown.axes]
        for places in product(*values):
            part, whole = table.get(places, (0, 0))
            table[places] = part + (item.outcome == "overturned"), whole + bool(item.outcome)
    return {places: counts for places, counts in table.items() if counts[1]}


@EVERY_STATE
def test_each_row_and_cell_has_the_numbers_of_the_list_that_it_links_to(cases):
    for seed in range(15):
        chance = random.Random(seed)
        chosen = random_breakdown(chance)
        question = search_of(QueryDict(random_question(chance))).question
        figures = page_of(chosen.url(without_outcome(question))).figures
        matrix = figures.matrix
        cells = [cell.row for _, line in (matrix.lines if matrix else []) for cell in line]
        for found, are_shares in ((figures.rows, figures.rows_are_shares), (cells, figures.cells_are_shares)):
            for row in found:
                if are_shares:
                    assert listed_items(row.list_url) == row.rate.part, row.list_url
                else:
                    assert listed_rate(row.list_url) == (row.rate.part, row.rate.whole), row.list_url
                assert not row.rate.whole or row.rate.interval.low <= row.rate.value <= row.rate.interval.high
        for margin in (*matrix.columns, *(line for line, _ in matrix.lines), matrix.total) if matrix else ():
            whole = listed_items(margin.list_url) if figures.cells_are_shares else listed_rate(margin.list_url)[1]
            assert whole == margin.rate.whole, margin.list_url


@EVERY_STATE
def test_cross_tables_are_those_counted_by_hand(cases):
    axes = [axis for axis in AXES if axis.name != "reason"]
    for seed in range(15):
        chance = random.Random(100 + seed)
        chosen = random_breakdown(chance, axes)
        question = search_of(QueryDict(random_question(chance))).question
        figures = page_of(chosen.url(question)).figures
        expected = counted_by_hand(cases, question, Breakdown(chosen.rows))
        named = {places: counts for places, counts in expected.items() if is_named(chosen.rows, *places)}
        assert {(row.value,): (row.rate.part, row.rate.whole) for row in figures.rows} == named, chosen.url(question)
        expected = counted_by_hand(cases, question, chosen)
        for line, cells in figures.matrix.lines if figures.matrix else []:
            for column, cell in zip(figures.matrix.columns, cells, strict=True):
                counts = expected.get((line.value, column.value), (0, 0))
                assert (cell.row.rate.part, cell.row.rate.whole) == counts, cell.row.list_url


def is_named(axis, value):
    """Whether a value stands in a row: a treatment or a guideline that is not stated has none."""
    return value != UNKNOWN or axis.dimension.none_label


@pytest.mark.parametrize(("rows", "split"), [("reason", "year"), ("year", "reason"), ("reason", "treatment_category")])
def test_reasons_are_counted_as_the_share_of_items_that_have_them(cases, rows, split):
    figures = page_of(f"?rows={rows}&split={split}").figures
    axes = figures.breakdown.axes
    for line, cells in figures.matrix.lines:
        for column, cell in zip(figures.matrix.columns, cells, strict=True):
            values = {axes[0].name: line.value, axes[1].name: column.value}
            other = next(axis for axis in axes if axis.name != "reason")
            whole = [
                each for each in found_by_hand(cases, Question()) if values[other.name] in values_of_axis(other, *each)
            ]
            part = [each for each in whole if values["reason"] in values_by_hand(*each, "reason")]
            assert (cell.row.rate.part, cell.row.rate.whole) == (len(part), len(whole))


def test_items_without_a_value_or_an_outcome_are_counted(cases):
    figures = page_of("?rows=guideline_section").figures
    found = found_by_hand(cases, Question())
    axis = figures.breakdown.rows
    assert figures.without_value == sum(not values_of_axis(axis, *each) for each in found)
    assert figures.without_outcome == sum(not item.outcome for _, item in found)


@pytest.mark.parametrize("dimension", ["basis", "ca_basis", "body_part", "sex", "specialty"])
def test_rates_are_those_counted_by_hand(cases, dimension):
    page = page_of(f"?rows={dimension}")
    expected = {}
    for case, item in found_by_hand(cases, Question()):
        if item.outcome:
            for value in values_by_hand(case, item, dimension):
                part, whole = expected.get(value, (0, 0))
                expected[value] = part + (item.outcome == "overturned"), whole + 1
    assert {row.value: (row.rate.part, row.rate.whole) for row in page.figures.rows} == expected


def test_a_chosen_outcome_is_ignored_and_kept_out_of_the_links(cases):
    chosen, free = page_of("?rows=basis&outcome=upheld"), page_of("?rows=basis")
    chosen, free = chosen.figures.rows, free.figures.rows
    assert [(row.value, row.rate) for row in chosen] == [(row.value, row.rate) for row in free]
    assert not any("outcome=" in row.list_url for row in chosen)


def test_a_chosen_treatment_is_broken_down_into_those_below_it(cases):
    page = page_of("?rows=treatment&treatment=pharmaceuticals")
    assert {row.value for row in page.figures.rows} == {"pharmaceuticals/opioid", "pharmaceuticals/nsaid"}


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("?rows=colour", "Outcomes cannot be broken down by “colour”."),
        ("?rows=year&split=outcome", "Outcomes cannot be broken down by “outcome”."),
        ("?rows=guideline_source&split=guideline_title", "by two different facets, not by two levels of one."),
    ],
)
def test_an_unknown_breakdown_is_a_sentence_on_the_page(client, cases, address, sentence):
    response = client.get(reverse("web:outcomes") + address)
    assert response.status_code == 200
    assert sentence in response.content.decode()


def test_the_guideline_source_is_a_name_for_the_top_of_the_guidelines(cases):
    assert page_of("?rows=year&split=guideline").breakdown.split.name == "guideline_source"
    assert page_of("?rows=year&split=guideline&guideline=odg").breakdown.split.name == "guideline_title"


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


SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("?rows=year&split=guideline_source", "trend"),
        ("?rows=year&split=guideline_source", "matrix"),
        ("?rows=reason&split=sex", "matrix"),
        ("?rows=guideline_section", "bars"),
        ("?rows=body_part&sex=F", "forest"),
    ],
)
def test_figures_are_files_that_stand_alone_with_links_to_exactly_their_items(client, cases, address, kind):
    response = client.get(reverse("web:outcomes-svg") + f"{address}&figure={kind}")
    assert response.headers["Content-Type"].startswith("image/svg+xml")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    drawn = ElementTree.fromstring(response.content)
    assert drawn.find(f"{SVG}style") is not None
    links = {each.attrib["href"] for each in drawn.iter(f"{SVG}a")}
    page = page_of(address).figures
    rows = [*page.rows, *(cell.row for _, cells in (page.matrix.lines if page.matrix else ()) for cell in cells)]
    rows += [*page.matrix.columns, page.matrix.total] if page.matrix else []
    assert links
    assert links <= {f"http://testserver{row.list_url}" for row in rows}

    assert f"&figure={kind}" in unescape(client.get(f"/outcomes/{address}").content.decode())


def test_a_figure_that_the_page_does_not_have_is_not_found(client, cases):
    assert client.get(reverse("web:outcomes-svg"), {"rows": "sex", "figure": "trend"}).status_code == 404
    assert client.get(reverse("web:outcomes-svg")).status_code == 404
