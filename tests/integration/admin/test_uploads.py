"""Uploads in the administration: stored, previewed, published, undone; and the sentences for what cannot be taken."""

import io
import re
import zipfile

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from devtools.testing.handmade import ingest, printed_letter
from devtools.testing.staff import staff_member
from imr_archive.admin.people.roles import Role
from imr_archive.admin.uploading import tasks
from imr_archive.history.correcting import corrections_make
from imr_archive.models import Determination, IngestRun, SourceLetter, UploadPreview

pytestmark = pytest.mark.django_db

UPLOADS = "/admin/uploads/"
CASE, OTHER = "CM15-0000001", "CM15-0000002"
OVERTURNED = printed_letter(CASE).replace(b"Upheld", b"Overturned")


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    """Parse without starting a process for it."""
    monkeypatch.setattr(tasks, "PROCESSES", 0)


@pytest.fixture
def uploader(client):
    client.force_login(staff_member(Role.UPLOADER))
    return client


def send(client, *files, **options):
    letters = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(UPLOADS, {"letters": letters}, follow=True, **options)


def publish(client, *names, **data):
    preview = UploadPreview.objects.get()
    keys = [each.pk for each in preview.letters.filter(name__in=names)]
    return client.post(f"{UPLOADS}{preview.pk}/publish/", {"letter": keys, **data}, follow=True)


def rows_of(page):
    """The rows of the first table: what stands in their cells, without the tags."""
    body = page.text.split("<tbody>")[1].split("</tbody>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("</tr>") if "<td" in row]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def ticked(page):
    return re.findall(r'aria-label="Publish ([^"]+)" checked', page.text)


def test_an_upload_is_previewed_published_and_undone(uploader):
    ingest([("known.txt", printed_letter(CASE))])
    page = send(uploader, ("new.txt", printed_letter(OTHER)), ("turned.txt", OVERTURNED), ("list.txt", b"bread"))
    assert [row[1:] for row in rows_of(page)] == [
        ["new.txt", "New A new determination.", OTHER],
        [
            "turned.txt 1 doubt",
            "Update Replaces known.txt as the letter of its case. 3 fields would change Outcome Upheld → Overturned "
            "Item 1: outcome Upheld → Overturned Item 1: reasons No benefit shown so far → First-line care failed",
            CASE,
        ],
        [
            "list.txt",
            "Can&#x27;t be read The text prints none of the headings of an independent medical review determination.",
            "",
        ],
    ]
    assert ticked(page) == ["new.txt"]
    assert Determination.objects.count() == 1
    page = publish(uploader, "new.txt", "turned.txt")
    assert [row[1] for row in rows_of(page)] == [
        "New A new determination.",
        "Updated Replaces known.txt as the letter of its case.",
    ]
    run = IngestRun.objects.latest("pk")
    assert (run.started_by, {each.outcome for each in Determination.objects.all()}) == (
        "uploader",
        {"upheld", "overturned"},
    )
    undo = f"/admin/imr_archive/ingestrun/{run.pk}/undo/"
    assert undo in page.text
    asked = rows_of(uploader.get(undo))
    assert [row[:2] for row in asked] == [
        [
            CASE,
            "Restored Outcome Overturned → Upheld Item 1: outcome Overturned → Upheld "
            "Item 1: reasons First-line care failed → No benefit shown so far",
        ],
        [OTHER, "Taken back Not public any more."],
    ]
    page = uploader.post(undo, follow=True)
    assert Determination.objects.get().outcome == "upheld"
    assert SourceLetter.objects.get(name="new.txt").state == "held"
    assert "Taken back: the case came with run" in page.text
    assert "was undone by" in uploader.get(f"/admin/imr_archive/ingestrun/{run.pk}/change/").text


def test_what_an_undo_cannot_restore_is_named_before_and_after(uploader):
    send(uploader, ("a.txt", printed_letter(CASE)), ("b.txt", printed_letter(OTHER)))
    publish(uploader, "a.txt", "b.txt")
    run = IngestRun.objects.get()
    case = Determination.objects.get(case_number=CASE)
    corrections_make(determination=case.pk, values=[(1, "quantity", 9)], reason="A slip.", made_by="anna")
    page = uploader.get(f"/admin/imr_archive/ingestrun/{run.pk}/undo/")
    assert "1 of these can’t be restored and stays as it is." in page.text
    sentence = "Left alone: a correction by anna has changed it since."
    assert [CASE, f"Can’t be restored {sentence}", "a.txt"] in rows_of(page)
    page = uploader.post(f"/admin/imr_archive/ingestrun/{run.pk}/undo/", follow=True)
    assert f"Unchanged {sentence}" in [row[1] for row in rows_of(page)]
    assert [each.case_number for each in Determination.objects.all()] == [CASE]


def test_all_that_is_recommended_is_published_at_once_over_all_pages(uploader, monkeypatch):
    monkeypatch.setattr("imr_archive.admin.uploading.previews.LETTERS_ON_PAGE", 2)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(5):
            archive.writestr(f"{number}.txt", printed_letter(f"CM15-{number:07}"))
    page = send(uploader, ("letters.zip", stream.getvalue()))
    assert "Page 1 of 3" in page.text
    assert "Publish all 5 that are new" in page.text
    publish(uploader, recommended="1")
    assert Determination.objects.count() == 5


def test_nothing_ticked_is_said_and_starts_no_run(uploader):
    send(uploader, ("a.txt", printed_letter(CASE)))
    assert "Tick at least one letter" in publish(uploader).text
    assert not IngestRun.objects.exists()
    assert publish(uploader, letter=["x", "9" * 50]).status_code == 200


def test_a_letter_shows_its_text_with_the_doubtful_places_and_fields_first(uploader):
    page = send(uploader, ("named.txt", printed_letter(CASE) + b"Employee: Maria Lopez\n"))
    [address] = set(re.findall(r'href="(/admin/uploads/\d+/letters/\d+/)"', page.text))
    page = uploader.get(address)
    assert "<mark>Employee: Maria Lopez</mark>" in page.text
    assert "A person&#x27;s name seems to be printed." in page.text
    assert page.text.index("Item 1: rationale") < page.text.index("Case number")
    original = uploader.get(f"{address}original/")
    assert b"".join(original.streaming_content).endswith(b"Employee: Maria Lopez\n")
    assert original.headers["Content-Disposition"] == 'attachment; filename="named.txt"'
    assert original.headers["Content-Type"] == "application/octet-stream"


def test_an_upload_without_files_asks_for_one(uploader):
    assert "Choose at least one file." in uploader.post(UPLOADS, {}).text


def test_more_files_than_may_come_at_once_are_refused_with_a_sentence(uploader, settings):
    settings.UPLOAD_MAX_FILES = settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    for number in (3, 4):
        settings.DATA_UPLOAD_MAX_NUMBER_FILES = 3
        page = send(uploader, *[(f"{each}.txt", b"x") for each in range(number)])
        assert page.status_code == 200
        assert "At most 2 files can be uploaded at once. Put them into one .zip archive instead." in page.text
    assert not UploadPreview.objects.exists()


def test_an_upload_over_the_limit_is_refused_with_a_sentence(uploader, settings):
    settings.UPLOAD_MAX_MEGABYTES = 1
    page = send(uploader, ("large.zip", b"x" * (3 * 1024 * 1024)))
    assert page.status_code == 413
    assert "One upload may have 1 MB with all its files." in page.text
    assert not UploadPreview.objects.exists()


def test_a_body_that_is_cut_off_is_said(uploader):
    page = uploader.generic("POST", UPLOADS, b"--x\r\nrubbish", content_type="multipart/form-data")
    assert "The upload could not be read. Please choose the files again." in page.text


def test_a_hostile_file_name_is_escaped(uploader):
    page = send(uploader, ("<img src=x>.pdf", b""))
    assert "<img src=x>" not in page.text
    assert "The file is empty." in page.text


def test_an_upload_needs_its_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff_member(Role.UPLOADER))
    assert send(client, ("a.txt", printed_letter())).status_code == 403
    assert not UploadPreview.objects.exists()


