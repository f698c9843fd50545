"""Uploads are read and compared before anything is public, and published by a run once somebody has looked."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from devtools.testing.handmade import ingest, printed_letter
from imr_archive.history import withdrawals
from imr_archive.ingest.previews.publishing import (
    CHANGED_SINCE,
    NothingToPublish,
    publication_can_resume,
    publication_resume,
    publication_run,
    publication_start,
)
from imr_archive.ingest.previews.reading import preview_read
from imr_archive.ingest.previews.receiving import upload_receive
from imr_archive.letters.reader import stored_records
from imr_archive.models import Determination, DisputedItem, PreviewedLetter, SourceLetter, UploadPreview
from imr_archive.vocabulary import RunStatus, WithdrawalScope

pytestmark = pytest.mark.django_db

CASE, OTHER = "CM15-0000001", "CM15-0000002"
OVERTURNED = printed_letter(CASE).replace(b"Upheld", b"Overturned").replace(b"is not medically", b"is medically")
SCAN = b"\x89PNG\r\n" + bytes(100)


@pytest.fixture
def uploads(tmp_path, settings):
    """The folder where uploads wait."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def previewed(*files):
    preview = upload_receive([ContentFile(content, name) for name, content in files], uploaded_by="uploader")
    preview_read(preview.pk, processes=0)
    preview.refresh_from_db()
    return preview


def verdicts(preview):
    return {each.name: each.verdict for each in preview.letters.all()}


def published(preview, **chosen):
    run = publication_start(preview, PreviewedLetter.objects.filter(**chosen), started_by="uploader")
    publication_run(run.pk, processes=0)
    run.refresh_from_db()
    return run


