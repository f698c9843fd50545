"""Files that a run passes over: links, files of systems, those that cannot be letters, and those that were dropped."""

import hashlib
import io

import pytest
from django.core.management import CommandError, call_command

from devtools.testing.handmade import printed_letter
from imr_archive.models import DroppedFile, IngestRun, IngestRunFile, SourceLetter

pytestmark = pytest.mark.django_db


def ingest_command(folder, **options):
    """Run the command; return its output, and the status and sentence it ended with, if not with 0."""
    stdout = io.StringIO()
    try:
        call_command("ingest", str(folder), processes=0, stdout=stdout, stderr=io.StringIO(), **options)
    except CommandError as error:
        return stdout.getvalue(), (error.returncode, str(error))
    return stdout.getvalue(), None


def test_what_was_dropped_is_not_taken_again_unless_it_is_asked_for(tmp_path):
    place = tmp_path / "letters"
    place.mkdir()
    (place / "junk.txt").write_bytes(b"no letter")
    assert ingest_command(place)[1] == (1, "1 file was quarantined.")
    call_command("quarantine", "drop", all=True, stdout=io.StringIO())
    assert [(each.name, each.reason_code) for each in DroppedFile.objects.all()] == [
        ("junk.txt", "not-a-determination")
    ]
    output, error = ingest_command(place)
    assert error is None
    assert f"{place}/junk.txt: Dropped from the quarantine on" in output
    assert not SourceLetter.objects.exists()
    assert ingest_command(place, take_dropped=True)[1] == (1, "1 file was quarantined.")
    assert not DroppedFile.objects.exists()


def test_files_that_cannot_be_letters_are_listed_and_not_kept(tmp_path):
    (tmp_path / "film.mp4").write_bytes(b"\0\0\0\x20ftypisom" + bytes(1_000))
    (tmp_path / "film.txt").write_bytes(b"\0\0\0\x20ftypisom" + bytes(1_000))
    (tmp_path / "Thumbs.db").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "film.mp4")
    output, error = ingest_command(tmp_path)
    assert error is None
    assert [line.split() for line in output.splitlines() if line.startswith("Passed over")] == [["Passed", "over", "4"]]
    assert output.count("Not a letter but a video (MP4) of 1,012 bytes; its bytes are not kept.") == 2
    assert f"{tmp_path}/link: A link; passed over." in output
    assert "Thumbs.db" not in output
    assert not SourceLetter.objects.exists()
    hashes = set(IngestRunFile.objects.filter(name__contains="film").values_list("sha256", flat=True))
    assert hashes == {hashlib.sha256(b"\0\0\0\x20ftypisom" + bytes(1_000)).hexdigest()}


def test_links_inside_a_folder_are_followed_on_request(tmp_path):
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "a.txt").write_bytes(printed_letter("CM15-0000001"))
    (tmp_path / "shown").symlink_to(tmp_path / ".hidden")
    assert ingest_command(tmp_path)[1] is None
    assert not SourceLetter.objects.exists()
    assert ingest_command(tmp_path, follow_links=True)[1] is None
    assert SourceLetter.objects.get().name == "a.txt"
    assert IngestRun.objects.latest("pk").arguments["follow_links"] is True
