"""Downloads in their forms: workbooks, archives with a description, chosen columns, determinations, and their names."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date

import openpyxl
import pytest
import time_machine

from devtools.testing.archive import Cited, ItemRow, add_determination
from imr_archive.search.facets.selection import Unit
from imr_archive.spreadsheets import LONGEST_CELL
from imr_archive.web.exports import views
from imr_archive.web.exports.columns import COLUMNS, Option

pytestmark = pytest.mark.django_db


def content(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def book(client, address):
    return openpyxl.load_workbook(io.BytesIO(content(client.get(address))))


def rows_of(text):
    return [*csv.DictReader(io.StringIO(text.decode().lstrip("\ufeff")))]


@pytest.fixture
def archive():
    add_determination(
        "CM14-0000001",
        decided=date(2014, 5, 6),
        age=44,
        boards=["Neurology"],
        states=["California"],
        summary="The knee hurts.",
        items=[
            ItemRow(
                "MRI of the left knee",
                "overturned",
                treatments=["diagnostic-testing/imaging"],
                body_parts=["knee"],
                guidelines=[Cited("odg-knee", "MRI")],
                basis="non_mtus",
                rationale="It is needed.",
            ),
            ItemRow("=2+3", "upheld", rationale="x" * (LONGEST_CELL + 1)),
        ],
    )
    add_determination("CM15-0000002", decided=date(2015, 5, 6), items=[ItemRow("Bone scan", "upheld")])


def test_a_workbook_has_the_rows_as_values_and_a_sheet_about_them(client, archive):
    opened = book(client, "/disputed-items.xlsx?year=2014&with=rationale")
    items, about = opened.worksheets
    header, second, first = items.iter_rows(values_only=True)
    one, two = dict(zip(header, first, strict=True)), dict(zip(header, second, strict=True))
    assert (one["description"], one["worker_age"], one["rationale"]) == ("MRI of the left knee", 44, "It is needed.")
    assert one["decision_date"].date() == date(2014, 5, 6)
    assert one["quantity"] is None
    assert two["description"] == "'=2+3"
    assert not any(cell.data_type == "f" for row in items.iter_rows() for cell in row)
    assert len(two["rationale"]) == LONGEST_CELL
    assert "cut here" in two["rationale"]
    told = {row[0]: row[1] for row in about.iter_rows(values_only=True) if row[0]}
    assert told["Question"] == "decided in 2014"
    assert told["Address"] == "http://testserver/determinations/?year=2014"
    assert told["Rows"] == "2 disputed items"
    assert told["outcome"] == COLUMNS[Unit.ITEMS]["outcome"].about
    assert {*header} <= told.keys()


def test_csv_with_a_description_is_an_archive_of_three_files(client, archive):
    answer = client.get("/disputed-items.csv?with=about")
    assert answer["Content-Type"] == "application/zip"
    opened = zipfile.ZipFile(io.BytesIO(content(answer)))
    assert opened.testzip() is None
    name = next(each for each in opened.namelist() if each.startswith("imr-"))
    assert {*opened.namelist()} == {"about.txt", "codebook.csv", name}
    rows = rows_of(opened.read(name))
    assert len(rows) == 3
    assert [row["column"] for row in rows_of(opened.read("codebook.csv"))] == [*rows[0]]
    assert "Rows: 3 disputed items" in opened.read("about.txt").decode()


@pytest.mark.parametrize(
    ("asked", "columns"),
    [
        ("columns=case_number&columns=outcome", ["case_number", "outcome"]),
        ("columns=request&columns=case", ["description", "case_number", "item"]),
        ("columns=outcome&columns=quantity&with=labels", ["outcome", "quantity", "outcome_label"]),
        ("columns=item&with=rationale&with=summary", ["item", "rationale", "clinical_summary"]),
    ],
)
def test_columns_are_chosen_by_their_own_names_and_by_those_of_the_table(client, archive, asked, columns):
    rows = rows_of(content(client.get(f"/disputed-items.csv?{asked}")))
    assert [*rows[0]] == columns


def test_labels_stand_beside_their_codes(client, archive):
    rows = rows_of(content(client.get("/disputed-items.csv?with=labels&outcome=overturned")))
    names = [*rows[0]]
    assert names.index("outcome_label") == names.index("outcome") + 1
    assert (rows[0]["outcome_label"], rows[0]["reviewer_basis_label"]) == ("Overturned", "Other guidelines only")


@pytest.mark.parametrize("option", [each for each in Option if each is not Option.ABOUT])
def test_each_option_adds_a_column(client, archive, option):
    usual = rows_of(content(client.get("/disputed-items.csv")))[0].keys()
    with_option = rows_of(content(client.get(f"/disputed-items.csv?with={option.value}")))[0].keys()
    assert usual < with_option


def test_determinations_have_a_row_each_with_the_places_of_matching_items(client, archive):
    rows = rows_of(content(client.get("/determinations.csv?outcome=upheld")))
    found = [(row["case_number"], row["items"], row["overturned_items"], row["matching_items"]) for row in rows]
    assert found == [("CM15-0000002", "1", "0", "1"), ("CM14-0000001", "2", "1", "2")]
    assert rows[0]["url"] == "http://testserver/determinations/CM15-0000002/"
    sheet = book(client, "/determinations.xlsx").worksheets[0]
    assert sheet.max_row == 3


@time_machine.travel("2026-11-29 12:00", tick=False)
@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/disputed-items.xlsx?q=MRI&year=2014", "imr-mri-2014-1-item-2026-11-29.xlsx"),
        ("/disputed-items.csv", "imr-all-3-items-2026-11-29.csv"),
        ("/determinations.ndjson?outcome=upheld", "imr-upheld-2-determinations-2026-11-29.ndjson"),
        ("/disputed-items.csv?with=about&year_from=2014&year_to=2015", "imr-20142015-3-items-2026-11-29.zip"),
        ("/disputed-items.csv?q=" + "%22%0d%0aX:%20y" * 30, "imr-"),
    ],
)
def test_a_file_is_named_for_its_question(client, archive, address, name):
    disposition = client.head(address)["Content-Disposition"]
    told = re.fullmatch(r'attachment; filename="([a-z0-9.-]{1,120})"', disposition)
    assert told, disposition
    assert told[1].startswith(name)


@pytest.mark.parametrize("asked", ["columns=nonsense", "with=everything", "columns=%00"])
def test_columns_and_options_that_do_not_exist_are_refused(client, archive, asked):
    answer = client.get(f"/disputed-items.csv?{asked}")
    assert answer.status_code == 400
    assert answer.content.decode().startswith(("There is no column", "A download can’t be had with"))


def test_more_rows_than_a_workbook_is_made_of_are_refused_with_the_way_out(client, archive, monkeypatch):
    monkeypatch.setattr(views, "MAX_ROWS", 2)
    answer = client.get("/disputed-items.xlsx")
    assert answer.status_code == 400
    assert "take CSV" in answer.content.decode()


def test_the_data_page_offers_each_form_of_the_question_and_documents_every_column(client, archive):
    page = client.get("/data/?year=2014").content.decode()
    for column in (*COLUMNS[Unit.ITEMS].values(), *COLUMNS[Unit.DETERMINATIONS].values()):
        assert f"<code>{column.name}</code>" in page
    assert '<input type="hidden" name="year" value="2014">' in page
    assert 'href="/disputed-items.ndjson?year=2014"' in page
    assert "2 disputed items" in page
    assert "1 determination" in page
