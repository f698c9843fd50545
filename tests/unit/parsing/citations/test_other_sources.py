"""Citations of what lies outside the MTUS and ODG: ACOEM, societies, labels, insurers, books, web addresses."""

from __future__ import annotations

import pytest

from imr_archive.parsing.citations.reader import CitationReading, read_reliance
from imr_archive.vocabulary import CitedBy, GuidelineSource


def cited(text: str) -> tuple[CitationReading, ...]:
    frame = "The Expert Reviewer did not base their decision on the MTUS. Decision based on Non-MTUS Citation "
    return read_reliance(frame + text, CitedBy.REVIEWER).citations


def titles(text: str) -> list[tuple[str | None, str]]:
    return [(each.slug, each.guideline) for each in cited(text)]


# --- web addresses ---------------------------------------------------------------------------------------------------


def test_each_address_is_a_source_by_its_address():
    assert titles("http://www.example.org/care-after-surgery, https://knee.example.com/braces.html.") == [
        (None, "http://www.example.org/care-after-surgery"),
        (None, "https://knee.example.com/braces.html"),
    ]


def test_an_address_of_a_known_host_resolves_and_stays_as_printed():
    assert titles("http://www.aetna.com/cpb/medical/data/1_99/0001.html.") == [
        ("aetna", "http://www.aetna.com/cpb/medical/data/1_99/0001.html")
    ]


def test_addresses_joined_by_and_after_an_odg_topic_stand_alone():
    text = "Official Disability Guidelines Hernia, under Mesh repair Websites: www.example.edu and www.guideline.gov."
    assert [(each.slug, each.section, each.guideline) for each in cited(text)] == [
        ("odg-hernia", "Mesh repair", "Hernia"),
        (None, None, "www.example.edu"),
        ("national-guideline-clearinghouse", None, "www.guideline.gov"),
    ]


def test_an_address_glued_to_the_word_before_it_is_cut_free():
    assert titles("ODG Infectious Diseases, bone infection.www.guideline.gov.")[-1] == (
        "national-guideline-clearinghouse",
        "www.guideline.gov",
    )


def test_an_address_broken_at_a_line_end_is_one_address():
    (only,) = cited("http://www.example.org/guides/acute- care/0181.html.")
    assert only.guideline == "http://www.example.org/guides/acute-care/0181.html"


def test_a_title_and_its_address_are_one_citation():
    assert titles(
        "Sedation before small operations: http://www.cdc.gov/x?id=34. Splints for thumbs, www.example.org/thumb."
    ) == [
        ("cdc", "Sedation before small operations: http://www.cdc.gov/x?id=34"),
        (None, "Splints for thumbs, www.example.org/thumb"),
    ]


def test_an_address_of_odg_itself_is_no_source_of_its_own():
    (only,) = cited("ODG Formulary, www.odg-twc.com/odgtwc/formulary.htm.")
    assert (only.slug, only.section) == ("odg", "Formulary")


def test_sources_glued_into_one_line_are_told_apart():
    text = (
        "Goodman and Gilman's The Pharmacological Basis of Therapeutics, 12th ed. 2006.Physician's Desk Reference, "
        "68th ed."
        "www.RxList.com.ODG Pain, www.odg-twc.com/pain.htm.drugs.com.Epocrates Online, www.online.epocrates.com."
    )
    assert [each.slug for each in cited(text)] == [
        "goodman-gilman",
        "physicians-desk-reference",
        "rxlist",
        "odg-pain",
        "drugs-com",
        "epocrates",
    ]


# --- titles ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "slug"),
    [
        ("The American College of Radiology Practice Guidelines for Ultrasound", "acr-radiology"),
        ("Medicare Benefit Policy Manual, Chapter 12, section 40", "cms-medicare"),
        ("FDA (Prescribing Information)", "drug-label"),
        ("UpToDate: Uveitis in adults", "uptodate"),
        ("Cigna Medical Coverage Policy on wheelchairs", "cigna"),
        ("Wheel and Axle, Textbook of Splints, 3rd edition", None),
        ("Doe J, Roe R, et al. Rest for sprains. J Splints. 2009;91(2):23-9", None),
    ],
)
def test_another_source_is_cited_by_the_title_as_printed(printed, slug):
    (only,) = cited(printed + ".")
    assert (only.source, only.slug, only.guideline) == (GuidelineSource.OTHER, slug, printed)
    assert only.chapter_number is None


def test_known_sources_set_apart_are_cited_apart():
    assert titles("Splints for all, Cochrane; FDA, Aetna and Cigna.") == [
        ("cochrane", "Splints for all, Cochrane"),
        ("fda", "FDA"),
        ("aetna", "Aetna"),
        ("cigna", "Cigna"),
    ]


def test_the_pages_of_a_book_are_kept_apart_from_its_title():
    (only,) = cited("Campbell's Operative Orthopaedics, 10th ed., page 500.")
    assert (only.guideline, only.pages) == ("Campbell's Operative Orthopaedics, 10th ed", "500")


def test_an_article_after_an_odg_topic_is_a_source_of_its_own():
    first, second = cited("ODG Low Back, Fusion (spinal); Doe J, et al. Backs. 2003;28:19-21.")
    assert (first.slug, first.section) == ("odg-low-back", "Fusion (spinal)")
    assert (second.slug, second.guideline) == (None, "Doe J, et al. Backs. 2003;28:19-21")


def test_other_medical_treatment_guidelines_follow_odg():
    text = (
        "ODG Eye, Patching and Other Medical Treatment Guidelines American Academy of Neurology position on patching."
    )
    assert [(each.slug, each.section) for each in cited(text)] == [("odg-eye", "Patching"), ("aan", None)]


# --- ACOEM outside the MTUS ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "slug", "section", "pages"),
    [
        (
            "ACOEM Occupational Medicine Practice Guidelines, 3rd ed., Shoulder Disorders, pg. 64",
            "shoulder-disorders",
            None,
            "64",
        ),
        (
            "ACOEM Hip and Groin Disorders, Diagnostic Testing, MRI",
            "hip-groin-disorders",
            "Diagnostic Testing, MRI",
            None,
        ),
        ("ACOEM Chapter 7, page 127", "independent-medical-examinations", None, "127"),
        (
            "American College of Occupational and Environmental Medicine (ACOEM) Pain, Suffering, and the "
            "Restoration of Function "
            "Chapter",
            "pain-suffering-restoration",
            None,
            None,
        ),
    ],
)
def test_acoem_outside_the_mtus_is_cited_by_topic(printed, slug, section, pages):
    (only,) = cited(printed + ".")
    assert only.source is GuidelineSource.ACOEM
    assert (only.slug, only.section, only.pages) == (f"acoem-outside-{slug}", section, pages)


def test_acoem_in_a_bibliography_is_no_part_of_the_topic_before_it():
    first, second = cited(
        "ODG, Low back - Traction Harris J. Occupational medicine practice guidelines, 2nd edition (2004) p 30."
    )
    assert (first.slug, first.section) == ("odg-low-back", "Traction")
    assert (second.slug, second.year, second.pages) == ("acoem-outside", 2004, "30")
