"""Pages of treatments, guidelines and specialties: their numbers are those of the facets and of the linked lists."""

from __future__ import annotations

from itertools import product

import pytest
from django.http import QueryDict
from django.urls import reverse

from devtools.testing.archive import ItemRow, add_determination
from devtools.testing.random_archive import GUIDELINE_CHOICES, found_by_hand, random_archive, values_by_hand
from devtools.treatment_names import treatment_names
from imr_archive.web.catalogue import wordings
from imr_archive.web.question.question import Question
from imr_archive.web.question.search import search_of
from imr_archive.web.results.rate_summary import shown_rate

pytestmark = pytest.mark.django_db

TREATMENTS = ["pharmaceuticals", "pharmaceuticals/opioid", "pharmaceuticals/opioid/tramadol", "diagnostic-testing"]


@pytest.fixture
def cases():
    return random_archive(seed=71, size=40, stored="half")


def page_of(client, name, *values, query=""):
    response = client.get(reverse(f"web:{name}", args=values) + query)
    assert response.status_code == 200
    return response.context["page"]


def listed(url):
    """Overturned, with an outcome, and all items of a list."""
    search = search_of(QueryDict(url.partition("?")[2]))
    rate = shown_rate(search)
    return rate.part, rate.whole, search.selection.size()


def by_hand(cases, name, value, **filters):
    found = found_by_hand(
        cases, search_of(QueryDict("&".join(f"{key}={each}" for key, each in filters.items()))).question
    )
    return [(case, item) for case, item in found if value in values_by_hand(case, item, name)]


def all_nodes(nodes):
    for node in nodes:
        yield node
        yield from all_nodes(node.parts)


@pytest.mark.parametrize(("name", "dimension"), [("treatments", "treatment"), ("guidelines", "guideline")])
def test_trees_have_the_counts_of_the_facets(client, cases, name, dimension):
    for query, filters in (("", {}), ("?sex=F", {"sex": "F"}), ("?outcome=upheld", {})):
        nodes = [*all_nodes(page_of(client, name, query=query).nodes)]
        assert nodes
        check_nodes(cases, name, dimension, filters, nodes)


def check_nodes(cases, name, dimension, filters, nodes):
    for node in nodes:
        value = node.url.partition("?")[0].removeprefix(f"/{name}/").strip("/")
        found = by_hand(cases, dimension, value, **filters)
        assert node.number == len(found)
        stated = [item.outcome for _, item in found if item.outcome]
        assert (node.rate.part, node.rate.whole) == (stated.count("overturned"), len(stated))
        if dimension == "guideline":
            assert node.by_other_side == len(by_hand(cases, "ca_guideline", value, **filters))


def check_forest(forest, *, are_shares=False):
    for mark in forest.marks if forest else ():
        part, whole, items = listed(mark.row.list_url)
        if are_shares:
            assert items == mark.row.rate.part
        else:
            assert (part, whole) == (mark.row.rate.part, mark.row.rate.whole)


def test_a_treatments_page_shows_the_numbers_of_the_lists_that_it_links_to(client, cases):
    for value, query in product(TREATMENTS, ["", "?sex=F", "?outcome=upheld&body_part=knee"]):
        check_treatment(client, cases, value, query)


def check_treatment(client, cases, value, query):
    page = page_of(client, "treatment", value, query=query)
    filters = {name: each for name, each in QueryDict(query[1:]).items() if name != "outcome"}
    assert page.total == len(by_hand(cases, "treatment", value, **filters)) == listed(page.subject.list_url)[2]
    check_forest(page.below)
    check_forest(page.body_parts)
    for forest in page.reasons:
        check_forest(forest, are_shares=True)
    for bar in page.sections.bars if page.sections else ():
        assert listed(bar.row.list_url)[:2] == (bar.row.rate.part, bar.row.rate.whole)
    for _, cells in page.matrix.lines if page.matrix else ():
        for cell in cells:
            assert listed(cell.row.list_url)[:2] == (cell.row.rate.part, cell.row.rate.whole)


def test_a_guidelines_page_shows_the_numbers_of_the_lists_that_it_links_to(client, cases):
    for value, query in product(GUIDELINE_CHOICES, ["", "?sex=F"]):
        check_guideline(client, cases, value, query)


