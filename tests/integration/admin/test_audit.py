"""The audit: every change, sign-in and action of the staff in one list that nobody can edit."""

import csv
import io

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from devtools.testing.handmade import ingest, letter
from devtools.testing.staff import staff_member
from imr_archive.admin.audit import entries as audit_entries
from imr_archive.admin.people.roles import Role
from imr_archive.history.correcting import corrections_make
from imr_archive.history.withdrawals import determination_withdraw
from imr_archive.models import Determination, LoginEvent
from imr_archive.vocabulary import LoginEventKind, WithdrawalScope

pytestmark = pytest.mark.django_db

AUDIT = "/admin/audit/"


@pytest.fixture
def history():
    """Two letters, a correction, a withdrawal, a sign-in and an account that was made."""
    parsed = {b"%d" % number: letter(f"{number}.", f"CM15-000000{number}") for number in (1, 2)}
    ingest([(f"{each.decode()}.txt", each) for each in parsed], parsed)
    first = Determination.objects.get(case_number="CM15-0000001")
    corrections_make(determination=first.pk, values=[(None, "worker_age", 61)], reason="", made_by="rosa")
    determination_withdraw(
        reference="CM15-0000002",
        reason="=a formula",
        public_reason="A name was printed.",
        scope=WithdrawalScope.HIDE,
        withdrawn_by="rosa",
    )
    LoginEvent.objects.create(kind=LoginEventKind.FAILED, account="rosa", address="127.0.0.1")
    maker = User.objects.create_user("paul", is_staff=True)
    LogEntry.objects.log_actions(maker.pk, [maker], 1, change_message="Made for the tests.", single_object=True)


@pytest.fixture
def auditor():
    client = Client()
    client.force_login(staff_member(Role.ADMINISTRATOR))
    return client


def shown(client, **query):
    return client.get(AUDIT, query).context["page"].entries


def test_one_list_says_who_did_what_when_and_why(history, auditor):
    found = shown(auditor)
    assert [each.what for each in found][:4] == [
        *("Addition: user paul", "Wrong name or password", "Withdrawn", "Corrected")
    ]
    assert [each.at for each in found] == sorted((each.at for each in found), reverse=True)
    [corrected] = [each for each in found if each.what == "Corrected"]
    assert (corrected.who, corrected.case) == ("rosa", "CM15-0000001")
    assert [(change.field, change.after) for change in corrected.changes] == [("worker.age", "61")]
    assert "worker.age: <del>" in auditor.get(AUDIT).text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"what": "login"}, ["Wrong name or password"]),
        ({"what": "change:withdrawal"}, ["Withdrawn"]),
        ({"what": "action:1"}, ["Addition: user paul"]),
        ({"case": "cm15-0000001"}, ["Corrected", "Ingested"]),
        ({"case": "CM15-0000002"}, ["Withdrawn", "Ingested"]),
        ({"who": "paul"}, ["Addition: user paul"]),
        ({"q": "formula"}, ["Withdrawn"]),
        ({"until": "2001-01-01"}, []),
        ({"since": "2001-01-01", "what": "login"}, ["Wrong name or password"]),
        ({"since": "yesterday", "what": "login"}, ["Wrong name or password"]),
    ],
)
def test_filters_narrow_the_list(history, auditor, query, expected):
    assert [each.what for each in shown(auditor, **query)] == expected


def test_older_entries_follow_without_one_missing_or_repeated(history, auditor, monkeypatch):
    whole = [each.cursor for each in shown(auditor)]
    monkeypatch.setattr("imr_archive.admin.audit.views.ENTRIES_ON_PAGE", 2)
    found, address = [], AUDIT
    while address:
        page = auditor.get(address).context["page"]
        found += [each.cursor for each in page.entries]
        address = page.older_url and AUDIT + page.older_url
    assert found == whole
    assert len(whole) == 6


def test_the_csv_has_a_line_for_each_change_and_no_formula(history, auditor, monkeypatch):
    monkeypatch.setattr(audit_entries, "AT_ONCE", 2)
    answer = auditor.get("/admin/audit.csv", {"what": "change"})
    assert answer.streaming
    rows = [*csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig")))]
    assert [row["what"] for row in rows] == ["Withdrawn", "Corrected", "Ingested", "Ingested"]
    assert rows[0]["reason"] == "'=a formula"
    assert (rows[1]["field"], rows[1]["new"]) == ("worker.age", "61")


def test_the_number_of_queries_is_fixed(history, auditor):
    auditor.get(AUDIT)
    with CaptureQueriesContext(connection) as few:
        auditor.get(AUDIT)
    for number in range(20):
        LoginEvent.objects.create(kind=LoginEventKind.LOGGED_IN, account=f"somebody {number}")
    with CaptureQueriesContext(connection) as many:
        auditor.get(AUDIT)
    assert len(many) == len(few)


@pytest.mark.parametrize("address", [AUDIT, "/admin/audit.csv"])
def test_only_administrators_read_it(address):
    client = Client()
    client.force_login(staff_member(Role.REVIEWER))
    assert client.get(address).status_code == 403
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("model", [LoginEvent, LogEntry])
def test_no_stored_row_can_be_changed_or_deleted(history, model):
    row = model.objects.get()
    column = "account" if model is LoginEvent else "object_repr"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        model.objects.update(**{column: "somebody else"})
    setattr(row, column, "somebody else")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        row.save()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        row.delete()
    table = connection.ops.quote_name(model._meta.db_table)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
    assert model.objects.filter(pk=row.pk).exists()


def test_an_account_with_actions_cannot_be_deleted_with_them(history):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        User.objects.get(username="paul").delete()
