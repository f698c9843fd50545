"""What is new by day, corrections, withdrawals and feeds: each change is counted and told, and nothing private."""

from __future__ import annotations

from datetime import datetime
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from devtools.testing.handmade import full_letter, ingest, item, letter, reread
from imr_archive.history.correcting import corrections_make
from imr_archive.history.withdrawals import determination_withdraw
from imr_archive.models import Determination, SourceLetter
from imr_archive.vocabulary import Outcome, WithdrawalScope

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("America/Los_Angeles")
ATOM = "{http://www.w3.org/2005/Atom}"
PRIVATE = "Jane Doe"


def on(day: int, hour: int = 12):
    return time_machine.travel(datetime(2026, 11, day, hour, tzinfo=ZONE), tick=False)


@pytest.fixture
def history():
    """Three letters on two days; one is corrected, one read again, one corrected and then withdrawn."""
    with on(2, hour=23):
        ingest([("a.txt", b"a")], {b"a": full_letter()})
    with on(10):
        items = [item(description="Home care"), item(2, outcome=Outcome.OVERTURNED)]
        parsed = {b"b": letter("B.", "CM15-0000002", items), b"c": letter("C.", "CM15-0000003")}
        ingest([("b.txt", b"b"), ("c.txt", b"c")], parsed)
    keys = dict(Determination.objects.values_list("case_number", "pk"))
    with on(12):
        values = [(None, "worker_age", 61), (None, "clinical_summary", PRIVATE)]
        corrections_make(determination=keys["CM15-0000001"], values=values, reason=PRIVATE, made_by=PRIVATE)
        values = [(None, "worker_age", 30)]
        corrections_make(determination=keys["CM15-0000003"], values=values, reason="A slip.", made_by="rosa")
        items = [item(description="Home care by an aide"), items[1]]
        again = letter("B.", "CM15-0000002", items, parser_version="99.0")
        reread({b"b": again}, letters=[SourceLetter.objects.get(name="b.txt").pk])
    with on(14):
        determination_withdraw(
            reference="CM15-0000003",
            reason=PRIVATE,
            public_reason="At the request of the person concerned.",
            scope=WithdrawalScope.HIDE,
            withdrawn_by=PRIVATE,
        )


def days(client, **query):
    page = client.get("/new/", query).context["page"]
    return [(each.day.day, each.added, each.changed, each.corrected, each.withdrawn) for each in page.days]


def test_each_day_says_what_was_added_changed_corrected_and_withdrawn(history, client):
    with on(15):
        found = days(client)
        assert found[0] == (14, 0, 0, 0, 1)
        assert found[-2:] == [(10, 1, 0, 0, 0), (2, 1, 0, 0, 0)]
        assert found[1][0] == 12
        assert found[1][3] == 1
        assert [day for day, *_ in days(client, since="2026-11-11")] == [14, 12]
        assert days(client, since="2026-11-15") == []


def test_the_links_of_a_day_lead_to_what_it_counts(history, client):
    with on(15):
        page = client.get("/new/").context["page"]
        for each in page.days:
            found = client.get(each.added_url).context["page"].totals["determinations"] if each.added else 0
            assert found == each.added
            entries = client.get(each.url).context["page"].entries
            changed = {entry.reference for entry in entries if entry.what == "Read again"}
            assert len(changed) == each.changed
            assert len({entry.reference for entry in entries if entry.what == "Corrected"}) == each.corrected
            assert len([entry for entry in entries if entry.what == "Withdrawn"]) == each.withdrawn


@pytest.mark.parametrize("since", ["yesterday", "2026-02-30", "9999-12-31", "1000-01-01"])
def test_any_day_is_answered(history, client, since):
    page = client.get("/new/", {"since": since})
    assert page.status_code == 200
    assert bool(page.context["page"].problems) == (since in ("yesterday", "2026-02-30"))


@pytest.mark.parametrize("day", ["2026-02-30", "today", "9999-12-31"])
def test_what_is_no_day_has_no_page(client, day):
    assert client.get(f"/new/{day}/").status_code == 404


def test_corrections_name_cases_and_fields_and_no_value_or_person(history, client):
    page = client.get("/corrections/")
    told = [(each.reference, each.sentence, each.words) for each in page.context["page"].entries]
    assert told == [
        ("CM15-0000003", "Withdrawn", "At the request of the person concerned."),
        ("CM15-0000001", "Corrected: worker’s age, clinical summary", ""),
    ]
    feed = client.get("/corrections/feed/")
    assert "worker’s age, clinical summary" in feed.text
    for text in (page.text, feed.text, client.get("/new/2026-11-12/").text):
        assert PRIVATE not in text
        assert "61" not in text.replace("2026", "")


def test_the_feed_of_a_question_has_what_arrived_last_with_the_items_found(history, client):
    answer = client.get("/determinations/feed/", {"outcome": "overturned"})
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(answer.text)
    entries = feed.findall(f"{ATOM}entry")
    assert [each.findtext(f"{ATOM}title")[:12] for each in entries] == ["CM15-0000002", "CM15-0000001"]
    assert "Home care" not in entries[0].findtext(f"{ATOM}summary")
    assert entries[0].find(f"{ATOM}link").get("href") == "http://testserver/determinations/CM15-0000002/"
    assert entries[0].findtext(f"{ATOM}updated").startswith("2026-11-10")
    page = client.get("/determinations/", {"outcome": "overturned"}).text
    assert '<link id="feed" rel="alternate" type="application/atom+xml"' in page
    assert 'href="/determinations/feed/?outcome=overturned"' in page


def test_a_feed_that_has_not_changed_is_not_sent_again(history, client):
    address = "/determinations/feed/?outcome=overturned"
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"if-none-match": tag}).status_code == 304
    first = Determination.objects.earliest("pk").pk
    corrections_make(determination=first, values=[(None, "worker_age", 62)], reason="A slip.", made_by="rosa")
    assert client.get(address, headers={"if-none-match": tag}).status_code == 200
    assert client.get("/determinations/feed/?outcome=nothing").status_code == 400


def test_the_home_page_says_what_is_new_this_week(history, client):
    with on(15):
        page = client.get("/").context["page"]
        assert page.new_this_week == 1
        assert client.get(page.new_url).context["page"].totals["determinations"] == 1


@pytest.mark.parametrize("address", ["/new/", "/new/2026-11-10/", "/corrections/", "/determinations/feed/"])
def test_the_number_of_queries_is_fixed(history, client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    parsed = {b"%d" % number: letter(f"{number}.", f"CM16-{number:07}") for number in range(9)}
    with on(10):
        ingest([(f"{each.decode()}.txt", each) for each in parsed], parsed)
    client.get(address)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few) <= 8
