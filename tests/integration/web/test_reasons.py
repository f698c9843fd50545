"""Why items were decided so: on cards, on the determination's page, as a facet, in downloads and the API."""

import csv
import io
import json

import pytest
from django.http import QueryDict

from devtools.testing.archive import ItemRow, add_determination
from devtools.testing.handmade import item, letter, reason, received, stated
from imr_archive.history.revisions import Cause
from imr_archive.ingest.pipeline.store import determination_store
from imr_archive.letters.canonical import canonical_sync
from imr_archive.letters.reading import reading_of
from imr_archive.vocabulary import ReasonCode
from imr_archive.web.accuracy import reason_accuracy
from imr_archive.web.facets.builder import build_facets
from imr_archive.web.question.search import search_of

pytestmark = pytest.mark.django_db

URL = "/determinations/CM15-0000001/"
CLAUSES = [
    reason(ReasonCode.MISSING_RECORDS, "No notes were sent", 0),
    reason(ReasonCode.MISSING_RECORDS, "no count of visits", 20),
    reason(ReasonCode.NO_INDICATION, "no deficit was found", 40),
]


@pytest.fixture
def stored():
    rationale = stated("No notes were sent, no count of visits; no deficit was found.")
    read = letter(
        "CM15-0000001", "CM15-0000001", [item(rationale=rationale, reasons=tuple(CLAUSES)), item(2, reasons=())]
    )
    determination_store(
        reading=reading_of(read), source=received("a.pdf", b"a"), canonical=canonical_sync(), cause=Cause("tests")
    )


def counts(question):
    facets = build_facets(search_of(QueryDict(question)))
    facet = next(each for each in facets if each.name == "reason")
    return {value.slug: value.count for value in (*facet.values.shown, *facet.values.folded)}


def test_items_are_counted_once_for_each_reason_whatever_is_chosen_in_the_facet():
    rows = [
        ItemRow("A", reasons=["missing-records", "missing-records", "no-indication"]),
        ItemRow("B", reasons=["no-indication"]),
        ItemRow("C", "overturned", reasons=["indication-met"]),
        ItemRow("D"),
    ]
    add_determination("CM14-0000001", items=rows)
    everything = {"no-indication": 2, "missing-records": 1, "indication-met": 1, "unknown": 1}
    assert counts("") == counts("reason=missing-records") == everything
    assert counts("outcome=overturned") == {"indication-met": 1}
    assert [*counts("")] == [*everything], "grounds of upheld items stand first"
    both = search_of(QueryDict("reason=missing-records&reason=indication-met"))
    assert both.selection.size() == 2


def test_the_facet_says_how_accurate_it_is(client, stored):
    page = client.get("/determinations/").content.decode()
    assert "Read by rules: F1 96" in page
    assert 'href="/help/#reasons"' in page
    assert 'id="reasons"' in client.get("/help/").content.decode()


def test_a_card_names_each_reason_once(client, stored):
    page = client.get("/determinations/").content.decode()
    assert "why: records or explanation missing; indication not documented" in page


def test_the_page_of_a_determination_quotes_each_reason_and_lights_its_clause(client, stored):
    page = client.get(URL).content.decode()
    assert "<q>no count of visits</q>" in page
    assert page.count("Read by rules") == 1, "an item without reasons says nothing of them"
    assert 'href="/determinations/?reason=no-indication"' in page
    assert "at=items.0.reasons.2" in page
    assert "reason, Indication not documented" in client.get(f"{URL}?at=items.0.reasons.2").content.decode()


def test_programs_get_codes_and_quotes(client, stored):
    first = next(each for each in client.get("/api/v1/items/").json()["items"] if each["position"] == 1)
    assert first["reasons"] == [{"code": each.code.value, "quote": each.quote} for each in CLAUSES]
    lines = b"".join(client.get("/disputed-items.ndjson")).splitlines()
    assert first in [json.loads(line) for line in lines]
    text = b"".join(client.get("/disputed-items.csv")).decode("utf-8-sig")
    codes = {row["item"]: row["reasons"] for row in csv.DictReader(io.StringIO(text))}
    assert codes == {"1": "missing-records; no-indication", "2": ""}


def test_the_measured_accuracy_stands_beside_the_facet_and_in_the_help(client):
    add_determination("CM14-0000001", items=[ItemRow("A", reasons=["no-indication"])])
    measured = reason_accuracy()
    for url in ("/determinations/", "/help/"):
        text = client.get(url).content.decode()
        assert f"{measured.seen.f1}&nbsp;%" in text
        assert f"{measured.cross_validated.f1}&nbsp;%" in text
