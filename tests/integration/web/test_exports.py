"""What programs are given: the items of a question, to take away or by the page."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections

from devtools.testing.archive import Cited, ItemRow, add_determination
from imr_archive.models import Determination, Guideline
from imr_archive.search.facets.selection import Unit
from imr_archive.web.exports import records, views
from imr_archive.web.exports import rows as export_rows
from imr_archive.web.exports.columns import usual_columns

pytestmark = pytest.mark.django_db

DOWNLOADS = ["/disputed-items.csv", "/disputed-items.xlsx", "/disputed-items.ndjson", "/determinations.csv"]
API = ["/api/v1/items/", "/api/v1/facets/"]


def text_of(answer):
    return b"".join(answer.streaming_content).decode(errors="replace")


def rows(client, question=""):
    return [*csv.DictReader(io.StringIO(text_of(client.get(f"/disputed-items.csv{question}")).lstrip("\ufeff")))]


def objects(client, question=""):
    return [json.loads(line) for line in text_of(client.get(f"/disputed-items.ndjson{question}")).splitlines()]


def give_up(answer):
    """End an answer unread, as a server does when its reader has gone, but keep the test's connection."""
    request_finished.disconnect(close_old_connections)
    answer.close()
    request_finished.connect(close_old_connections)


@pytest.fixture
def one():
    return add_determination(
        "CM14-0000001",
        decided=date(2014, 5, 6),
        age=44,
        sex="F",
        boards=["Neurology", "Pain Management"],
        states=["California", "Texas"],
        summary="The knee hurts.",
        items=[
            ItemRow(
                "MRI of the left knee, “urgent”",
                "overturned",
                treatments=["diagnostic-testing/imaging", "surgery/spine"],
                body_parts=["knee", "neck"],
                guidelines=[Cited("odg-knee", "MRI", pages="12-13", year=2014), Cited("odg-knee", "X-ray")],
                ca_guidelines=["mtus-chronic-pain"],
                basis="non_mtus",
                ca_basis="mtus",
                rationale="It is needed.",
                quantity=2,
            )
        ],
    )


def test_a_record_holds_everything_that_was_read_under_the_names_of_the_parse_schema(client, one):
    (record,) = objects(client)
    determination = record["determination"]
    assert determination["case_number"] == "CM14-0000001"
    assert determination["dates"]["decision"] == "2014-05-06"
    assert determination["dates"]["injury"] is None
    assert determination["worker"] == {"age": 44, "sex": "F"}
    assert determination["reviewer"]["certifications"] == ["Neurology", "Pain Management"]
    assert determination["reviewer"]["states"] == ["California", "Texas"]
    assert determination["clinical_summary"] == "The knee hurts."
    assert (record["description"], record["outcome"]) == ("MRI of the left knee, “urgent”", "overturned")
    assert record["treatments"] == ["diagnostic-testing/imaging", "surgery/spine"]
    assert record["body_parts"] == ["knee", "neck"]
    assert (record["quantity"], record["laterality"], record["service_dates"]) == (2, None, None)
    assert record["rationale"] == "It is needed."
    assert record["claims_administrator"]["basis"] == "mtus"
    cited = record["reviewer"]["citations"]
    assert [(each["guideline"], each["section"], each["pages"], each["year"]) for each in cited] == [
        ("odg-knee", "MRI", "12-13", 2014),
        ("odg-knee", "X-ray", None, None),
    ]
    assert record["url"] == "http://testserver/determinations/CM14-0000001/#item-1"
    assert client.get(determination["url"]).status_code == 200


def test_a_row_of_csv_holds_the_facts_with_lists_joined(client, one):
    (row,) = rows(client)
    assert [*row] == [each.name for each in usual_columns(Unit.ITEMS)]
    assert row["description"] == "MRI of the left knee, “urgent”"
    assert (row["treatment"], row["further_treatments"]) == ("diagnostic-testing/imaging", "surgery/spine")
    assert (row["body_parts"], row["quantity"], row["service_from"]) == ("knee; neck", "2", "")
    title = Guideline.objects.get(slug="odg-knee").title
    assert row["reviewer_guidelines"] == f"{title}; {title}"
    assert row["reviewer_guideline_sources"] == "ODG; ODG"
    assert (row["reviewer_sections"], row["reviewer_edition_years"]) == ("MRI; X-ray", "2014; ")
    assert (row["claims_administrator_sections"], row["claims_administrator_edition_years"]) == ("", "")
    assert (row["decision_date"], row["injury_date"]) == ("2014-05-06", "")
    assert row["reviewer_certifications"] == "Neurology; Pain Management"


