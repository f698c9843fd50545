"""What the pages show of the parser's doubts, and of the guidelines that a rationale mentions."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from devtools.testing.handmade import doubt, item, letter, mention, received
from imr_archive.history.revisions import Cause
from imr_archive.ingest.pipeline.store import determination_store
from imr_archive.letters.canonical import canonical_sync
from imr_archive.letters.reading import reading_of
from imr_archive.vocabulary import DiagnosticCode

pytestmark = pytest.mark.django_db

URL = "/determinations/CM15-0000001/"


def store(items, case_number="CM15-0000001"):
    file = received(f"{case_number}.pdf", case_number.encode())
    reading = reading_of(letter(case_number, case_number, items))
    return determination_store(reading=reading, source=file, canonical=canonical_sync(), cause=Cause("tests"))


def words_of(response):
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize("url", ["/determinations/", URL])
def test_an_item_is_badged_with_each_doubt_about_it(client, url):
    store([item(doubts=(doubt(), doubt(DiagnosticCode.SIDE_MISMATCH)))])
    page = words_of(client.get(url))
    assert "possible mismatch: guideline" in page
    assert "possible mismatch: side" in page


@pytest.mark.parametrize("url", ["/determinations/", URL])
def test_an_item_without_a_doubt_has_no_badge(client, url):
    store([item()])
    assert "possible mismatch" not in words_of(client.get(url))


def test_the_page_names_each_guideline_that_a_rationale_mentions_once_with_its_place(client):
    store([item(mentions=(mention("the ODG"), mention("ODG Guidelines"), mention("ACOEM", "acoem")))])
    response = client.get(URL)
    line = re.search(r"Also mentioned in the rationale: (.*?)</p>", response.content.decode(), re.DOTALL)
    said = " ".join(re.sub(r"<[^>]+>", "", line[1]).split())
    assert said == "ODG, no chapter named · MTUS / ACOEM, no chapter named"
    assert "at=items.0.mentions.0" in line[1]
    assert "at=items.0.mentions.1" not in line[1]


def test_the_page_says_nothing_of_mentions_where_there_are_none(client):
    store([item(mentions=())])
    assert "Also mentioned" not in words_of(client.get(URL))


def test_mentions_and_doubts_cost_no_query_each(client):
    pages = ("/determinations/", URL)
    store([item(doubts=(doubt(),))])
    few = [queries_of(client, page) for page in pages]
    store([item(each, mentions=(mention(),) * 5, doubts=(doubt(),)) for each in range(1, 9)], "CM15-0000002")
    many = [queries_of(client, page) for page in ("/determinations/", "/determinations/CM15-0000002/")]
    assert few == many


def queries_of(client, page):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page).status_code == 200
    return len(queries)
