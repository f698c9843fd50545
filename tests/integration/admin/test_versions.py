"""Another letter of a case speaks for it after its difference was shown, also once it is read again; and undo."""

import pytest
from django.urls import reverse

from devtools.testing.handmade import ingest, printed_letter, reread
from devtools.testing.staff import staff_member
from imr_archive.admin.people.roles import Role
from imr_archive.admin.review import subject
from imr_archive.backup.check import check_archive
from imr_archive.history.correcting import corrections_make
from imr_archive.ingest.pipeline.worker import parse_content
from imr_archive.letters.reader import stored_records
from imr_archive.models import Correction, Determination, Revision, SourceLetter

pytestmark = pytest.mark.django_db

OLDER = printed_letter(description="Acupuncture")
NEWER = printed_letter(description="Tramadol 50mg #60").replace(b"04/01/2015", b"05/01/2015")


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    monkeypatch.setattr(subject, "PROCESSES", 0)


@pytest.fixture
def reviewer(client):
    client.force_login(staff_member(Role.REVIEWER))
    return client


@pytest.fixture
def case():
    ingest([("older.txt", OLDER), ("newer.txt", NEWER)])
    return Determination.objects.get()


def address_of(name):
    return reverse("admin:imr_archive_sourceletter_speak", args=[SourceLetter.objects.get(name=name).pk])


def requests():
    [record] = stored_records(Determination.objects.values_list("pk", flat=True)).values()
    return [each.description for each in record.items]


def confirm(client, address):
    page = client.get(address)
    return client.post(address, {"reason": "It is the final one.", "seen": page.context["form"]["seen"].value()})


def states():
    return dict(SourceLetter.objects.values_list("name", "state"))


def test_a_letter_speaks_for_its_case_keeps_it_and_is_undone(case, reviewer):
    corrections_make(determination=case.pk, values=[(None, "worker_age", 60)], reason="A slip.", made_by="somebody")
    assert requests() == ["1. Tramadol 50mg #60"]
    page = reviewer.get(address_of("older.txt"))
    assert "Acupuncture" in page.text
    assert page.status_code == 200
    assert requests() == ["1. Tramadol 50mg #60"]
    answer = confirm(reviewer, address_of("older.txt"))
    assert answer.status_code == 302
    assert (requests(), states()) == (["1. Acupuncture"], {"older.txt": "current", "newer.txt": "superseded"})
    assert Determination.objects.get().worker_age == 60
    revision = Revision.objects.latest("pk")
    assert (revision.kind, revision.made_by, revision.reason) == ("replace", "reviewer", "It is the final one.")
    reread({OLDER: parse_content(OLDER), NEWER: parse_content(NEWER)})
    ingest([("older.txt", OLDER), ("newer.txt", NEWER)])
    assert requests() == ["1. Acupuncture"]
    assert list(check_archive()) == []


def test_letting_a_letter_speak_and_a_correction_are_undone_by_hand(case, reviewer):
    undo = reverse("admin:imr_archive_determination_undo", args=[case.pk])
    assert reviewer.get(undo).status_code == 404
    before = (requests(), states())
    confirm(reviewer, address_of("older.txt"))
    change = reviewer.get(reverse("admin:imr_archive_determination_change", args=[case.pk]))
    assert undo in change.text
    assert reverse("admin:imr_archive_determination_review", args=[case.pk]) in change.text
    assert "Acupuncture" in reviewer.get(undo).text
    assert confirm(reviewer, undo).status_code == 302
    assert (requests(), states()) == before
    assert Revision.objects.latest("pk").reason == "It is the final one."
    corrections_make(determination=case.pk, values=[(1, "quantity", 7)], reason="A slip.", made_by="somebody")
    stale = reviewer.get(undo).context["form"]["seen"].value()
    corrections_make(determination=case.pk, values=[(1, "quantity", 8)], reason="A slip.", made_by="somebody")
    answer = reviewer.post(undo, {"reason": "No.", "seen": stale})
    assert "Something else has changed" in answer.text
    confirm(reviewer, undo)
    assert Correction.objects.get().value == 7
    assert list(check_archive()) == []


def test_only_letters_aside_are_offered_and_only_to_those_who_may_correct(case, reviewer, client):
    assert reviewer.get(address_of("newer.txt")).status_code == 404
    assert reviewer.post(address_of("older.txt"), {"reason": "", "seen": ""}).status_code == 200
    client.force_login(staff_member(Role.UPLOADER))
    assert client.get(address_of("older.txt")).status_code == 403
