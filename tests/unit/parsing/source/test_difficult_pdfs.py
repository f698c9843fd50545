"""PDFs that are hard to read: turned pages, doubled text layers, images, stamps, pages out of order."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from devtools.testing.letters import boxed_letter, item
from imr_archive.errors import SourceUnreadable
from imr_archive.parsing.parsed import ParsedLetter
from imr_archive.parsing.parser import parse_letter
from imr_archive.parsing.source.extraction import read_source

WIDTH, HEIGHT = 612, 792
LETTER = boxed_letter(
    case_number="CM16-0000321",
    items=[item("Six sessions of acupuncture"), item("MRI of the left knee", outcome="Overturned")],
)

Draw = Callable[[Any, int, str], None]


def page_texts(pages: int, letter: str = LETTER) -> list[str]:
    lines = letter.splitlines()
    size = -(-len(lines) // pages)
    return ["\n".join(lines[at : at + size]) for at in range(0, len(lines), size)]


def draw_text(canvas: Any, number: int, text: str) -> None:
    written = canvas.beginText(36, HEIGHT - 60)
    written.setFont("Helvetica", 7)
    written.textLines(text)
    canvas.drawText(written)


def pdf_of(pages: Sequence[str], draw: Draw = draw_text, rotations: Sequence[int] = ()) -> bytes:
    """Return a PDF; ``rotations`` are the /Rotate entries of its pages."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    for number, text in enumerate(pages):
        canvas.setPageRotation(rotations[number] if number < len(rotations) else 0)
        draw(canvas, number, text)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def sideways(angle: int) -> Draw:
    """Return a way to draw the content turned counter-clockwise."""

    def draw(canvas: Any, number: int, text: str) -> None:
        across, up = {90: (WIDTH, 0), 180: (WIDTH, HEIGHT), 270: (0, HEIGHT)}[angle]
        canvas.translate(across, up)
        canvas.rotate(angle)
        draw_text(canvas, number, text)

    return draw


def only_on(page: int, special: Draw, usual: Draw = draw_text) -> Draw:
    def draw(canvas: Any, number: int, text: str) -> None:
        (special if number == page else usual)(canvas, number, text)

    return draw


def codes(letter: ParsedLetter) -> set[str]:
    return {remark["code"] for remark in letter.as_json(file="", sha256="")["warnings"]}


def facts(data: bytes) -> dict[str, Any]:
    found = parse_letter(data).as_json(file="", sha256="")
    return {key: found[key] for key in ("case_number", "dates", "outcome", "clinical_summary", "items", "reviewer")}


UPRIGHT = facts(pdf_of(page_texts(2)))


def test_the_upright_letter_is_read_whole() -> None:
    assert UPRIGHT["case_number"] == "CM16-0000321"
    assert [each["outcome"] for each in UPRIGHT["items"]] == ["upheld", "overturned"]
    assert UPRIGHT["outcome"] == "partially_overturned"


@pytest.mark.parametrize("angle", [90, 180, 270])
@pytest.mark.parametrize("pages", [{0}, {1}, {0, 1}], ids=["first", "second", "all"])
def test_pages_with_a_rotation_entry_read_as_upright_ones(angle: int, pages: set[int]) -> None:
    data = pdf_of(page_texts(2), rotations=[angle if number in pages else 0 for number in range(2)])
    assert facts(data) == UPRIGHT
    assert "page-turned" in codes(parse_letter(data))


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_pages_drawn_sideways_read_as_upright_ones(angle: int) -> None:
    assert facts(pdf_of(page_texts(2), sideways(angle))) == UPRIGHT
    assert facts(pdf_of(page_texts(2), only_on(1, sideways(angle)))) == UPRIGHT


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_pages_drawn_sideways_and_set_upright_by_their_rotation_are_not_turned(angle: int) -> None:
    data = pdf_of(page_texts(2), sideways(angle), rotations=[angle, angle])
    assert facts(data) == UPRIGHT
    assert "page-turned" not in codes(parse_letter(data))


def test_a_page_at_an_angle_that_cannot_be_put_right_is_named() -> None:
    def askew(canvas: Any, number: int, text: str) -> None:
        canvas.rotate(38)
        draw_text(canvas, number, text)

    remarks = read_source(pdf_of(page_texts(2), only_on(1, askew))).diagnostics
    assert [(remark.code.value, remark.message) for remark in remarks] == [
        ("page-askew", "Page 2 is turned by 38 degrees and may be misread.")
    ]


