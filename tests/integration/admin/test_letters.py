"""Source letters in the back office: upload, quarantine, originals."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from devtools.testing.handmade import Refused, full_letter, ingest, printed_letter
from devtools.testing.staff import staff_member
from imr_archive.admin import source_letters, uploads
from imr_archive.admin.people.roles import Role
from imr_archive.models import Determination, SourceLetter

pytestmark = pytest.mark.django_db

UPLOAD = "/admin/imr_archive/sourceletter/add/"


@pytest.fixture
def in_this_process(monkeypatch):
    """Parse uploads without starting a process for it."""
    monkeypatch.setattr(uploads, "PROCESSES", 0)


@pytest.fixture
def archive(db):
    ingest([("a.pdf", b"a"), ("scan.pdf", b"<script>")], {b"a": full_letter(), b"<script>": Refused("It is a scan.")})


def upload(client, *files):
    letters = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(UPLOAD, {"letters": letters})


def rows_of(page):
    """The rows of the report: what stands in their cells, without the tags."""
    body = page.text.split("<tbody>")[1].split("</tbody>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("</tr>") if "<td" in row]
    return [[" ".join(re.sub(r"<[^>]+>", "", cell).split()) for cell in row] for row in cells]


def test_several_files_are_uploaded_at_once_and_each_says_what_became_of_it(admin_client, in_this_process):
    files = [("a.txt", printed_letter()), ("twin.txt", printed_letter()), ("empty.pdf", b"")]
    page = upload(admin_client, *files)
    assert page.status_code == 200
    assert rows_of(page) == [
        ["a.txt", "New", "A new determination.", "CM15-0000001 (on the site)"],
        ["twin.txt", "Duplicate", "The same bytes as a.txt.", "CM15-0000001 (on the site)"],
        ["empty.pdf", "Quarantined", "The file is empty.", ""],
    ]
    determination = Determination.objects.get()
    assert determination.get_absolute_url() in page.text
    assert reverse("admin:imr_archive_sourceletter_change", args=[determination.letters.get().pk]) in page.text
    assert [row[1] for row in rows_of(upload(admin_client, *files))] == ["Unchanged", "Duplicate", "Quarantined"]


def test_uploads_are_parsed_in_a_process_of_their_own(admin_client):
    assert uploads.PROCESSES > 0
    assert [row[1] for row in rows_of(upload(admin_client, ("a.txt", printed_letter())))] == ["New"]


def test_an_upload_without_files_asks_for_one(admin_client):
    page = admin_client.post(UPLOAD, {})
    assert page.status_code == 200
    assert "Choose at least one letter." in page.text


def test_a_letter_above_the_limit_is_named_and_nothing_is_ingested(admin_client, settings):
    settings.UPLOAD_MAX_MEGABYTES = 1
    page = upload(admin_client, ("a.txt", printed_letter()), ("large.pdf", b"x" * (1024 * 1024 + 1)))
    assert "large.pdf is larger than 1 MB, the limit for one letter." in page.text
    assert SourceLetter.objects.count() == 0


def test_a_hostile_file_name_is_escaped(admin_client, in_this_process):
    page = upload(admin_client, ("<img src=x>.pdf", b""))
    assert "<img src=x>" not in page.text
    assert SourceLetter.objects.get().name == "<img src=x>.pdf"


def test_an_upload_needs_its_token(admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    assert upload(client, ("a.txt", printed_letter())).status_code == 403
    assert SourceLetter.objects.count() == 0


@pytest.fixture
def viewer(client, django_user_model):
    """A member of staff who may look at source letters and do nothing else."""
    user = django_user_model.objects.create_user("viewer", is_staff=True)
    rights = Permission.objects.filter(codename__in=["view_sourceletter", "view_every_sourceletter"])
    user.user_permissions.set(rights)
    client.force_login(user)
    return client


def test_who_may_only_look_is_offered_no_upload(viewer, archive):
    assert viewer.get(UPLOAD).status_code == 403
    assert upload(viewer, ("b.txt", printed_letter())).status_code == 403
    assert UPLOAD not in viewer.get(reverse("admin:index")).text
    assert UPLOAD not in viewer.get(reverse("admin:imr_archive_sourceletter_changelist")).text
    assert SourceLetter.objects.count() == 2


def test_the_upload_is_offered_on_the_index_and_on_the_list(admin_client):
    assert UPLOAD in admin_client.get(reverse("admin:index")).text
    assert UPLOAD in admin_client.get(reverse("admin:imr_archive_sourceletter_changelist")).text


def test_the_upload_page_keeps_to_the_strict_policy(admin_client, in_this_process):
    for page in (admin_client.get(UPLOAD), upload(admin_client, ("empty.pdf", b""))):
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page.text)


def test_the_quarantine_is_a_filter_of_the_list_and_gives_the_reasons(admin_client, archive):
    page = admin_client.get(reverse("admin:imr_archive_sourceletter_changelist"), {"state__exact": "quarantined"})
    assert [row.name for row in page.context["cl"].result_list] == ["scan.pdf"]
    assert "It is a scan." in page.text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"reason": "source-unreadable"}, ["scan.pdf"]),
        ({"reason": "not-a-determination"}, []),
        ({"parser": "present"}, ["a.pdf"]),
        ({"parser": "older"}, ["scan.pdf"]),
        ({"parser": "made-up"}, ["a.pdf", "scan.pdf"]),
    ],
)
def test_letters_are_filtered_by_reason_and_by_parser(admin_client, archive, query, names):
    SourceLetter.objects.filter(name="scan.pdf").update(parser_version="0.1")
    page = admin_client.get(reverse("admin:imr_archive_sourceletter_changelist"), query)
    assert sorted(row.name for row in page.context["cl"].result_list) == names


def test_letters_are_found_by_case_number_and_by_hash(admin_client, archive):
    address = reverse("admin:imr_archive_sourceletter_changelist")
    letter = SourceLetter.objects.get(name="a.pdf")
    for words in (letter.determination.case_number, letter.sha256, "a.pdf"):
        assert [row.pk for row in admin_client.get(address, {"q": words}).context["cl"].result_list] == [letter.pk]


def test_the_list_leaves_bytes_and_texts_in_the_database(admin_client, archive):
    [*rows] = admin_client.get(reverse("admin:imr_archive_sourceletter_changelist")).context["cl"].result_list
    assert {"content", "text", "spans", "diagnostics"} <= rows[0].get_deferred_fields()


def test_a_letter_shows_the_remarks_of_the_parser(admin_client, archive):
    letter = SourceLetter.objects.get(name="a.pdf")
    page = admin_client.get(reverse("admin:imr_archive_sourceletter_change", args=[letter.pk]))
    assert "Note: Text that no rule claimed. (characters 2 to 6)" in page.text


def test_the_original_is_downloaded_and_never_shown(viewer, archive):
    letter = SourceLetter.objects.get(name="scan.pdf")
    page = viewer.get(reverse("admin:imr_archive_sourceletter_original", args=[letter.pk]))
    assert b"".join(page.streaming_content) == b"<script>"
    assert page.headers["Content-Disposition"] == 'attachment; filename="scan.pdf"'
    assert page.headers["Content-Type"] == "application/octet-stream"
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_the_original_needs_permission_and_a_letter(client, admin_client, django_user_model, archive):
    address = reverse("admin:imr_archive_sourceletter_original", args=[SourceLetter.objects.first().pk])
    assert admin_client.get("/admin/imr_archive/sourceletter/0/original/").status_code == 404
    assert Client().get(address).status_code == 302
    client.force_login(django_user_model.objects.create_user("clerk", is_staff=True))
    assert client.get(address).status_code == 403


def test_only_quarantined_letters_are_thrown_away(admin_client, archive):
    for letter, status in (
        (SourceLetter.objects.get(name="a.pdf"), 403),
        (SourceLetter.objects.get(name="scan.pdf"), 302),
    ):
        address = reverse("admin:imr_archive_sourceletter_delete", args=[letter.pk])
        assert admin_client.post(address, {"post": "yes"}).status_code == status
    assert [letter.name for letter in SourceLetter.objects.all()] == ["a.pdf"]


def test_held_letters_are_listed_and_published_with_a_reason(admin_client, monkeypatch):
    monkeypatch.setattr(source_letters, "PROCESSES", 0)
    ingest([("named.txt", printed_letter() + b"Employee: Maria Lopez\n")])
    held = SourceLetter.objects.get()
    changelist = reverse("admin:imr_archive_sourceletter_changelist")
    assert "named.txt" in admin_client.get(changelist, {"state__exact": "held", "reason": "name"}).text
    page = admin_client.get(reverse("admin:imr_archive_sourceletter_change", args=[held.pk])).text
    assert "A person&#x27;s name seems to be printed." in page
    chosen = {"action": "publish", "_selected_action": held.pk}
    assert "Say why" in admin_client.post(changelist, chosen, follow=True).text
    assert not Determination.objects.exists()
    page = admin_client.post(changelist, chosen | {"reason": "A made-up person."}, follow=True).text
    assert "Published: new 1" in page
    assert Determination.objects.get().case_number == "CM15-0000001"


def test_an_uploader_cannot_publish_a_held_letter(client):
    ingest([("named.txt", printed_letter() + b"Employee: Maria Lopez\n")], uploaded_by="uploader")
    client.force_login(staff_member(Role.UPLOADER))
    changelist = reverse("admin:imr_archive_sourceletter_changelist")
    chosen = {"action": "publish", "_selected_action": SourceLetter.objects.get().pk, "reason": "Please."}
    client.post(changelist, chosen, follow=True)
    assert not Determination.objects.exists()
