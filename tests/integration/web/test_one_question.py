"""One question gives the page's list, headline, facets and rate, the downloads and the API: they all say the same."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter

import pytest
from django.http import QueryDict

from devtools.testing.archive import case_outcome
from devtools.testing.random_archive import (
    all_values,
    found_by_hand,
    order_by_hand,
    random_archive,
    random_question,
    values_by_hand,
)
from imr_archive.models import Determination
from imr_archive.search.facets.paging import Order
from imr_archive.search.facets.selection import Unit
from imr_archive.web.question.parameters import FACET_VARS
from imr_archive.web.question.search import search_of

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["nothing", "half", "everything", "everything, and half of it changed"])
def cases(request):
    return random_archive(seed=21, size=40, stored=request.param)


@pytest.fixture
def questions():
    chance = random.Random(22)
    return [(chance.choice([*Order]), random_question(chance)) for _ in range(15)]


def by_hand(cases, asked, order):
    """The items that answer a question, by case and position, in their order."""
    keys = dict(Determination.objects.values_list("case_number", "pk"))
    found = [(case, case.items.index(item) + 1) for case, item in found_by_hand(cases, asked)]
    found.sort(key=lambda each: order_by_hand(*each, order, keys))
    return [(case.number, position) for case, position in found]


def as_pairs(records):
    return [(record["determination"]["case_number"], record["position"]) for record in records]


def downloaded(client, address):
    return b"".join(client.get(address).streaming_content).decode()


def pages(client, address):
    """Every page of the API from an address on."""
    while address:
        answer = client.get(address).json()
        yield answer
        address = answer["next"]


def test_page_downloads_and_api_say_the_same(client, cases, questions):
    for order, conditions in questions:
        question = f"{conditions}&sort={order.value}"
        asked = search_of(QueryDict(question)).question
        found = by_hand(cases, asked, order)
        shown = client.get(f"/determinations/?{question}").context["page"]
        listed = [*pages(client, f"/api/v1/items/?{question}")]
        letters = [*pages(client, f"/api/v1/determinations/?{question}")]
        totals = {"items": len(found), "determinations": len({number for number, _ in found})}
        assert shown.totals == totals, question
        assert all(answer["found"] == totals for answer in listed + letters), question

        lines = downloaded(client, f"/disputed-items.ndjson?{question}").splitlines()
        rows = [*csv.DictReader(io.StringIO(downloaded(client, f"/disputed-items.csv?{question}").lstrip("\ufeff")))]
        assert as_pairs(map(json.loads, lines)) == found, question
        assert [(row["case_number"], int(row["item"])) for row in rows] == found, question
        assert [pair for answer in listed for pair in as_pairs(answer["items"])] == found, question

        records = [each for answer in letters for each in answer["determinations"]]
        numbers = [each["case_number"] for each in records]
        table = downloaded(client, f"/determinations.csv?{question}").lstrip("\ufeff")
        assert [row["case_number"] for row in csv.DictReader(io.StringIO(table))] == numbers, question
        assert sorted((each["case_number"], item["position"]) for each in records for item in each["items"]) == sorted(
            found
        ), question
        assert sorted(numbers) == sorted({number for number, _ in found}), question
        if order is not Order.MOST_ITEMS:
            assert numbers == [*dict.fromkeys(number for number, _ in found)], question
        on_page = {(str(card.determination), item.item.position) for card in shown.results.cards for item in card.items}
        assert on_page <= {*found}, question


def test_facets_and_rate_are_the_same_on_the_page_and_in_the_api(client, cases, questions):
    for _, question in questions:
        asked = search_of(QueryDict(question)).question
        shown = client.get(f"/determinations/?{question}").context["page"]
        answer = client.get(f"/api/v1/facets/?{question}").json()
        assert [facet["name"] for facet in answer["facets"]] == [facet.name for facet in shown.facets]
        assert {*FACET_VARS} == {facet["name"] for facet in answer["facets"]}
        for facet, on_page in zip(answer["facets"], shown.facets, strict=True):
            counts = {each["value"]: each["count"] for each in facet["values"]}
            found = found_by_hand(cases, asked, leave_out=[facet["name"]])
            counted = {
                (value, case.number if asked.show is Unit.DETERMINATIONS else place)
                for place, (case, item) in enumerate(found)
                for value in values_by_hand(case, item, facet["name"])
                if is_listed(value, facet["name"], asked)
            }
            assert counts == Counter(value for value, _ in counted), (question, facet["name"])
            for value in all_values(on_page.values):
                assert value.count == counts.get(value.slug, 0), (question, facet["name"])

        overturned, whole = decided_by_hand(cases, asked)
        address = "determinations" if asked.show is Unit.DETERMINATIONS else "items"
        rate = client.get(f"/api/v1/{address}/?{question}").json()["rate"]
        assert (rate["overturned"], rate["of"], rate["counted"]) == (overturned, whole, asked.show.value), question
        summary = shown.rate_summary
        assert (summary is None) == (whole == 0), question
        if summary:
            assert (summary.shown.part, summary.shown.whole) == (overturned, whole), question
            assert [*summary.shown.interval] == rate["interval"], question


def is_listed(value, name, asked):
    """Whether the API lists a value: of sections, those of a guideline that is chosen or has a chosen section."""
    guideline = value.rpartition("/")[0]
    if name not in ("guideline", "ca_guideline") or value.count("/") < 2:
        return True
    return any(f"{chosen}/".startswith(f"{guideline}/") for chosen in asked.values(name))


def decided_by_hand(cases, asked):
    """Overturned and decided items, or determinations, without a chosen outcome."""
    found = found_by_hand(cases, asked, leave_out=("outcome", "case_outcome"))
    outcomes = [item.outcome for _, item in found]
    if asked.show is Unit.DETERMINATIONS:
        # A determination that was overturned in whole or in part counts as overturned.
        letters = {case.number: case_outcome([item.outcome for item in case.items]) for case, _ in found}
        outcomes = [outcome and ("upheld" if outcome == "upheld" else "overturned") for outcome in letters.values()]
    return outcomes.count("overturned"), len(outcomes) - outcomes.count("")