def zipped(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_each_letter_says_what_publishing_it_would_do_and_nothing_is_public():
    ingest([("known.txt", printed_letter(CASE))])
    before = stored_records(Determination.objects.values_list("pk", flat=True))
    preview = previewed(
        ("new.txt", printed_letter(OTHER)),
        ("turned.txt", OVERTURNED),
        ("same.txt", printed_letter(CASE)),
        ("spaced.txt", printed_letter(CASE) + b"\n\n"),
        ("named.txt", printed_letter("CM15-0000003") + b"Employee: Maria Lopez\n"),
        ("list.txt", b"bread"),
        ("scan.png", SCAN),
    )
    assert verdicts(preview) == {
        "new.txt": "new",
        "turned.txt": "update",
        "same.txt": "duplicate",
        "spaced.txt": "duplicate",
        "named.txt": "held",
        "list.txt": "unreadable",
        "scan.png": "unreadable",
    }
    assert {each.name for each in preview.letters.filter(is_recommended=True)} == {"new.txt", "named.txt"}
    assert {each.name for each in preview.letters.filter(can_be_published=False)} == {"same.txt", "scan.png"}
    turned = preview.letters.get(name="turned.txt")
    assert turned.turns_outcome
    assert {"field": "items.outcome", "item": 1, "before": "upheld", "after": "overturned"} in turned.changes
    assert "an image (PNG)" in preview.letters.get(name="scan.png").reason
    assert stored_records(Determination.objects.values_list("pk", flat=True)) == before
    assert SourceLetter.objects.count() == 1
    assert preview.bytes_read == preview.bytes_total


def test_letters_of_one_upload_are_compared_with_each_other():
    preview = previewed(
        ("a.txt", printed_letter(CASE)),
        ("b.txt", printed_letter(CASE)),
        ("c.txt", printed_letter(CASE) + b"\n\n"),
        ("d.txt", OVERTURNED),
    )
    assert verdicts(preview) == {"a.txt": "new", "b.txt": "duplicate", "c.txt": "duplicate", "d.txt": "update"}
    assert preview.letters.get(name="d.txt").reason == "Replaces a.txt in this upload as the letter of its case."


def test_archives_are_read_and_the_files_on_disk_go_once_they_are_read(uploads):
    content = zipped(**{"one.txt": printed_letter(CASE), "two.txt": printed_letter(OTHER), "notes.docx": b"PK"})
    preview = previewed(("letters.zip", content), ("letters.zip", zipped(**{"three.txt": b"bread"})))
    assert verdicts(preview) == {
        "letters.zip/one.txt": "new",
        "letters.zip/two.txt": "new",
        "letters.zip/notes.docx": "unreadable",
        "2/letters.zip/three.txt": "unreadable",
    }
    assert [*uploads.iterdir()] == []
    assert [file.name for file in preview.files.all()] == ["letters.zip", "2/letters.zip"]


def test_some_letters_are_published_by_a_run_and_the_others_wait():
    preview = previewed(("a.txt", printed_letter(CASE)), ("b.txt", printed_letter(OTHER)), ("list.txt", b"bread"))
    run = published(preview, name="a.txt")
    assert (run.status, run.counts, run.arguments["preview"]) == (RunStatus.FINISHED, {"new": 1}, preview.pk)
    assert [each.case_number for each in Determination.objects.all()] == [CASE]
    gone, waiting = preview.letters.get(name="a.txt"), preview.letters.get(name="b.txt")
    assert (bytes(gone.content), gone.run) == (b"", run)
    assert (bytes(waiting.content), waiting.run) == (printed_letter(OTHER), None)
    with pytest.raises(NothingToPublish):
        publication_start(preview, preview.letters.filter(name="a.txt"), started_by="uploader")
    assert published(preview).counts == {"new": 1, "quarantined": 1}


def test_a_letter_of_which_publishing_does_something_else_by_now_goes_back_to_the_preview():
    preview = previewed(("a.txt", OVERTURNED), ("b.txt", printed_letter(OTHER)))
    ingest([("since.txt", printed_letter(CASE))])
    assert published(preview).counts == {"new": 1}
    sent_back = preview.letters.get(name="a.txt")
    assert (sent_back.run, sent_back.note, sent_back.verdict) == (None, CHANGED_SINCE, "update")
    assert not sent_back.is_recommended
    assert DisputedItem.objects.get(determination__case_number=CASE).outcome == "upheld"
    assert published(preview).counts == {"updated": 1}
    assert DisputedItem.objects.get(determination__case_number=CASE).outcome == "overturned"


def test_an_interrupted_publication_does_the_rest():
    preview = previewed(("a.txt", printed_letter(CASE)), ("b.txt", printed_letter(OTHER)))
    run = publication_start(preview, preview.letters.filter(name="a.txt"), started_by="uploader")
    publication_run(run.pk, processes=0)
    preview.letters.filter(name="b.txt").update(run=run)
    run.refresh_from_db()
    assert not publication_can_resume(run)
    run.status = RunStatus.CANCELLED
    run.save()
    assert publication_can_resume(run)
    publication_resume(run)
    publication_run(run.pk, processes=0)
    run.refresh_from_db()
    assert (run.status, run.counts) == (RunStatus.FINISHED, {"new": 2})


def test_an_interrupted_reading_begins_again():
    preview = previewed(("a.txt", printed_letter(CASE)))
    again = upload_receive([ContentFile(printed_letter(OTHER), "b.txt")], uploaded_by="uploader")
    PreviewedLetter.objects.create(preview=again, name="half.txt", verdict="new", reason="Half.")
    preview_read(again.pk, processes=0)
    assert verdicts(again) == {"b.txt": "new"}
    assert verdicts(preview) == {"a.txt": "new"}


def test_previews_that_nobody_touches_expire(settings):
    old, new = previewed(("a.txt", printed_letter(CASE))), previewed(("b.txt", printed_letter(OTHER)))
    published(old, name="a.txt")
    UploadPreview.objects.filter(pk=old.pk).update(
        touched_at=timezone.now() - timedelta(days=settings.PREVIEW_DAYS, hours=1)
    )
    stdout = io.StringIO()
    call_command("expire_previews", stdout=stdout)
    assert stdout.getvalue() == "1 preview removed.\n"
    assert [*UploadPreview.objects.all()] == [new]
    assert Determination.objects.get().case_number == CASE


def test_what_is_destroyed_leaves_no_copy_in_a_preview(monkeypatch):
    ingest([("a.txt", printed_letter(CASE))])
    previewed(("again.txt", OVERTURNED), ("other.txt", printed_letter(OTHER)))
    monkeypatch.setattr(withdrawals, "deleted_purge", lambda: None)  # impossible in the transaction of a test
    withdrawals.determination_withdraw(
        reference=CASE, reason="x", public_reason="x", scope=WithdrawalScope.DESTROY, withdrawn_by="tests"
    )
    assert [each.name for each in PreviewedLetter.objects.all()] == ["other.txt"]
    later = previewed(("later.txt", OVERTURNED)).letters.get()
    assert (later.verdict, later.can_be_published) == ("unreadable", False)
    assert later.reason.startswith("Withdrawn on ")
