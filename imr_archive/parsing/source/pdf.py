"""Read the text of a PDF page by page: upright, each text layer once, and with a note on pages that are images."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from imr_archive.errors import SourceUnreadable
from imr_archive.parsing.source.layers import PlacedLine, without_second_layer

if TYPE_CHECKING:
    from collections.abc import Iterator

# Ten times the length of the longest known letters.
MOST_CHARACTERS = 200_000


class PdfPage(NamedTuple):
    """The text of one page, and what had to be done to read it.

    ``turned`` is the angle by which the page had to be turned, ``skew`` an angle that cannot be put upright, both in
    degrees; ``layer_dropped`` says that a second text layer was left out; ``is_image`` that an image covers the page
    and there is no text, or little enough to be a stamp.
    """

    text: str
    turned: int = 0
    skew: int = 0
    layer_dropped: bool = False
    is_image: bool = False


def read_pdf_pages(data: bytes, label: str) -> list[PdfPage]:
    """Return the pages of a PDF; raise ``SourceUnreadable`` if it cannot be opened or is too long for a letter."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise SourceUnreadable(f"{label} is a PDF protected by a password.") from error
        raise SourceUnreadable(f"{label} is a damaged or truncated PDF.") from error
    try:
        return list(_pages(document, label))
    except pdfium.PdfiumError as error:
        raise SourceUnreadable(f"{label} is a PDF with a damaged page.") from error
    finally:
        document.close()


def refuse_too_much(characters: int, label: str) -> None:
    """Raise ``SourceUnreadable`` for a text that is longer than any letter."""
    if characters > MOST_CHARACTERS:
        raise SourceUnreadable(f"{label} holds more text than any letter.")


def _pages(document: pdfium.PdfDocument, label: str) -> Iterator[PdfPage]:
    read = 0
    for number in range(len(document)):
        page = document[number]
        try:
            found = _read_page(page)
        finally:
            page.close()
        read += len(found.text) + 1
        refuse_too_much(read, label)
        yield found


def _read_page(page: pdfium.PdfPage) -> PdfPage:
    """Read a page with the rotation that sets its text upright, whatever rotation the file asks for."""
    declared = page.get_rotation()
    textpage = page.get_textpage()
    try:
        angle = _text_angle(textpage)
        upright = declared if angle is None else (360 - round(angle / 90) * 90) % 360
        skew = 0 if angle is None else round((angle + 45) % 90 - 45)
        if upright != declared:
            page.set_rotation(upright)
            textpage.close()
            textpage = page.get_textpage()
        text, layer_dropped = _text_of_one_layer(textpage, is_level=abs(skew) <= _LEVEL)
    finally:
        textpage.close()
    return PdfPage(
        text,
        turned=(upright - declared) % 360,
        skew=skew if abs(skew) > _MOST_SKEW else 0,
        layer_dropped=layer_dropped,
        is_image=len(text.split()) < _FEW_WORDS and _is_covered_by_an_image(page),
    )


# A scanner lays a page askew by a few degrees; PDFium reads such lines well.
_MOST_SKEW = 15
_LEVEL = 2
_SAMPLES = 16


def _text_angle(textpage: pdfium.PdfTextPage) -> int | None:
    """Return the most frequent angle of the page's characters in degrees, clockwise, from a sample of them."""
    count = textpage.count_chars()
    angles: Counter[int] = Counter()
    for index in range(0, count, max(1, count // _SAMPLES)):
        if not raw.FPDFText_IsGenerated(textpage, index) and raw.FPDFText_GetUnicode(textpage, index) > ord(" "):
            angles[round(math.degrees(raw.FPDFText_GetCharAngle(textpage, index))) % 360] += 1
    return angles.most_common(1)[0][0] if angles else None


# A stamp and a fax line have fewer words, the last lines of a letter stand on no image.
_FEW_WORDS = 40
_COVERS = 0.4
_MOST_OBJECTS = 2_000


def _is_covered_by_an_image(page: pdfium.PdfPage) -> bool:
    """Return whether an image covers much of the page."""
    width, height = page.get_size()
    for number, each in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)):
        left, bottom, right, top = each.get_bounds()
        if (right - left) * (top - bottom) >= _COVERS * width * height:
            return True
        if number >= _MOST_OBJECTS:
            break
    return False


def _text_of_one_layer(textpage: pdfium.PdfTextPage, *, is_level: bool) -> tuple[str, bool]:
    """Return the page's text, and whether a second text layer was left out of it.

    Only level lines are compared, because the boxes of slanting ones overlap.
    """
    text: str = textpage.get_text_range()
    lines = text.split("\r\n")
    if not is_level or not _may_stand_twice(lines) or len(text) != textpage.count_chars():
        return text, False
    placed = [_placed(textpage, line, at) for line, at in zip(lines, _starts(lines), strict=True)]
    kept = without_second_layer(placed)
    return "\r\n".join(line.text for line in kept), len(kept) < len(placed)


def _may_stand_twice(lines: list[str]) -> bool:
    """Return whether enough lines are printed twice to look at where they stand."""
    printed = [line.strip() for line in lines if line.strip()]
    return len(set(printed)) < _MOST_DIFFERENT * len(printed)


_MOST_DIFFERENT = 0.8


def _starts(lines: list[str]) -> Iterator[int]:
    at = 0
    for line in lines:
        yield at
        at += len(line) + len("\r\n")


def _placed(textpage: pdfium.PdfTextPage, line: str, at: int) -> PlacedLine:
    """Return a line with the left, bottom, right and top of its first and last characters."""
    first, last = len(line) - len(line.lstrip()), len(line.rstrip()) - 1
    if last < first:
        return PlacedLine(line, None)
    boxes = [textpage.get_charbox(at + index) for index in {first, last}]
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return PlacedLine(line, (min(lefts), min(bottoms), max(rights), max(tops)))
