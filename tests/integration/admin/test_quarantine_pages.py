"""The quarantine in the administration: retry, replace, pasted text, and files that are no letters, also in bulk."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from devtools.testing.handmade import Refused, ingest, printed_letter, reread
from devtools.testing.staff import staff_member
from imr_archive.admin.people.roles import Role
from imr_archive.admin.quarantine import actions
from imr_archive.models import Determination, DroppedFile, SourceLetter

pytestmark = pytest.mark.django_db

REASONS = "/admin/imr_archive/sourceletter/quarantine/"


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    monkeypatch.setattr(actions, "PROCESSES", 0)


@pytest.fixture
def reviewer(client):
    client.force_login(staff_member(Role.REVIEWER))
    return client


def refuse(**contents):
    """Quarantine files whose bytes the parser of that day could not read."""
    parsed = {content: Refused("It is a scan.") for content in contents.values()}
    ingest([(f"{name}.pdf", content) for name, content in contents.items()], parsed)
    return [SourceLetter.objects.get(name=f"{name}.pdf") for name in contents]


def page_of(file):
    return reverse("admin:imr_archive_sourceletter_quarantined", args=[file.pk])


def states():
    return dict(SourceLetter.objects.values_list("name", "state"))


def test_all_files_of_a_reason_are_read_again_and_the_rest_is_dropped(reviewer):
    refuse(a=printed_letter("CM15-0000001"), b=printed_letter("CM15-0000002"))
    ingest([("list.txt", b"A list.")])
    assert f'<a href="{REASONS}">Retry or drop by reason</a>' in reviewer.get("/admin/").text
    page = reviewer.get(REASONS).text
    assert "first of 2 files" in page
    answer = reviewer.post(REASONS, {"reason": "source-unreadable", "_retry": "1"}, follow=True)
    assert "Read again: new 2." in answer.text
    assert Determination.objects.count() == 2
    answer = reviewer.post(REASONS, {"reason": "not-a-determination", "_drop": "1"}, follow=True)
    assert "Dropped: 1 file." in answer.text
    assert "No file is in quarantine." in answer.text
    assert DroppedFile.objects.get().dropped_by == "reviewer"


def test_a_file_is_replaced_by_a_better_copy_and_the_next_one_follows(reviewer):
    first, second = refuse(first=b"one", second=b"two")
    copy = SimpleUploadedFile("copy.txt", b"A list.")
    assert reviewer.post(page_of(first), {"_replace": "1", "file": copy}).headers["Location"] == page_of(first)
    copy = SimpleUploadedFile("copy.txt", printed_letter())
    assert reviewer.post(page_of(first), {"_replace": "1", "file": copy}).headers["Location"] == page_of(second)
    assert {"first.pdf", "copy.txt"} & {*SourceLetter.objects.values_list("name", flat=True)} == {"copy.txt"}
    assert reviewer.get(page_of(first)).status_code == 404
    assert "This field is required." in reviewer.post(page_of(second), {"_replace": "1"}).text


def test_a_pasted_text_speaks_for_the_case_and_the_file_stays_its_original(reviewer):
    [scan] = refuse(scan=b"scan")
    answer = reviewer.post(page_of(scan), {"_paste": "1", "text": "A list."}, follow=True)
    assert "quarantined" in answer.text
    text = printed_letter().decode().replace("\n", "\r\n")
    assert reviewer.post(page_of(scan), {"_paste": "1", "text": text}).headers["Location"] == REASONS
    scan.refresh_from_db()
    case = Determination.objects.get()
    assert (scan.state, scan.determination, scan.reason) == ("superseded", case, "Its text was pasted by hand.")
    reread({b"scan": Refused("It is a scan.")}, letters=[scan.pk])
    scan.refresh_from_db()
    assert scan.determination == case


def test_an_uploader_retries_own_files_and_drops_none(client):
    refuse(other=b"other")
    [own] = refuse_as_uploader()
    client.force_login(staff_member(Role.UPLOADER))
    assert client.get(page_of(SourceLetter.objects.get(name="other.pdf"))).status_code == 404
    assert "_drop" not in client.get(page_of(own)).text
    assert client.post(page_of(own), {"_drop": "1"}).status_code == 403
    assert client.post(page_of(own), {"_retry": "1"}).status_code == 302
    assert Determination.objects.count() == 1


def refuse_as_uploader():
    content = printed_letter()
    ingest([("own.pdf", content)], {content: Refused("It is a scan.")}, uploaded_by="uploader")
    return [SourceLetter.objects.get(name="own.pdf")]
