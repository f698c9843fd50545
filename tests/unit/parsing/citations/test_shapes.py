"""The net below all readers of citations: what looks misread by its shape."""

import pytest

from imr_archive.parsing.citations.shapes import looks_misread
from imr_archive.parsing.tables import load


@pytest.mark.parametrize(
    "section",
    [
        "Guidelines",
        "Revision",
        "(Guidelines)",
        "Medical Treatment Guidelines",
        "Medical Treatment 2016",
        "Section(s): Special Studies",
        "Imaging Section: MRI",
        "11/30/2015 MRI",
        "12-2-16 version",
        "May, 2009",
        "December 2, 2016 Fusion",
        "on 5/5/2017",
        "accessed 05/01/2022, Smith J. Syncope",
        "Retrieved on 2/2/2019",
        "which is part of the MTUS",
        "Opioids (criteria for use",
        "MRI) of the knee",
        "[Imaging",
        "Opioids Page(s)",
        "Introduction to",
        "Surgery for",
        "et seq",
        "pages 98",
        "x" * 300,
    ],
)
def test_a_section_of_an_impossible_shape_looks_misread(section):
    assert looks_misread(section)


@pytest.mark.parametrize(
    "section",
    [
        "326",
        "On-going management",
        "Opioids, criteria for use",
        "TENS, chronic pain (transcutaneous electrical nerve stimulation)",
        "Treatment",
        "Introduction",
        "Topical analgesics",
        "3.3.9 Opioids for Chronic Pain",
        "Guidelines for the use of opioids",
        "http://www.example.org/a",
        "In-patient detoxification",
    ],
)
def test_a_section_of_a_usual_shape_does_not(section):
    assert not looks_misread(section)


def test_no_section_of_our_tables_looks_misread():
    names = [name for kind in load("sections").values() for name in kind["names"]]
    assert [name for name in names if looks_misread(name)] == []
