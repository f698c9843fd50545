"""Source letters in the back office: quarantine, originals, what is held."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from devtools.testing.handmade import Refused, full_letter, ingest, printed_letter
from devtools.testing.staff import staff_member
from imr_archive.admin import source_letters
from imr_archive.admin.people.roles import Role
from imr_archive.models import Determination, SourceLetter

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(db):
    ingest([("a.pdf", b"a"), ("scan.pdf", b"<script>")], {b"a": full_letter(), b"<script>": Refused("It is a scan.")})


@pytest.fixture
def viewer(client, django_user_model):
    """A member of staff who may look at source letters and do nothing else."""
    user = django_user_model.objects.create_user("viewer", is_staff=True)
    rights = Permission.objects.filter(codename__in=["view_sourceletter", "view_every_sourceletter"])
    user.user_permissions.set(rights)
    client.force_login(user)
    return client


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
