"""Withdrawing in the back office: typed case number, both reasons, the list of withdrawals, reinstating."""

import pytest
from django.urls import reverse

from devtools.testing.handmade import ingest, printed_letter
from devtools.testing.staff import staff_member
from imr_archive.admin.people.roles import Role
from imr_archive.ingest.runs import reinstating
from imr_archive.models import Determination, Withdrawal

pytestmark = pytest.mark.django_db

CASE = "CM15-0000001"
GIVEN = {"public_reason": "At the request of the person concerned.", "reason": "A made-up request.", "scope": "hide"}


@pytest.fixture
def address(db):
    ingest([("a.txt", printed_letter(CASE))])
    return reverse("admin:imr_archive_determination_withdraw", args=[Determination.objects.get().pk])


def test_the_case_number_is_typed_and_both_reasons_are_given(client, address):
    client.force_login(staff_member(Role.ADMINISTRATOR))
    assert f"Withdraw {CASE}" in client.get(address).text
    for wrong in ({"typed": "CM15-0000002"}, {"typed": CASE, "reason": ""}, {"typed": CASE, "public_reason": ""}):
        assert client.post(address, GIVEN | wrong).status_code == 200
    assert Determination.objects.count() == 1
    page = client.post(address, GIVEN | {"typed": CASE.lower()}, follow=True).text
    assert f"{CASE} is withdrawn." in page
    assert "A made-up request." in page
    assert (Determination.objects.count(), Withdrawal.objects.get().withdrawn_by) == (0, "administrator")
    assert client.get(f"/determinations/{CASE}/").status_code == 410


def test_only_administrators_withdraw(client, address):
    client.force_login(staff_member(Role.REVIEWER))
    assert client.post(address, GIVEN | {"typed": CASE}).status_code == 403
    change = reverse("admin:imr_archive_determination_change", args=[Determination.objects.get().pk])
    assert address not in client.get(change).text
    client.force_login(staff_member(Role.ADMINISTRATOR))
    assert address in client.get(change).text


def test_a_hidden_determination_is_reinstated(client, address, monkeypatch):
    monkeypatch.setattr(reinstating, "PROCESSES", 0)
    client.force_login(staff_member(Role.ADMINISTRATOR))
    client.post(address, GIVEN | {"typed": CASE})
    chosen = {"action": "reinstate", "_selected_action": Withdrawal.objects.get().pk}
    page = client.post(reverse("admin:imr_archive_withdrawal_changelist"), chosen, follow=True).text
    assert f"{CASE} is reinstated: updated." in page
    assert client.get(f"/determinations/{CASE}/").status_code == 200
