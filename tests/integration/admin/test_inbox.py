"""The first page of the administration is work to do: each count is that of the list it leads to."""

import html
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from devtools.testing.handmade import Refused, doubt, full_letter, ingest, item, letter, printed_letter
from devtools.testing.staff import sample_archive, staff_member
from imr_archive.admin.inbox import work
from imr_archive.admin.people.roles import Role
from imr_archive.models import IngestRun
from imr_archive.vocabulary import PublishHeld, RunStatus

pytestmark = pytest.mark.django_db


def signed_in(role):
    client = Client()
    client.force_login(staff_member(role))
    return client


def cards(client):
    """Each kind of work: its count, and the address of its list."""
    page = client.get("/admin/").text
    found = re.findall(r'<a href="([^"]+)"><b>(over )?([\d,]+)</b> <span class="name">([^<]+)</span>', page)
    return {name: (f"{over}{count}", html.unescape(address)) for address, over, count, name in found}


@pytest.fixture
def busy(db):
    """Something of every kind of work."""
    doubted = letter("Doubted.", "CM15-0000005", [item(doubts=(doubt(),)), item(2, outcome=None)])
    ingest(
        [("a.pdf", b"a"), ("doubted.pdf", b"doubted"), ("scan.pdf", b"scan"), ("scan2.pdf", b"scan2")],
        {b"a": full_letter(), b"doubted": doubted, b"scan": Refused("A scan."), b"scan2": Refused("A scan.")},
        publish=PublishHeld.ALL,
    )
    ingest([("named.txt", printed_letter("CM15-0000009") + b"Employee: Maria Lopez\n")])
    for status in (RunStatus.RUNNING, RunStatus.FAILED):
        run = IngestRun.objects.create(arguments={"paths": ["/letters"]}, started_by="anna")
        if status is RunStatus.FAILED:
            run.status, run.failure, run.finished_at = status, "The disk is full.", run.started_at
            run.save()


def test_each_count_is_that_of_the_list_it_leads_to(busy):
    client = signed_in(None)
    sample_previews = cards(client)
    assert {name: count for name, (count, _) in sample_previews.items()} == {
        "To publish": "0",
        "Held": "1",
        "Quarantined": "2",
        "In doubt": "1",
        "Outcome missing": "1",
        "Runs at work": "1",
        "Runs failed": "1",
    }
    for name, (count, address) in sample_previews.items():
        if name != "To publish":
            assert client.get(address).context["cl"].result_count == int(count), name


def test_the_quarantine_and_what_is_held_are_counted_by_reason(busy):
    page = signed_in(None).get("/admin/").text
    reasons = re.findall(r'<li><a href="([^"]+)">([^<]+)</a> (\d+)</li>', page)
    assert [(html.unescape(name), count) for _, name, count in reasons] == [
        ("A person's name", "1"),
        ("The file cannot be read", "2"),
    ]
    assert html.unescape(reasons[1][0]).endswith("?state__exact=quarantined&reason=source-unreadable")


def test_an_uploader_sees_own_work_and_no_link_that_is_refused():
    client = signed_in(Role.UPLOADER)
    sample_archive()
    found = cards(client)
    assert {name: count for name, (count, _) in found.items()} == {
        "To publish": "1",
        "Held": "0",
        "Quarantined": "0",
        "Runs at work": "0",
        "Runs failed": "0",
    }
    assert [client.get(address).status_code for _, address in found.values()] == [200] * 5


def test_large_numbers_are_not_counted_to_the_end(busy, monkeypatch):
    monkeypatch.setattr(work, "MOST_COUNTED", 0)
    assert cards(signed_in(None))["In doubt"][0] == "over 0"


def test_the_page_needs_few_queries_however_much_there_is_to_do(busy):
    client = signed_in(None)
    client.get("/admin/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/admin/")
    assert len(queries) <= 16


def test_who_has_no_role_sees_no_work(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("clerk", is_staff=True))
    assert cards(client) == {}
    assert "Your account has no role yet." in client.get("/admin/").text
