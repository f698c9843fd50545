"""The tray's items by their references, and their files: in the order asked for, with notes, at most fifty."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from devtools.testing.archive import Cited, ItemRow, add_determination

pytestmark = pytest.mark.django_db

REFERENCES = "CM16-0000002-1,CM16-0000001-2"
NOTE = "See “Weaning” {first}\\ \n=then this"


@pytest.fixture(autouse=True)
def _archive():
    first = ItemRow("MRI of the knee", outcome="overturned", treatments=["diagnostic-testing/imaging"])
    second = ItemRow("Norco 10/325mg #60", guidelines=[Cited("odg-pain", "Opioids")], rationale="Not shown — at all.")
    add_determination("CM16-0000001", items=[first, second], decided=date(2016, 3, 1))
    add_determination("CM16-0000002", items=[first], decided=date(2017, 1, 6))
    add_determination(None, items=[second])


def exported(client, form, items=REFERENCES, **notes):
    return client.post("/tray/export/", {"items": items, "form": form, **notes})


def test_the_items_of_an_address_are_listed_in_its_order_each_once(client):
    page = client.get("/tray/", {"items": f"{REFERENCES},cm16-0000002-1"})
    entries = page.context["page"].found.entries
    assert [each.reference for each in entries] == REFERENCES.split(",")
    assert [each.path for each in entries][1] == "/determinations/CM16-0000001/?item=2"
    assert "IMR Case No. CM16-0000001, item 2 (Cal. Div. of Workers’ Comp., Mar. 1, 2016) (upheld)" in page.text
    assert client.get(entries[1].path).status_code == 200


def test_an_item_without_a_case_number_is_named_by_its_key(client):
    card = client.get("/determinations/").context["page"].results.cards[-1]
    reference = f"{card.determination.reference}-1"
    found = client.get("/tray/", {"items": reference}).context["page"].found
    assert [each.reference for each in found.entries] == [reference]


def test_what_names_no_item_is_told(client):
    found = client.get("/tray/items/", {"items": "CM16-0000001-9,<b>,CM16-0000001-1"}).context["found"]
    assert found.missing == ["CM16-0000001-9", "<B>"]
    assert len(found.entries) == 1
    assert "&lt;B&gt;" in client.get("/tray/", {"items": "<b>"}).text


def test_at_most_fifty_are_taken(client):
    many = ",".join(f"CM16-0000001-{number}" for number in range(1, 61))
    found = client.get("/tray/", {"items": many}).context["page"].found
    assert (len(found.entries), len(found.missing), found.beyond) == (2, 48, 10)


def test_the_number_of_queries_does_not_grow_with_the_items(client):
    def queries(items):
        with CaptureQueriesContext(connection) as found:
            client.get("/tray/items/", {"items": items})
        return len(found)

    assert queries(REFERENCES) == queries("CM16-0000001-1") <= 6


def test_the_text_has_citation_request_address_and_note(client):
    answer = exported(client, "text", **{"note-CM16-0000002-1": NOTE})
    assert answer["Content-Disposition"].startswith('attachment; filename="imr-tray-2-')
    lines = answer.content.decode().splitlines()
    assert lines[0] == "1. IMR Case No. CM16-0000002 (Cal. Div. of Workers’ Comp., Jan. 6, 2017) (overturned)".replace(
        "0002 (", "0002, item 1 ("
    )
    assert "   Request: MRI of the knee" in lines
    assert "   http://testserver/determinations/CM16-0000002/?item=1" in lines
    assert "   Note: =then this" in lines
    assert any("data version" in line for line in lines)


def test_the_rtf_escapes_what_it_must(client):
    content = exported(client, "rtf", **{"note-CM16-0000002-1": NOTE}).content
    assert content.startswith(rb"{\rtf1")
    assert rb"See \u8220?Weaning\u8221? \{first\}\\" in content
    plain = content.replace(rb"\{", b"").replace(rb"\}", b"")
    assert plain.count(b"{") == plain.count(b"}")


def test_the_ris_has_a_record_an_item_with_its_note_in_a_line(client):
    records = exported(client, "ris", **{"note-CM16-0000001-2": NOTE}).content.decode().split("ER  - \r\n")
    assert len(records) == 3
    assert "ID  - CM16-0000001-2\r\n" in records[1]
    assert "N1  - See “Weaning” {first}\\ =then this\r\n" in records[1]


def test_the_workbook_has_the_usual_columns_the_rationale_and_the_notes(client):
    answer = exported(client, "xlsx", **{"note-CM16-0000002-1": "=1+1"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    header, *rows = book["Tray"].iter_rows(values_only=True)
    found = [dict(zip(header, row, strict=True)) for row in rows]
    assert [(row["case_number"], row["item"]) for row in found] == [("CM16-0000002", 1), ("CM16-0000001", 2)]
    assert (found[0]["note"], found[1]["rationale"]) == ("'=1+1", "Not shown — at all.")
    about = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True)}
    assert about["Address"] == f"http://testserver/tray/?items={REFERENCES}"


@pytest.mark.parametrize(("form", "items"), [("pdf", REFERENCES), ("text", ""), ("ris", "CM16-0000009-1")])
def test_what_cannot_be_sent_is_refused_with_a_sentence(client, form, items):
    answer = exported(client, form, items)
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")


def test_the_export_needs_no_token_and_takes_nothing_but_post():
    client = Client(enforce_csrf_checks=True)
    assert exported(client, "text").status_code == 200
    assert client.get("/tray/export/").status_code == 405


def test_items_of_cards_rows_and_pages_name_their_references(client):
    assert 'data-tray="CM16-0000001-2"' in client.get("/determinations/").text
    assert (
        'data-tray="CM16-0000001-1 CM16-0000001-2"'
        in client.get("/determinations/?view=table&show=determinations").text
    )
    assert 'data-tray="CM16-0000001-2"' in client.get("/determinations/CM16-0000001/").text


def test_a_list_says_how_to_cite_it(client):
    page = client.get("/determinations/", {"outcome": "overturned"})
    version = page.context["page"].data_version
    assert "2 disputed items in 2 determinations. http://testserver/determinations/?outcome=overturned (" in page.text
    assert f"data version {version})." in page.text
