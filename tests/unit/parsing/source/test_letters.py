"""Several letters in one file are read one by one; what stands twice is read once or remarked on."""

from __future__ import annotations

import io

import pytest
from reportlab.pdfgen.canvas import Canvas

from devtools.synthetic.letters import Making, make_letter
from devtools.testing.letters import boxed_letter, item
from imr_archive.errors import SourceUnreadable
from imr_archive.parsing.parser import parse_letter, parse_letters
from imr_archive.parsing.source.extraction import read_source
from imr_archive.parsing.source.letters import split_letters
from imr_archive.vocabulary import Layout

FIRST = boxed_letter(case_number="CM16-0000001", items=[item("A cane"), item("Twelve massage visits")])
SECOND = boxed_letter(case_number="CM17-0000002", items=[item("A lumbar brace", outcome="Overturned")])
THIRD = boxed_letter(case_number=None, box=False, items=[item("A third opinion")])


def descriptions(data: bytes) -> list[list[str]]:
    return [[each.description for each in letter.record.items] for letter in parse_letters(data)]


@pytest.mark.parametrize("between", ["\f", "\n", "\n\n\n", "\n\f\n"], ids=["page", "line", "blank lines", "blank page"])
def test_letters_that_follow_each_other_are_separated(between: str) -> None:
    data = between.join([FIRST, SECOND, THIRD]).encode()
    assert descriptions(data) == [["A cane", "Twelve massage visits"], ["A lumbar brace"], ["A third opinion"]]
    cases = [letter.as_json(file="", sha256="")["case_number"] for letter in parse_letters(data)]
    assert cases == ["CM16-0000001", "CM17-0000002", None]


def test_each_part_is_the_text_of_its_letter_with_its_pages() -> None:
    pages = FIRST.replace("CLINICAL CASE SUMMARY", "\fCLINICAL CASE SUMMARY")
    source = read_source(f"{pages}\f{SECOND}".encode())
    parts = split_letters(source)
    assert [(part.first_page, part.last_page) for part in parts] == [(1, 2), (3, 3)]
    assert [part.text for part in parts] == [source.text[part.start : part.end] for part in parts]
    assert "".join(part.text for part in parts) == source.text
    assert "CM17" not in parts[0].text
    assert parts[1].text.startswith("Case Number: CM17-0000002")


def test_joined_pdfs_are_separated() -> None:
    file = io.BytesIO()
    canvas = Canvas(file, invariant=1)
    for letter in (FIRST, SECOND):
        for page in (letter.splitlines()[:12], letter.splitlines()[12:]):
            written = canvas.beginText(40, 800)
            written.textLines("\n".join(page))
            canvas.drawText(written)
            canvas.showPage()
    canvas.save()
    assert descriptions(file.getvalue()) == [["A cane", "Twelve massage visits"], ["A lumbar brace"]]


@pytest.mark.parametrize("layout", Layout)
def test_letters_of_each_layout_are_separated(layout: Layout) -> None:
    letters = [make_letter(5, number, Making(layout=layout)).text for number in range(2)]
    alone = [descriptions(letter.encode())[0] for letter in letters]
    assert descriptions("\f".join(letters).encode()) == alone
    assert all(len(parse_letters(letter.encode())) == 1 for letter in letters)


def test_a_file_of_several_letters_never_becomes_one_determination() -> None:
    with pytest.raises(SourceUnreadable, match=r"two\.txt holds 2 letters"):
        parse_letter(f"{FIRST}\f{SECOND}".encode(), "two.txt")


def test_letters_that_cannot_be_separated_are_counted() -> None:
    torn = FIRST[: FIRST.index("IMR ISSUES")]
    (part,) = split_letters(read_source(f"{torn}\n{SECOND}".encode()))
    assert part.letters_in_file == 2
    assert [remark.code.value for remark in part.diagnostics] == ["several-letters"]


@pytest.mark.parametrize("between", ["\f", "\n"])
def test_a_letter_that_stands_twice_in_a_file_is_read_once(between: str) -> None:
    letter = parse_letter(f"{FIRST}{between}{FIRST}".encode())
    assert [each.description for each in letter.record.items] == ["A cane", "Twelve massage visits"]
    assert "text-read-once" in {warning["code"] for warning in letter.as_json(file="", sha256="")["warnings"]}


def test_pages_whose_text_stands_twice_are_read_once() -> None:
    head, rest = FIRST.split("IMR ISSUES")
    data = f"{head}{head}\fIMR ISSUES{rest}IMR ISSUES{rest}".encode()
    letter = parse_letter(data)
    assert [each.description for each in letter.record.items] == ["A cane", "Twelve massage visits"]


def test_a_section_that_stands_twice_is_remarked_on() -> None:
    head, rest = FIRST.split("IMR ISSUES")
    letter = parse_letter(f"{head}IMR ISSUES{rest}\nA stray line.\nIMR ISSUES{rest}".encode())
    assert "text-twice" in {warning["code"] for warning in letter.as_json(file="", sha256="")["warnings"]}
