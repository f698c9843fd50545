"""One page of a PDF as an image, with the words boxed that a span of the stored text names."""

import struct
import zlib
from pathlib import Path

import pytest

from imr_archive.errors import LetterError
from imr_archive.page_images.drawing import PageRequest, page_image
from imr_archive.page_images.words import PageWords
from imr_archive.parsing.source.extraction import read_source

PDF = (Path(__file__).parents[2] / "golden" / "letters" / "pdf_heading_over_a_page.pdf").read_bytes()
TEXT = read_source(PDF).text.split("\f")[0]


def rows_of(drawn):
    assert struct.unpack(">IIBB", drawn[16:26]) == (850, 1100, 8, 3)
    start = drawn.index(b"IDAT") + 4
    pixels = zlib.decompressobj().decompress(drawn[start:])
    return [pixels[at + 1 : at + 851] for at in range(0, len(pixels), 851)]


def boxed_rows(words, *, occurrence=0, text=TEXT):
    """The numbers of the rows on which something is boxed."""
    start = -1
    for _ in range(occurrence + 1):
        start = text.index(words, start + 1)
    said = PageWords(text[:start], words, text[start + len(words) :])
    rows = rows_of(page_image(PageRequest(PDF, 1, said)))
    return [number for number, row in enumerate(rows) if any(colour > 127 for colour in row)]


def test_the_words_are_boxed_where_they_stand():
    word = next(each for each in TEXT.split() if TEXT.count(each) == 1 and each.isalpha())
    rows = boxed_rows(word)
    assert 10 < len(rows) < 40
    assert rows == [*range(rows[0], rows[-1] + 1)]


def test_of_words_that_recur_those_of_the_span_are_boxed():
    word = next(each for each in TEXT.split() if TEXT.count(each) > 1 and len(each) > 6)
    assert boxed_rows(word)[0] < boxed_rows(word, occurrence=1)[0]


def test_words_that_the_page_does_not_have_are_not_boxed():
    assert boxed_rows("Aardvark", text=f"{TEXT} Aardvark") == []
    assert boxed_rows("…", text=f"{TEXT} …") == []


@pytest.mark.parametrize(("content", "number"), [(PDF, 0), (PDF, 99), (b"%PDF-1.4 cut", 1)])
def test_a_page_that_is_not_there_is_an_error_and_no_exception(content, number):
    assert isinstance(page_image(PageRequest(content, number)), LetterError)