def test_a_second_text_layer_is_read_once() -> None:
    def twice(canvas: Any, number: int, text: str) -> None:
        draw_text(canvas, number, text)
        draw_text(canvas, number, text)

    data = pdf_of(page_texts(2), twice)
    assert facts(data) == UPRIGHT
    assert "text-read-once" in codes(parse_letter(data))


def test_the_layer_of_a_scanner_with_reading_errors_is_left_out() -> None:
    def with_scanned_layer(canvas: Any, number: int, text: str) -> None:
        draw_text(canvas, number, text)
        written = canvas.beginText(36.8, HEIGHT - 60.6)
        written.setFont("Helvetica", 6.9, leading=7 * 1.2)
        written.setTextRenderMode(3)
        misread = [line.replace("rn", "m") if index % 3 else line for index, line in enumerate(text.splitlines())]
        written.textLines("\n".join(misread))
        canvas.drawText(written)

    data = pdf_of(page_texts(2), with_scanned_layer)
    assert facts(data) == UPRIGHT
    assert "text-read-once" in codes(parse_letter(data))


def test_the_same_lines_at_other_places_of_a_page_are_no_second_layer() -> None:
    same = "It is not necessary.\nThe guideline does not recommend it.\nThe criteria are not met.\n"
    data = pdf_of([same * 4])
    assert read_source(data).text.count("The criteria are not met.") == 4


def picture() -> ImageReader:
    return ImageReader(Image.new("L", (80, 100), 230))


def draw_image(canvas: Any, number: int, text: str) -> None:
    canvas.drawImage(picture(), 0, 0, WIDTH, HEIGHT)


def draw_stamped_image(canvas: Any, number: int, text: str) -> None:
    draw_image(canvas, number, text)
    canvas.drawString(450, 20, f"ACME-IMR-{4711 + number:06}")


def test_a_page_that_is_an_image_is_named() -> None:
    remarks = read_source(pdf_of(page_texts(3), only_on(1, draw_image))).diagnostics
    assert [remark.message for remark in remarks] == ["Page 2 is an image: it has no text layer."]


def test_a_page_that_is_an_image_with_a_stamp_is_named() -> None:
    remarks = read_source(pdf_of(page_texts(3), only_on(2, draw_stamped_image))).diagnostics
    assert [remark.message for remark in remarks] == ["Page 3 is an image: it has no text layer, only a stamp."]


def test_a_page_with_text_and_a_small_picture_is_no_image() -> None:
    def with_logo(canvas: Any, number: int, text: str) -> None:
        canvas.drawImage(picture(), 480, 720, 60, 50)
        canvas.drawString(72, 500, "Sincerely, the reviewer")

    assert read_source(pdf_of(page_texts(2), only_on(1, with_logo))).diagnostics == ()


@pytest.mark.parametrize(("pages", "named"), [(1, "page 1 holds"), (3, "pages 1–3 hold")])
def test_a_scan_that_holds_only_stamps_is_refused_as_a_scan(pages: int, named: str) -> None:
    with pytest.raises(SourceUnreadable, match=f"a.pdf is probably a scan: {named} only a stamp"):
        parse_letter(pdf_of(["", "", ""][:pages], draw_stamped_image), "a.pdf")


@pytest.mark.parametrize("order", [(1, 0), (1, 2, 0), (2, 1, 0), (0, 2, 1)])
def test_numbered_pages_are_put_in_order(order: Sequence[int]) -> None:
    pages = [f"{text}\nPage {number} of {len(order)}" for number, text in enumerate(page_texts(len(order)), start=1)]
    data = pdf_of([pages[index] for index in order])
    assert facts(data) == UPRIGHT
    assert "pages-reordered" in codes(parse_letter(data))
    numbers = read_source(data).page_numbers
    assert [order[number - 1] for number in numbers] == sorted(order)


def test_two_pages_without_numbers_are_put_in_order_by_the_letter() -> None:
    first, second = page_texts(2)
    data = pdf_of([second, first])
    assert facts(data) == UPRIGHT
    assert "pages-reordered" in codes(parse_letter(data))