def test_who_may_only_look_is_offered_no_upload(client, django_user_model):
    user = django_user_model.objects.create_user("viewer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_sourceletter"))
    client.force_login(user)
    assert client.get(UPLOADS).status_code == 403
    assert send(client, ("a.txt", printed_letter())).status_code == 403
    assert UPLOADS not in client.get(reverse("admin:index")).text
    assert UPLOADS not in client.get(reverse("admin:imr_archive_sourceletter_changelist")).text


def test_pages_keep_to_the_strict_policy(uploader):
    pages = [uploader.get("/admin/"), send(uploader, ("a.txt", printed_letter(CASE))), publish(uploader, "a.txt")]
    pages.append(uploader.get(UPLOADS))
    for page in pages:
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page.text)


def test_a_preview_is_kept_and_can_be_discarded(uploader):
    send(uploader, ("a.txt", printed_letter(CASE)))
    page = uploader.get(UPLOADS)
    assert rows_of(page)[0][:3] == ["a.txt", "1 letter not published", "uploader"]
    uploader.post(f"{UPLOADS}{UploadPreview.objects.get().pk}/discard/")
    assert not UploadPreview.objects.exists()


def test_the_number_of_queries_of_a_preview_does_not_grow_with_its_letters(uploader):
    def queries(number):
        UploadPreview.objects.all().delete()
        send(uploader, *[(f"{each}.txt", printed_letter(f"CM15-{number:03}{each:04}")) for each in range(number)])
        address = f"{UPLOADS}{UploadPreview.objects.get().pk}/"
        with CaptureQueriesContext(connection) as found:
            assert uploader.get(address).status_code == 200
        return len(found)

    assert queries(2) == queries(9) <= 16


# -- A worker ---------------------------------------------------------------------------------------------------------


def test_a_worker_reads_and_publishes_while_the_pages_say_how_far_it_is(uploader, settings, transactional_db):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    page = send(uploader, ("a.txt", printed_letter(CASE)))
    address = f"{UPLOADS}{UploadPreview.objects.get().pk}/"
    assert 'hx-trigger="every 1s"' in page.text
    assert "Waiting to be read" in uploader.get(address, headers={"HX-Request": "true"}).text
    work()
    assert uploader.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    page = publish(uploader, "a.txt")
    assert "Waiting for a worker" in page.text
    assert not Determination.objects.exists()
    work()
    run = IngestRun.objects.get()
    assert uploader.get(f"/admin/imr_archive/ingestrun/{run.pk}/progress/").headers["HX-Refresh"] == "true"
    assert Determination.objects.get().case_number == CASE


def work():
    """Do all that waits, as ``manage.py db_worker`` does."""
    call_command("db_worker", batch=True, interval=0, startup_delay=False, reload=False, verbosity=0)
