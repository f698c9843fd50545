"""When a determination arrived is a fact of it: shown, sent, sorted and asked for, alike in every form."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from devtools.testing.archive import ItemRow, add_determination
from devtools.testing.handmade import full_letter, ingest, letter, reread
from imr_archive.ingest.runs.runs import run_start
from imr_archive.ingest.runs.undo import run_to_undo, run_undo
from imr_archive.letters.arrivals import arrivals_fill
from imr_archive.models import Determination, IngestRun, Revision, SourceLetter
from imr_archive.search.facets.rebuild import rebuild
from imr_archive.search.facets.verify import index_faults

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("America/Los_Angeles")
SINCE = "2026-11-20"


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=ZONE)


@pytest.fixture
def archive() -> None:
    """Three determinations in the stored index and two after it, on four days; one arrived at nobody knows when."""
    items = [ItemRow("MRI of the lumbar spine", outcome="overturned"), ItemRow("Physical therapy")]
    add_determination("CM14-0000001", items=items, decided=date(2016, 1, 1), arrived=at(19, hour=23))
    add_determination("CM14-0000002", items=items[:1], decided=date(2014, 1, 1), arrived=at(20, hour=0))
    unknown = add_determination("CM14-0000003", items=items[:1], decided=date(2017, 1, 1))
    Determination.objects.filter(pk=unknown.pk).update(arrived_at=None)
    rebuild()
    add_determination("CM14-0000004", items=items[1:], decided=date(2013, 1, 1), arrived=at(25))
    add_determination("CM14-0000005", items=items, decided=date(2015, 1, 1), arrived=at(20, hour=23))


def cases(client, **query) -> list[str]:
    page = client.get("/determinations/", {"show": "determinations", **query}).context["page"]
    return [str(card.determination)[-1] for card in page.results.cards]


def test_the_list_is_sorted_by_the_day_of_arrival_and_by_decision_within_a_day(archive, client):
    assert cases(client, sort="arrived") == ["4", "5", "2", "1", "3"]


def test_every_form_of_a_question_selects_what_arrived_since(archive, client):
    assert cases(client, since=SINCE) == ["5", "2", "4"]
    page = client.get("/determinations/", {"since": SINCE}).context["page"]
    assert page.totals == {"items": 4, "determinations": 3}
    assert [str(each) for each in page.active_filters] == ["arrived since 20 Nov 2026"]
    outcomes = next(facet for facet in page.facets if facet.name == "outcome")
    assert {value.slug: value.count for value in outcomes.values.shown} == {"overturned": 2, "upheld": 2}
    found = client.get("/api/v1/determinations/", {"since": SINCE, "sort": "arrived"}).json()
    assert [(each["case_number"], each["arrived"]) for each in found["determinations"]] == [
        ("CM14-0000004", "2026-11-25"),
        ("CM14-0000005", "2026-11-20"),
        ("CM14-0000002", "2026-11-20"),
    ]
    sent = b"".join(client.get("/determinations.csv", {"since": SINCE, "sort": "arrived"})).decode("utf-8-sig")
    rows = [*csv.DictReader(io.StringIO(sent))]
    assert [(row["case_number"][-1], row["arrived"]) for row in rows] == [
        *(("4", "2026-11-25"), ("5", "2026-11-20"), ("2", "2026-11-20"))
    ]


def test_one_day_can_be_asked_for(archive, client):
    assert cases(client, since=SINCE, until=SINCE) == ["5", "2"]
    assert cases(client, until="2026-11-19") == ["1"]
    page = client.get("/determinations/", {"since": SINCE, "until": SINCE}).context["page"]
    assert [str(each) for each in page.active_filters] == ["arrived 20 Nov 2026"]


def test_a_day_that_is_none_is_a_sentence_on_the_page_and_an_error_of_the_api(archive, client):
    page = client.get("/determinations/", {"since": "2026-02-30"})
    assert page.context["page"].problems == ["“2026-02-30” is no day; write it as 2026-11-29."]
    assert client.get("/api/v1/items/", {"since": "yesterday"}).status_code == 400


def test_where_nothing_arrived_since_the_page_offers_the_question_without_it(archive, client):
    page = client.get("/determinations/", {"since": "2027-01-01"}).context["page"]
    assert [(each.label, each.count, each.url) for each in page.alternatives] == [("arrived since 1 Jan 2027", 7, "")]


def test_the_form_of_the_filters_asks_for_the_day_and_keeps_it(archive, client):
    page = client.get("/determinations/", {"since": SINCE, "filters": "1", "outcome": "upheld"}, follow=True)
    assert page.redirect_chain[-1][0] == f"/determinations/?outcome=upheld&since={SINCE}"
    assert f'name="since" value="{SINCE}"' in page.text


def test_the_page_and_the_table_show_the_day(archive, client):
    assert "In the archive since" in client.get("/determinations/CM14-0000004/").text
    query = {"view": "table", "columns": ["case", "arrived"], "sort": "arrived"}
    table = client.get("/determinations/", query).context["page"].results.table
    assert [cell.values for cell in table.rows[0].cells] == [("25 Nov 2026",), ("CM14-0000004",)]


def test_the_index_holds_what_the_rows_say(archive):
    rebuild()
    assert [*index_faults()] == []


def test_a_letter_arrives_once_whatever_becomes_of_it_later():
    with time_machine.travel(at(10), tick=False):
        ingest([("a.txt", b"a")], {b"a": full_letter()})
    first = Determination.objects.get().arrived_at
    assert first == at(10)
    with time_machine.travel(at(12), tick=False):
        reread({b"a": replace(full_letter(), parser_version="99.0")})
        again = letter("Another letter.", "CM15-0000001")
        ingest([("b.txt", b"b")], {b"b": again})
    assert Determination.objects.get().arrived_at == first


def test_what_an_undo_brings_back_arrived_when_it_came_first():
    with time_machine.travel(at(10), tick=False):
        ingest([("a.txt", b"a")], {b"a": letter("One.", None)})
    alone = Determination.objects.get().pk
    with time_machine.travel(at(12), tick=False):
        ingest([("b.txt", b"b")], {b"b": letter("Two.", "CM15-0000008")})
        reread(
            {b"a": letter("One.", "CM15-0000008", parser_version="99.0")},
            letters=[SourceLetter.objects.get(name="a.txt").pk],
        )
    merged = IngestRun.objects.latest("pk")
    assert not Determination.objects.filter(pk=alone).exists()
    with time_machine.travel(at(14), tick=False):
        run = run_start(arguments={"undo": merged.pk}, started_by="tests")
        assert [result.status for result in run_undo(run_to_undo(merged.pk), run=run)]
    assert Determination.objects.get(pk=alone).arrived_at == at(10)


def test_arrivals_that_are_missing_are_filled_from_the_history():
    with time_machine.travel(at(10), tick=False):
        ingest([("a.txt", b"a")], {b"a": full_letter()})
    Determination.objects.update(arrived_at=None)
    assert arrivals_fill() == 1
    assert Determination.objects.get().arrived_at == Revision.objects.earliest("pk").made_at == at(10)
    assert arrivals_fill() == 0
