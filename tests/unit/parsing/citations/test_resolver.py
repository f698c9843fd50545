"""A guideline's printed name resolves to one canonical guideline, or to none."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from imr_archive.parsing.citations.resolver import (
    GuidelineEntry,
    NameIndex,
    NameScope,
    chapter,
    guideline,
    guidelines,
    lookup_key,
    resolve,
)
from imr_archive.parsing.tables import load
from imr_archive.vocabulary import GuidelineSource

ROWS = load("guidelines")["guideline"]
WORDINGS = [
    pytest.param(name, row, id=f"{row['slug']}: {name}")
    for row in ROWS
    for name in (row["title"], *row.get("variants", ()), *row.get("bare", ()))
]


def test_slugs_are_unique_and_safe_in_a_url():
    slugs = [entry.slug for entry in guidelines()]
    assert len(set(slugs)) == len(slugs)
    assert [slug for slug in slugs if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug)] == []


def test_titles_are_unique_within_a_source():
    counted = Counter((entry.source, entry.title) for entry in guidelines())
    assert [title for title, times in counted.items() if times > 1] == []


def test_labels_are_unique_so_that_facet_values_can_be_told_apart():
    counted = Counter((entry.source, entry.label) for entry in guidelines())
    assert [label for label, times in counted.items() if times > 1] == []


def test_every_source_has_an_entry():
    assert {entry.source for entry in guidelines()} == set(GuidelineSource)


@pytest.mark.parametrize(("name", "row"), WORDINGS)
def test_every_wording_resolves_to_its_own_row(name, row):
    found = resolve(name, NameScope.of(GuidelineSource(row["source"])))
    assert found is not None
    assert found.slug == row["slug"]


def test_no_wording_stands_twice_in_a_scope():
    counted = Counter(
        (NameScope.of(GuidelineSource(row["source"])), lookup_key(name))
        for row in ROWS
        for name in dict.fromkeys((row["title"], *row.get("variants", ()), *row.get("bare", ())))
    )
    assert [name for name, times in counted.items() if times > 1] == []


def test_a_wording_for_two_guidelines_is_refused():
    index = NameIndex()
    index.add("Low Back", guideline("odg-low-back"), bare=False)
    with pytest.raises(ValueError, match="names both odg-low-back and odg-pain"):
        index.add("low-back", guideline("odg-pain"), bare=False)


@pytest.mark.parametrize(
    ("name", "scope", "slug"),
    [
        ("LOW BACK -LUMBAR&THORACIC", NameScope.ODG, "odg-low-back"),
        ("Forearm, Wrist, and the Hand", NameScope.ODG, "odg-forearm-wrist-hand"),
        ("Neck and Uper Back", NameScope.ODG, None),
        ("Shouldre", NameScope.ODG, "odg-shoulder"),
        ("Carpal Tunel Syndrome", NameScope.ODG, "odg-carpal-tunnel-syndrome"),
        ("Low Back Complaint s", NameScope.MTUS, "acoem-low-back-complaints"),
        ("ChronicPain Medical Treatment", NameScope.MTUS, "mtus-chronic-pain"),
        ("Low Back Disorders", NameScope.MTUS, "acoem-low-back-disorders"),
        ("Low Back Disorders", NameScope.ACOEM, "acoem-outside-low-back-disorders"),
        ("www.guideline.gov", NameScope.OTHER, None),
        ("guideline.gov", NameScope.OTHER, "national-guideline-clearinghouse"),
        ("Low Back and more", NameScope.ODG, None),
        ("Foot Back", NameScope.ODG, None),
        ("", NameScope.ODG, None),
    ],
)
def test_one_candidate_or_none(name, scope, slug):
    found = resolve(name, scope)
    assert (found.slug if found else None) == slug


def test_the_chapters_of_the_second_edition_are_found_by_number():
    chapters = {number: entry.title for number in range(1, 20) if (entry := chapter(NameScope.MTUS, number))}
    assert sorted(chapters) == [1, 2, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16]
    assert chapters[11] == "Forearm, Wrist, and Hand Complaints"


def test_a_guideline_without_a_short_label_is_labelled_by_its_title():
    assert guideline("acoem-knee-complaints") == GuidelineEntry(
        slug="acoem-knee-complaints",
        source=GuidelineSource.MTUS_ACOEM,
        title="Knee Complaints",
        label="Knee Complaints",
        chapter_number=13,
    )
    assert guideline("odg-low-back").label == "ODG · Low Back"
