"""A row with a value that cannot be read costs its own determination; every other page, list and download works."""

import json

import pytest
from django.db import connection

from devtools.testing.handmade import ingest, printed_letter
from imr_archive.backup.check import check_archive
from imr_archive.search.facets.rebuild import rebuild
from imr_archive.search.facets.snapshot import forget_snapshots

pytestmark = pytest.mark.django_db

BROKEN, SOUND = "CM15-0000001", "CM15-0000002"
DAMAGES = {
    "decision date": ("imr_archive_determination", "decision_date", "2015-02-31"),
    "injury date": ("imr_archive_determination", "injury_date", "2015-13-01"),
    "raw words": ("imr_archive_determinationtext", "raw", "{not JSON"),
    "words of the item": ("imr_archive_disputeditemtext", "raw", "[1, 2"),
}
EVERYWHERE = (
    "/",
    "/determinations/",
    "/determinations/?show=determinations",
    "/determinations/?view=table",
    "/determinations/?q=physical",
    "/outcomes/",
    "/api/v1/items/",
    "/api/v1/determinations/",
    "/data/",
)


@pytest.fixture(autouse=True)
def archive():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL stores no impossible date and no broken JSON.")
    ingest([(f"{number}.txt", printed_letter(number)) for number in (BROKEN, SOUND)])


def damage(name, *, stored):
    if stored:
        rebuild()
    table, column, value = DAMAGES[name]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM imr_archive_determination WHERE case_number = %s", [BROKEN])
        (key,) = cursor.fetchone()
        items = "SELECT id FROM imr_archive_disputeditem WHERE determination_id = %s"
        where = {
            "imr_archive_determination": "id = %s",
            "imr_archive_determinationtext": "determination_id = %s",
            "imr_archive_disputeditemtext": f"item_id IN ({items})",
        }[table]
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {where}", [value, key])
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
    forget_snapshots()


@pytest.mark.parametrize("stored", [False, True], ids=["changed", "indexed"])
@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_row_costs_one_determination(name, stored, client):
    client.raise_request_exception = False
    damage(name, stored=stored)
    for address in EVERYWHERE:
        assert client.get(address).status_code == 200, address
    assert SOUND in client.get("/determinations/").content.decode()
    assert client.get(f"/determinations/{SOUND}/").status_code == 200
    own = client.get(f"/determinations/{BROKEN}/")
    assert own.status_code in (200, 503)
    for form in ("csv", "ndjson", "xlsx"):
        response = client.get(f"/disputed-items.{form}")
        assert response.status_code == 200, form
        content = b"".join(response.streaming_content)
        assert form == "xlsx" or SOUND.encode() in content
    lines = b"".join(client.get("/disputed-items.ndjson").streaming_content).decode().splitlines()
    assert all(json.loads(line) for line in lines)
    assert any(BROKEN in finding.sentence for finding in check_archive())
