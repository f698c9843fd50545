"""Accidents: full disks, odd case numbers, absurd addresses, stolen superusers, values that a spreadsheet evaluates."""

import json
import sqlite3

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import OperationalError

from devtools.testing.archive import ItemRow, add_determination
from imr_archive.models import Determination

pytestmark = pytest.mark.django_db

ODD = ("CM16-0000001/x", "cm16 0000002", "12345678", "CM16-0000003?q=1#a", "=1+1")


@pytest.fixture
def superuser(client):
    account = get_user_model().objects.create_superuser("root", "root@example.org", "a long password of a test")
    client.force_login(account)
    return account


@pytest.mark.parametrize("number", ODD)
def test_an_odd_case_number_breaks_no_page_and_no_download(number, client):
    odd = add_determination("CM16-0000009", items=[ItemRow("Fusion")])
    add_determination("CM16-0000010", items=[ItemRow("Scan")])
    Determination.objects.filter(pk=odd.pk).update(case_number=number)
    for address in (
        "/",
        "/determinations/",
        "/determinations/?view=table",
        "/api/v1/items/",
        "/api/v1/determinations/",
    ):
        assert client.get(address).status_code == 200, address
    lines = b"".join(client.get("/disputed-items.ndjson").streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert any(f"/determinations/{odd.pk}/" in json.loads(line)["url"] for line in lines)
    rows = b"".join(client.get("/disputed-items.csv").streaming_content).decode()
    assert "CM16-0000010" in rows
    assert f"/determinations/{odd.pk}/" in rows
    assert client.get(f"/determinations/{odd.pk}/").status_code == 200


@pytest.mark.parametrize("number", ODD)
def test_a_person_cannot_set_an_odd_case_number(number):
    determination = add_determination("CM16-0000009", items=[ItemRow("Fusion")])
    determination.case_number = number
    with pytest.raises(ValidationError, match=r"has the form CM16-0213037"):
        determination.clean_fields()


@pytest.mark.parametrize("model", ["determination", "sourceletter", "ingestrun", "treatment"])
def test_an_absurd_key_in_the_administration_is_not_found(model, client, superuser):
    response = client.get(f"/admin/imr_archive/{model}/{10**21}/change/", follow=True)
    assert response.status_code in (200, 404)


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("address", ["/api/v1/items/", "/api/v1/nothing/"])
def test_the_api_answers_a_bad_method_with_json(method, address, client):
    response = getattr(client, method)(address)
    assert response.status_code in (404, 405)
    assert response.json()["errors"][0]["code"]


@pytest.mark.parametrize("text", ["=1+1", "＝1+1", "\n=1+1", "@SUM(1)", "+1", "\t=1"])
def test_a_text_that_a_spreadsheet_would_evaluate_is_neutralised(text, client):
    add_determination("CM16-0000009", items=[ItemRow(text)])
    rows = b"".join(client.get("/disputed-items.csv").streaming_content).decode()
    assert f"'{text}" in rows


def test_a_full_disk_is_a_sentence(client, superuser, monkeypatch):
    def full(*arguments, **options):
        cause = sqlite3.OperationalError("database or disk is full")
        cause.sqlite_errorname = "SQLITE_FULL"
        raise OperationalError("database or disk is full") from cause

    client.logout()
    client.raise_request_exception = False
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", full)
    login = client.post("/admin/login/", {"username": "root", "password": "a long password of a test"})
    assert login.status_code == 503
    assert "The disk that holds the database is full." in login.content.decode()
    assert client.get("/determinations/").status_code == 200
