"""Revisions are added and never changed; the triggers of the database see to it."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from devtools.testing.handmade import ingest, letter
from imr_archive.history.revisions import revisions_erase_content
from imr_archive.models import Determination, IngestRun, Revision
from imr_archive.vocabulary import RevisionKind

pytestmark = pytest.mark.django_db

CASE = "CM15-0000001"


@pytest.fixture
def revision():
    ingest([("a.txt", b"a")], {b"a": letter(case_number=CASE)})
    case = Determination.objects.get()
    return Revision.objects.create(
        determination=case,
        reference=CASE,
        letter=case.letters.get(),
        run=IngestRun.objects.get(),
        kind=RevisionKind.CORRECTION,
        made_by="somebody",
        reason="A slip.",
        before=b"what was",
        after_sha256="0" * 64,
        changes=[{"field": "worker.age", "item": None, "before": 40, "after": 41}],
    )


def columns(revision):
    row = Revision.objects.filter(pk=revision.pk).values().get()
    return row | {"before": row["before"] and bytes(row["before"])}


OTHERWISE = {
    "determination": None,
    "reference": "CM15-0000002",
    "letter": None,
    "run": None,
    "kind": RevisionKind.UNDO,
    "made_by": "somebody else",
    "made_at": "2020-01-01T00:00:00Z",
    "reason": "",
    "undoes": 0,
    "before": b"something else",
    "after_sha256": "",
    "changes": [{"field": "worker.age", "item": None, "before": 40, "after": 42}],
    "is_erased": True,
}


def test_every_column_is_tried():
    assert {*OTHERWISE} == {field.name for field in Revision._meta.concrete_fields} - {"id"}


@pytest.mark.parametrize("name", OTHERWISE)
def test_no_column_of_a_stored_revision_can_be_changed(revision, name):
    before = columns(revision)
    column = Revision._meta.get_field(name).attname
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(**{column: OTHERWISE[name]})
    setattr(revision, column, OTHERWISE[name])
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        revision.save()
    assert columns(revision) == before


@pytest.mark.parametrize("name", sorted({*OTHERWISE} - {"before", "changes", "is_erased"}))
def test_erasing_changes_nothing_else(revision, name):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Revision.objects.update(before=None, changes=[], is_erased=True, **{name: OTHERWISE[name]})


def test_no_stored_revision_can_be_deleted(revision):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        revision.delete()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Revision.objects.all().delete()
    table = connection.ops.quote_name(Revision._meta.db_table)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
    assert Revision.objects.filter(pk=revision.pk).exists()


def test_a_revision_keeps_the_keys_of_what_is_deleted(revision):
    before = columns(revision)
    case = Determination.objects.get()
    case.letters.all().delete()
    case.delete()
    IngestRun.objects.all().delete()
    assert columns(revision) == before


def test_the_content_of_revisions_can_be_erased_and_who_changed_what_when_stays(revision):
    before = columns(revision)
    assert revisions_erase_content(revision.determination_id) == Revision.objects.count()
    assert columns(revision) == before | {"before": None, "changes": [], "is_erased": True}
    assert revisions_erase_content(revision.determination_id) == 0


def test_the_admin_shows_revisions_and_changes_none(revision, admin_client):
    address = reverse("admin:imr_archive_revision_change", args=[revision.pk])
    assert "A slip." in admin_client.get(address).text
    assert admin_client.post(address, {"reason": "Another."}).status_code == 403
    assert admin_client.post(reverse("admin:imr_archive_revision_delete", args=[revision.pk])).status_code == 403
    assert admin_client.post(reverse("admin:imr_archive_revision_add"), {}).status_code == 403
