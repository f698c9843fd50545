"""Kinds of files that cannot be letters are known by their first bytes, and letters are none of them."""

import hashlib
import io
import zipfile

import pytest

from imr_archive.ingest.sources import files
from imr_archive.ingest.sources.files import PassedOver, Source, receive
from imr_archive.ingest.sources.kinds import foreign_kind


def office_document():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    return stream.getvalue()


def zip_of_letters():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "a letter")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\0\0\0\x20ftypisom\0\0\2\0", "a video (MP4)"),
        (b"\0\0\0\x20ftypheic\0\0\0\0", "an image (HEIC)"),
        (bytes(32_769) + b"CD001", "a disk image (ISO)"),
        (b"\x89PNG\r\n\x1a\n", "an image (PNG)"),
        (b"\xff\xd8\xff\xe0", "an image (JPEG)"),
        (b"BM\x36\0\0\0\0\0\0\0", "an image (BMP)"),
        (b"MZ\x90\0", "a program (Windows)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office document of the old kind"),
        (office_document(), "an office document"),
    ],
)
def test_a_file_that_cannot_be_a_letter_is_passed_over_with_size_and_hash(content, kind):
    with pytest.raises(PassedOver) as passed_over:
        receive(Source("letter.txt", lambda: io.BytesIO(content)))
    assert str(passed_over.value) == f"Not a letter but {kind} of {len(content):,} bytes; its bytes are not kept."
    assert passed_over.value.sha256 == hashlib.sha256(content).hexdigest()


def test_a_foreign_file_larger_than_any_letter_is_hashed_to_its_end(monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 50_000)
    content = b"\0\0\0\x20ftypisom" + bytes(200_000)
    with pytest.raises(PassedOver, match=r"200,012 bytes") as passed_over:
        receive(Source("film.mp4", lambda: io.BytesIO(content)))
    assert passed_over.value.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7\n",
        b"MZ and BM are how this letter begins.",
        b"BMI 31; the letter goes on.",
        b"ID3 is a gene.",
        "\ufeffCase Number".encode("utf-16"),
        zip_of_letters(),
    ],
)
def test_texts_pdfs_and_archives_are_not_of_a_foreign_kind(content):
    assert foreign_kind(content) == ""
