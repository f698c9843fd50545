"""The shapes of one letter: other bytes, the same words."""

from __future__ import annotations

import re

import pytest

from devtools.synthetic.letters import SyntheticLetter, make_letters
from devtools.synthetic.page.shapes import box_of, shapes
from imr_archive.parsing.source.extraction import read_source

# What PDFium reads from the boxed PDFs: no blank lines, CRLF, the last label of the box broken, a mark for a hyphen.
AS_PDFIUM_READS = (
    "Case Number: CM16-9000001\r\nDate Assigned: 11/30/2016 Date of Injury: 10/11/2016\r\n"
    "Decision Date: 01/06/2017 UR Denial Date: 11/04/2016\r\nPriority: Standard Application \r\nReceived: \r\n"
    "11/21/2016\r\nHOW THE IMR FINAL DETERMINATION WAS MADE\r\nThe case file went to a reviewer who has no affil\ufffe"
    "iation with the parties.\f\r\nCLINICAL CASE SUMMARY\r\nA made patient’s knee hurts.\r\n"
)
PAIRS = [
    ("Case Number:", "CM16-9000001"),
    ("Date Assigned:", "11/30/2016"),
    ("Date of Injury:", "10/11/2016"),
    ("Decision Date:", "01/06/2017"),
    ("UR Denial Date:", "11/04/2016"),
    ("Priority:", "Standard"),
    ("Application Received:", "11/21/2016"),
]
RUNNING = re.compile(
    r"Page \d+ of \d+|Final Determination Letter for IMR Case Number CM\d\d-\d{7} \d+|^\d+$", re.MULTILINE
)


@pytest.fixture(scope="module")
def letters() -> list[SyntheticLetter]:
    return list(make_letters(60, seed=12))


def read(shape: str, text: str) -> str:
    return read_source(shapes()[shape](text)).text


def test_the_box_is_read_from_what_pdfium_gives() -> None:
    _, pairs, rest = box_of(AS_PDFIUM_READS.replace("\r\n", "\n"))
    assert pairs == PAIRS
    assert rest.startswith("\nHOW THE IMR")


def test_the_box_is_read_from_labels_that_all_stand_before_their_values() -> None:
    _, pairs, _ = box_of(read("labels-before-values", AS_PDFIUM_READS))
    assert pairs == PAIRS


def test_a_letter_without_a_box_has_no_pairs() -> None:
    text = "HOW THE IMR FINAL DETERMINATION WAS MADE\nOn 11/30/2016 the letter said Priority: Standard.\n"
    assert box_of(text) == ("", [], text)


def test_a_header_with_other_words_inside_it_is_left_as_it_is() -> None:
    text = "Date of Injury: 7/28/2012\nIMR Application Received: 8/4/2013\n1) The request is granted.\n"
    assert box_of(text) == ("", [], text)


@pytest.mark.parametrize("shape", shapes())
def test_every_shape_holds_the_words_of_the_letter(shape: str, letters: list[SyntheticLetter]) -> None:
    for text in (AS_PDFIUM_READS, *(letter.text for letter in letters)):
        expected = sorted(text.replace("\ufffe", "- ").split())
        assert sorted(RUNNING.sub("", read(shape, text)).split()) == expected


@pytest.mark.parametrize("shape", shapes())
def test_every_shape_keeps_the_order_of_the_body(shape: str, letters: list[SyntheticLetter]) -> None:
    for letter in letters:
        _, _, body = letter.text.partition("HOW THE IMR")
        _, _, shaped = RUNNING.sub("", read(shape, letter.text)).partition("HOW THE IMR")
        assert shaped.split() == body.split()


def test_labels_and_values_alternate() -> None:
    lines = read("label-then-value", AS_PDFIUM_READS).splitlines()
    assert lines[:4] == ["Case Number:", "CM16-9000001", "Date Assigned:", "11/30/2016"]
    assert lines[12:15] == ["Application ", "Received: ", "11/21/2016"]


def test_all_labels_stand_before_all_values() -> None:
    lines = read("labels-before-values", AS_PDFIUM_READS).splitlines()
    assert lines[:8] == [*(label for label, _ in PAIRS[:6]), "Application ", "Received: "]
    assert lines[8:15] == [value for _, value in PAIRS]


def test_no_blank_line_and_no_space_at_a_line_end_is_left(letters: list[SyntheticLetter]) -> None:
    for letter in letters:
        assert all(line and line == line.rstrip(" ") for line in read("no-blank-lines", letter.text).split("\n"))


def test_a_blank_line_follows_every_line(letters: list[SyntheticLetter]) -> None:
    for letter in letters:
        lines = read("blank-after-every-line", letter.text.replace("\f", "")).split("\n")
        assert all(line.endswith(" ") for line in lines[:-1:2])
        assert not any(lines[1::2])


def test_columns_are_kept_by_spaces() -> None:
    lines = read("columns-by-spaces", AS_PDFIUM_READS).splitlines()
    assert lines[1].index("11/30/2016") == lines[2].index("01/06/2017")
    assert lines[1].index("Date of Injury:") == lines[2].index("UR Denial Date:") == lines[4].index("Received:")
    assert lines[5].strip() == "HOW THE IMR FINAL DETERMINATION WAS MADE"
    assert lines[5].startswith(" " * 30)


def test_windows_text_is_of_one_byte_a_character_with_carriage_returns() -> None:
    data = shapes()["windows-1252-crlf"](AS_PDFIUM_READS)
    assert b"patient\x92s knee" in data
    assert data.count(b"\n") == data.count(b"\r\n") > 5


@pytest.mark.parametrize(("shape", "first"), [("utf-16", b"\xff\xfeC\x00"), ("utf-16-unmarked", b"\x00C\x00a")])
def test_utf_16_takes_two_bytes_a_character(shape: str, first: bytes) -> None:
    assert shapes()[shape](AS_PDFIUM_READS)[:4] == first


def test_running_lines_stand_at_the_edges_of_the_pages() -> None:
    pages = read("running-lines", AS_PDFIUM_READS).split("\f")
    assert [page.strip().splitlines()[0] for page in pages] == ["Page 1 of 2", "Page 2 of 2"]
    assert pages[0].rstrip().endswith("Final Determination Letter for IMR Case Number CM16-9000001 1")


def test_a_text_without_form_feeds_is_paged_for_its_running_lines() -> None:
    text = "Case Number: CM16-9000001\n" + "A line of the letter.\n" * 100
    assert read("running-lines", text).count("\f") == 2
    assert read("running-lines-inside-paragraphs", text).count("Final Determination Letter") == 3
