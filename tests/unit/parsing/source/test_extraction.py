"""What can be read, in which kinds and encodings, and what is refused with which sentence."""

from __future__ import annotations

import io
import zipfile

import pytest
from reportlab.pdfgen.canvas import Canvas

from devtools.testing.letters import boxed_letter, item
from imr_archive.errors import SourceUnreadable
from imr_archive.parsing.parser import parse_letter
from imr_archive.parsing.source.extraction import MOST_CHARACTERS, read_source
from imr_archive.vocabulary import SourceKind

LETTER = boxed_letter(items=[item("Brace for the patient’s knee – 1 month")])


def pdf(*pages: str, password: str | None = None) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, encrypt=password)
    for page in pages:
        text = canvas.beginText(40, 800)
        text.setFont("Helvetica", 8)
        text.textLines(page)
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def first_description(data: bytes) -> str:
    return parse_letter(data).record.items[0].description


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_text_is_read_in_every_usual_encoding(encoding: str, line_end: str) -> None:
    data = LETTER.replace("\n", line_end).encode(encoding)
    source = read_source(data)
    assert source.kind is SourceKind.TEXT
    assert source.text == LETTER
    assert first_description(data) == "Brace for the patient’s knee – 1 month"


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("insu\ufb03cient e\ufb00ort, \ufb02exion", "insufficient effort, flexion"),
        ("physi\u00adcal ther\u00ad\napy", "physical therapy"),
        ("knee\u200b brace\u2060", "knee brace"),
    ],
    ids=["ligatures", "soft hyphens", "signs without width"],
)
def test_what_only_typesetting_put_in_is_taken_out(printed: str, read: str) -> None:
    assert read_source(printed.encode()).text == read


def test_a_pdf_is_read_by_its_text_layer_and_knows_its_pages() -> None:
    lines = LETTER.replace("’", "'").replace("–", "-").splitlines()
    data = pdf("\n".join(lines[:20]), "\n".join(lines[20:]))
    source = read_source(data, "letter.txt")
    assert source.kind is SourceKind.PDF
    assert len(source.pages) == 2
    assert source.text[source.pages[1] - 1] == "\f"
    assert first_description(data) == "Brace for the patient's knee - 1 month"


def test_pages_of_a_text_begin_after_its_form_feeds() -> None:
    assert read_source(b"one\ftwo\fthree").pages == (0, 4, 8)


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("letter.txt", LETTER)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "a.bin is empty."),
        (b" \r\n\f \x00", "a.bin is empty."),
        (b"\xef\xbb\xbf \n", "a.bin is empty."),
        (pdf(LETTER, password="secret"), "a.bin is a PDF protected by a password."),
        (pdf(LETTER)[:200], "a.bin is a damaged or truncated PDF."),
        (b"%PDF-1.7\n" + b"\x00\x01" * 500, "a.bin is a damaged or truncated PDF."),
        (pdf(""), "a.bin is a PDF without text, probably a scan."),
        (zipped(), "a.bin is a ZIP archive or an office document; only PDF and plain text can be read."),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "a.bin is an image; only PDF and plain text can be read."),
        (bytes(range(256)) * 9, "a.bin holds binary data; only PDF and plain text can be read."),
    ],
)
def test_what_holds_no_text_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(SourceUnreadable) as refusal:
        read_source(data, "a.bin")
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    "data",
    [(LETTER + "x" * MOST_CHARACTERS).encode(), pdf(*(["word " * 2_000] * (MOST_CHARACTERS // 10_000 + 1)))],
    ids=["text", "pdf"],
)
def test_more_text_than_any_letter_holds_is_refused(data: bytes) -> None:
    with pytest.raises(SourceUnreadable, match=r"a\.bin holds more text than any letter\."):
        read_source(data, "a.bin")
