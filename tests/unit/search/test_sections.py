"""Printed forms of one section are one value, and no two sections share one."""

import time

import pytest
from pyroaring import BitMap

from imr_archive.search.facets.sections import (
    LONGEST_SLUG,
    SectionValues,
    most_frequent,
    section_name,
    section_slug,
)


@pytest.mark.parametrize(
    "printed",
    [
        "Opioids, criteria for use",
        "OPIOIDS - CRITERIA FOR USE",
        "Opioids; criteria for use.",
        "Opioids, criteria for use, page 78",
        "Opioids, criteria for use (pages 76-80)",
        "Opioids, criteria for use Page(s): 78, 80",
        "Opioids, criteria for use, pp. 76 – 78 and 80",
        "The Opioids, criteria for use pg 78.",
        "  Opioids,\n criteria  for use ",
    ],
)
def test_printed_forms_of_one_section_have_one_slug(printed):
    assert section_slug(printed) == "opioids-criteria-for-use"


@pytest.mark.parametrize(
    ("printed", "slug"),
    [
        ("Special Studies & Diagnostic", "special-studies-diagnostic"),
        ("Special Studies and Diagnostic", "special-studies-diagnostic"),
        ("Epidural steroid injections (ESIs)", "epidural-steroid-injections-esis"),
        ("Stage 2", "stage-2"),
        ("L4-5", "l4-5"),
        ("Methodes therapeutiques", "methodes-therapeutiques"),
        ("Méthodes thérapeutiques", "methodes-therapeutiques"),
        ("Home page", "home-page"),
        ("Page 78", "page-78"),
        ("", ""),
        ("—", ""),
    ],
)
def test_a_slug_has_the_words_that_name_the_section(printed, slug):
    assert section_slug(printed) == slug


def test_long_sections_and_those_in_other_alphabets_keep_slugs_of_their_own():
    long = "section of many words " * 20
    slugs = {section_slug(long + end) for end in ("a", "b")} | {section_slug("膝"), section_slug("肩")}
    assert len(slugs) == 4
    assert all(0 < len(slug) <= LONGEST_SLUG for slug in slugs)


def test_a_section_is_named_by_its_most_frequent_form():
    assert section_name("Opioids, criteria for use, page 78.") == "Opioids, criteria for use"
    forms = [("OPIOIDS", 2), ("Opioids, page 78", 2), ("Opioids", 1)]
    assert most_frequent(forms) == "Opioids"
    assert most_frequent([("Beta", 1), ("Alpha", 1)]) == "Alpha"


def test_sections_are_read_as_they_were_written():
    values = SectionValues({"odg/odg-pain/a": BitMap([1, 5]), "odg/odg-knee/b": BitMap([2])}, {"odg/odg-pain/a": "Ä"})
    read = SectionValues.from_bytes(values.to_bytes())
    assert (read.bitmaps, read.labels) == (values.bitmaps, values.labels)
    assert read.by_guideline == {"odg/odg-pain": ["odg/odg-pain/a"], "odg/odg-knee": ["odg/odg-knee/b"]}


@pytest.mark.parametrize("piece", ["page ", " ", ",", "1, ", "p. 1 and ", "pages 1 ", "(", "-"])
def test_a_long_hostile_section_is_read_in_time_that_its_length_bounds(piece):
    began = time.process_time()
    section_slug(piece * 50_000)
    section_name(piece * 50_000)
    assert time.process_time() - began < 2
