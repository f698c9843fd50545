"""The pages of a PDF as one picture."""

import struct
import zlib
from pathlib import Path

from imr_archive.errors import LetterError
from imr_archive.page_images.drawing import pages_image

PDF = Path(__file__).parents[2] / "golden" / "letters" / "pdf_heading_over_a_page.pdf"


def test_the_pages_stand_one_below_the_other():
    drawn = pages_image(PDF.read_bytes())
    assert drawn[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, colours = struct.unpack(">IIBB", drawn[16:26])
    assert (width, depth, colours) == (850, 8, 0)
    assert height > 1500  # more than one page
    start = drawn.index(b"IDAT") + 4
    pixels = zlib.decompressobj().decompress(drawn[start:])
    assert len(pixels) == height * 851
    assert pixels.count(b"\x00") - height > 0  # ink


def test_what_is_no_pdf_is_an_error_and_no_exception():
    assert isinstance(pages_image(b"%PDF-1.4 cut"), LetterError)