def test_a_letter_without_a_number_or_a_profile_is_a_record_like_any_other(client):
    key = add_determination(None, items=[ItemRow("A", treatments=[])]).pk
    (record,) = objects(client)
    assert record["determination"]["case_number"] is None
    assert record["determination"]["reviewer"] == {"certifications": [], "subspecialties": [], "states": []}
    assert record["url"] == f"http://testserver/determinations/{key}/#item-1"
    (row,) = rows(client)
    assert (row["case_number"], row["treatment"]) == ("", "")


@pytest.mark.parametrize(
    "printed", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A1"]
)
def test_a_spreadsheet_reckons_with_nothing_that_a_letter_prints(client, printed):
    add_determination("CM14-0000001", items=[ItemRow(printed)])
    (row,) = rows(client)
    assert row["description"] == f"'{printed}"
    assert objects(client)[0]["description"] == printed


def test_all_pages_are_taken_away_whatever_page_was_shown(client, monkeypatch):
    monkeypatch.setattr(records, "_AT_ONCE", 4)
    monkeypatch.setattr(export_rows, "AT_ONCE", 4)
    for number in range(9):
        add_determination(f"CM14-000000{number}", items=[ItemRow("A"), ItemRow("B")])
    assert len(objects(client, "?page=2")) == 18
    assert len(rows(client, "?outcome=overturned")) == 0


def test_what_is_deleted_on_the_way_is_left_out(client, monkeypatch):
    monkeypatch.setattr(records, "_AT_ONCE", 2)
    for number in range(3):
        add_determination(f"CM14-000000{number}", items=[ItemRow("A"), ItemRow("B")])
    answer = iter(client.get("/disputed-items.ndjson?sort=oldest").streaming_content)
    first = next(answer)
    Determination.objects.get(case_number="CM14-0000001").delete()
    rest = b"".join(answer)
    numbers = [json.loads(line)["determination"]["case_number"] for line in (first + rest).splitlines()]
    assert numbers == ["CM14-0000000"] * 2 + ["CM14-0000002"] * 2


def test_a_download_asks_a_fixed_number_of_times_for_some_hundreds_of_items(client, django_assert_num_queries, one):
    for number in range(2, 40):
        add_determination(f"CM14-00000{number}", items=[ItemRow("A", treatments=["surgery/spine"])])
    rows(client)
    with django_assert_num_queries(10):
        rows(client)


@pytest.mark.parametrize("address", [*DOWNLOADS, *API])
@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("outcom=upheld", "There is no parameter “outcom”; there are q, "),
        ("outcome=upheld&outcome=nonsense", "Outcome: there is no value “nonsense”."),
        ("sort=best", "There is no order named “best”"),
        ("page=zero", "“zero” is no page number"),
    ],
)
def test_a_question_that_holds_an_error_is_refused_with_a_sentence(client, one, address, question, said):
    answer = client.get(f"{address}?{question}")
    assert answer.status_code == 400
    sentence = answer.json()["errors"][0]["message"] if address in API else answer.content.decode()
    assert sentence.startswith(said)


def test_a_page_beyond_the_last_is_not_found(client, one):
    answer = client.get("/api/v1/items/?page=2")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["code"], error["parameter"]) == (404, "past-the-end", "page")


def test_words_that_are_read_otherwise_are_a_notice(client, one):
    for address in API:
        answer = client.get(f"{address}?q=in:nowhere+knee")
        assert answer.status_code == 200
        assert answer.json()["notices"]


@pytest.mark.parametrize("address", DOWNLOADS)
def test_a_process_serves_a_few_downloads_at_a_time_and_the_next_when_one_ends(client, one, address):
    running = [client.get(address) for _ in range(views.MAX_DOWNLOADS)]
    refused = client.get(address)
    assert (refused.status_code, refused["Retry-After"]) == (503, "60")
    assert "try again" in refused.content.decode()
    assert client.head(address).status_code == 200
    for each in running:
        give_up(each)
        give_up(each)
    running = [client.get(address) for _ in range(views.MAX_DOWNLOADS)]
    assert [each.status_code for each in running] == [200] * views.MAX_DOWNLOADS
    assert client.get(address).status_code == 503, "one that ends twice makes room for one only"
    for each in running:
        text_of(each)
    assert client.get("/disputed-items.csv?outcome=none").status_code == 400, "a refused question takes no room"
    text_of(client.get(address))


@pytest.mark.parametrize("address", [*DOWNLOADS, *API])
def test_nothing_is_written_by_asking(client, address):
    assert client.post(address).status_code == 405


def test_the_list_offers_its_items_to_take_away(client, one):
    page = client.get("/determinations/?outcome=overturned&page=1").content.decode()
    for address in (*DOWNLOADS[:3], "/api/v1/items/", "/data/"):
        assert f'href="{address}?outcome=overturned"' in page
    assert "disputed-items" not in client.get("/determinations/?q=nothingofthekind").content.decode()