def check_guideline(client, cases, value, query):
    page = page_of(client, "guideline", value, query=query)
    filters = dict(QueryDict(query[1:]).items())
    found = by_hand(cases, "guideline", value, **filters)
    assert page.total == len(found)
    check_forest(page.sides)
    check_forest(page.treatments)
    for bar in page.parts.bars if page.parts else ():
        assert listed(bar.row.list_url)[:2] == (bar.row.rate.part, bar.row.rate.whole)
    for other in page.cited_with:
        guideline = other.url.removeprefix("/guidelines/").strip("/")
        assert other.number == sum(guideline in values_by_hand(case, item, "guideline") for case, item in found)
        assert not guideline.startswith(value)


def test_specialties_are_standardised_to_the_treatments_of_all_items(client, cases):
    page = page_of(client, "specialties")
    assert page.marks
    found = found_by_hand(cases, Question())
    strata = {"diagnostic-testing/imaging", "diagnostic-testing/laboratory", "injection/facet", *TREATMENTS[1:2]}
    strata.add("pharmaceuticals/nsaid")
    mix = {each: sum(each in values_by_hand(*one, "treatment") for one in found) for each in strata}
    for mark in page.marks:
        assert listed(mark.row.list_url)[:2] == (mark.row.rate.part, mark.row.rate.whole)
        if mark.standardised is None:
            assert mark.row.rate.is_too_few
            continue
        own = [one for one in found if mark.row.value in values_by_hand(*one, "specialty") and one[1].outcome]
        total = weighed = 0
        for stratum, weight in mix.items():
            outcomes = [one[1].outcome for one in own if stratum in values_by_hand(*one, "treatment")]
            if outcomes:
                total += weight
                weighed += weight * outcomes.count("overturned") / len(outcomes)
        assert mark.standardised.value == pytest.approx(weighed / total)
        assert mark.standardised.coverage == pytest.approx(total / sum(mix.values()))


def test_the_pages_answer_with_few_queries(client, cases, django_assert_max_num_queries):
    treatment, guideline = "/treatments/pharmaceuticals/opioid/", "/guidelines/odg/odg-pain/"
    for address in ("/treatments/", treatment, "/guidelines/", guideline, "/specialties/"):
        client.get(address)
        with django_assert_max_num_queries(6):
            assert client.get(f"{address}?sex=F").status_code == 200


def test_what_does_not_exist_is_not_found_and_old_guidelines_are_redirected(client, cases):
    assert client.get("/treatments/no-such-thing/").status_code == 404
    assert client.get("/guidelines/odg/no-such-thing/").status_code == 404
    assert client.get("/guidelines/odg-pain/?sex=F").headers["Location"] == "/guidelines/odg/odg-pain/?sex=F"


def test_an_empty_archive_has_nothing_to_show(client):
    for name in ("treatments", "guidelines", "specialties"):
        assert b"No item" in client.get(reverse(f"web:{name}")).content


def test_names_and_wordings_of_a_treatment_are_shown(client):
    drug = "pharmaceuticals/opioid/hydrocodone-acetaminophen"
    add_determination("CM14-0000001", items=[ItemRow("Norco 10/325", treatments=[drug])])
    page = page_of(client, "treatment", drug)
    assert {"norco", "vicodin", "lortab"} <= {*page.names}
    assert [each.number for each in page.wordings] == [1]
    assert page.newest[0].request == "Norco 10/325"


def test_the_names_of_treatments_are_those_of_the_parsers_tables():
    assert wordings._NAMES.read_text() == treatment_names(), (
        "python -m devtools.treatment_names writes them, see CONTRIBUTING.md"
    )


def test_lists_suggestions_and_letters_lead_to_the_pages(client, cases):
    listed_page = client.get("/determinations/?treatment=pharmaceuticals/opioid&sex=F").content.decode()
    assert 'href="/treatments/pharmaceuticals/opioid/?sex=F"' in listed_page
    offered = client.get("/suggest/?q=tramadol").content.decode()
    assert 'data-url="/treatments/pharmaceuticals/opioid/tramadol/"' in offered
    case = next(case for case in cases if any("injection/facet" in item.treatments for item in case.items))
    assert 'href="/treatments/injection/facet/"' in client.get(f"/determinations/{case.number}/").content.decode()
