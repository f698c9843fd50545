"""What a guideline paragraph says: its basis, and its citations of the MTUS and of ODG."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest

from imr_archive.parsing.citations.reader import CitationReading, RelianceReading, read_reliance
from imr_archive.vocabulary import Basis, CitedBy, GuidelineSource

OUTSIDE = (
    "The Expert Reviewer based their decision on recommendation(s) outside of the MTUS Guidelines. "
    "Decision based on Non-MTUS Citation "
)


def reviewer(text: str) -> RelianceReading:
    return read_reliance(text, CitedBy.REVIEWER)


def named(reading: RelianceReading) -> list[tuple[str | None, str | None]]:
    return [(cited.slug, cited.section) for cited in reading.citations]


def only(reading: RelianceReading) -> CitationReading:
    (cited,) = reading.citations
    return cited


# --- the places ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["", "The Claims Administrator cited. ", "x" * 70 + " "])
def test_the_same_words_are_placed_in_each_paragraph_that_prints_them(before: str) -> None:
    text = (
        f"{before}Decision based on MTUS Knee Complaints 2004, page 12. Decision based on Non-MTUS Citation ODG, Knee."
    )
    for cited in reviewer(text).citations:
        assert text[cited.start : cited.end] == cited.text
    assert [cited.text for cited in reviewer(text).citations] == ["MTUS Knee Complaints 2004, page 12", "ODG, Knee"]


# --- the basis -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "basis"),
    [
        ("Decision based on MTUS Knee Complaints 2004.", Basis.MTUS),
        ("Decision based on MTUS Knee Complaints 2004. Decision based on Non-MTUS Citation ODG, Knee.", Basis.BOTH),
        (
            "Decision based on MTUS Knee Complaints 2004. Decision based on Non-MTUS Official Disability, Knee.",
            Basis.BOTH,
        ),
        (OUTSIDE + "Official Disability Guidelines (ODG), Hernia.", Basis.NON_MTUS),
        ("The Expert Reviewer did not base their decision on the MTUS.", Basis.NON_MTUS),
        (
            "The Expert Reviewer did not base their decision on the MTUS. Decision based on Non- MTUS Citation ODG.",
            Basis.NON_MTUS,
        ),
        ("The Expert Reviewer did not cite any medical evidence for its decision.", Basis.NONE_CITED),
        ("", Basis.UNSTATED),
        (" \n\n ", Basis.UNSTATED),
    ],
)
def test_the_frame_of_the_paragraph_states_the_basis(text, basis):
    assert reviewer(text).basis is basis


def test_a_frame_printed_twice_is_no_second_citation():
    frame = "The Claims Administrator based their decision on recommendation(s) outside of the MTUS Guidelines. "
    reading = read_reliance(frame * 2 + "Decision based on Non-MTUS Citation ODG.", CitedBy.CLAIMS_ADMINISTRATOR)
    assert named(reading) == [("odg", None)]


def test_the_mtus_named_with_no_document_is_the_mtus_itself():
    assert named(reviewer("Decision based on MTUS.")) == [("mtus", None)]
    assert named(reviewer("Decision based on MTUS 9792.21(c).")) == [("mtus", "9792.21(c)")]


def test_other_guidelines_after_an_mtus_document_make_the_basis_both():
    reading = reviewer(
        "Decision based on MTUS Eye Complaints 2004 and Other Medical Treatment Guidelines UpToDate: Uveitis."
    )
    assert reading.basis is Basis.BOTH
    assert named(reading) == [("acoem-eye-complaints", None), ("uptodate", None)]


@pytest.mark.parametrize("statement", ["Decision based on MTUS ", "Decison based on MTUS ", "MTUS ", ""])
def test_a_lost_or_misspelt_statement_costs_no_part(statement):
    reading = reviewer(
        f"{statement}ACOEM Chapter 9 Shoulder Complaints. Decision based on Non-MTUS Citation ODG, Shoulder."
    )
    assert reading.basis is Basis.BOTH
    assert named(reading) == [("acoem-shoulder-complaints", None), ("odg-shoulder", None)]


@pytest.mark.parametrize(("wordings", "number"), [("citations.txt", 200), ("kinds_of_citation.txt", 100)])
def test_usual_paragraphs_are_read_as_an_analyst_reads_them(wordings: str, number: int) -> None:
    text = Path(__file__).parents[3].joinpath("wordings", wordings).read_text(encoding="utf-8")
    paragraphs: dict[str, list[str]] = {}
    for line in text.splitlines()[1:]:
        if line.startswith(" "):
            [*paragraphs.values()][-1].append(line.strip())
        else:
            paragraphs[line] = []
    assert {text: lines for text, lines in paragraphs.items() if as_lines(text) != lines} == {}
    assert len(paragraphs) > number


def as_lines(paragraph: str) -> list[str]:
    """Return each source that a paragraph cites: its entry in our tables, section, year, chapter, pages and tables."""
    side = CitedBy.CLAIMS_ADMINISTRATOR if "Claims Administrator" in paragraph else CitedBy.REVIEWER
    cited = read_reliance(paragraph, side).citations
    values = ((c.slug or c.guideline, c.section, c.year, c.chapter_number, c.pages, " ".join(c.tables)) for c in cited)
    return [" | ".join(str(value or "-") for value in each) for each in values]


# --- MTUS, 2016 on ---------------------------------------------------------------------------------------------------


def test_each_section_of_a_document_is_a_citation_of_its_own():
    reading = reviewer("Decision based on MTUS Shoulder Complaints 2004, Section(s): Initial Care, Summary.")
    assert named(reading) == [("acoem-shoulder-complaints", "Initial Care"), ("acoem-shoulder-complaints", "Summary")]
    assert {cited.year for cited in reading.citations} == {2004}


def test_documents_joined_by_and_keep_their_own_sections():
    reading = reviewer(
        "Decision based on MTUS Forearm, Wrist, and Hand Complaints 2004, Section(s): Summary, and Postsurgical "
        "Treatment "
        "2009, Section(s): Forearm, Wrist, & Hand, and Acupuncture Treatment 2007."
    )
    assert [(cited.guideline, cited.section, cited.year) for cited in reading.citations] == [
        ("Forearm, Wrist, and Hand Complaints", "Summary", 2004),
        ("Postsurgical Treatment Guidelines", "Forearm, Wrist, & Hand", 2009),
        ("Acupuncture Medical Treatment Guidelines", None, 2007),
    ]


@pytest.mark.parametrize(
    "section",
    [
        "NSAIDs, GI symptoms & cardiovascular risk",
        "TENS, chronic pain (transcutaneous electrical nerve stimulation)",
        "Opioids, criteria for use",
        "Work conditioning, work hardening",
        "Oxycodone (OxyIR capsule; Roxicodone, generic)",
    ],
)
def test_a_comma_within_a_section_name_does_not_split_it(section):
    reading = reviewer(
        f"Decision based on MTUS Chronic Pain Medical Treatment 2016, Section(s): {section}, Topical analgesics."
    )
    assert named(reading) == [("mtus-chronic-pain", section), ("mtus-chronic-pain", "Topical analgesics")]


def test_a_numbered_section_holds_its_colons_and_commas():
    first = "3.3.1.2 Opioids for Chronic Pain: Screening for Risk, Prior to Treatment: Screening for Alcohol Misuse"
    reading = reviewer(
        f"Decision based on MTUS Opioid Treatment 2016, Section(s): {first}, 4.1 Tapering Opioids: Indications."
    )
    assert [cited.section for cited in reading.citations] == [first, "4.1 Tapering Opioids: Indications"]


def test_a_number_can_stand_as_a_section():
    cited = only(reviewer("Decision based on MTUS Elbow Complaints 2007, Section(s): 326."))
    assert (cited.section, cited.pages) == ("326", None)


def test_general_approaches_is_the_guideline_and_its_chapter_the_section():
    reading = reviewer("Decision based on MTUS General Approaches 2004, Section(s): Initial Approaches to Treatment.")
    assert named(reading) == [("acoem-general-approaches", "Initial Approaches to Treatment")]


def test_the_topics_in_force_since_2017_carry_their_edition_year():
    reading = reviewer(
        "Decision based on MTUS Low Back Disorders 2019, Section(s): Epidural Injections, and Opioids 2017, "
        "Section(s): Tapering, "
        "and Chronic Pain 2017."
    )
    assert [(cited.slug, cited.section, cited.year) for cited in reading.citations] == [
        ("acoem-low-back-disorders", "Epidural Injections", 2019),
        ("mtus-opioids", "Tapering", 2017),
        ("mtus-chronic-pain", None, 2017),
    ]


# --- MTUS, 2014-15 ---------------------------------------------------------------------------------------------------


def test_a_shared_page_list_stays_on_each_chapter():
    reading = reviewer(
        "Decision based on MTUS ACOEM Chapter 9 Shoulder Complaints, Chapter 13 Knee Complaints Page(s): 201 and "
        "203-204, 335."
    )
    assert [(cited.slug, cited.chapter_number, cited.pages) for cited in reading.citations] == [
        ("acoem-shoulder-complaints", 9, "201 and 203-204, 335"),
        ("acoem-knee-complaints", 13, "201 and 203-204, 335"),
    ]


def test_documents_with_their_own_page_lists_share_nothing():
    reading = reviewer(
        "Decision based on MTUS ACOEM Practice Guidelines, Chapter 14 (Ankle and Foot Complaints) (2004) Page(s): "
        "370-371, "
        "Chronic Pain Treatment Guidelines Opioids, criteria for use Page(s): 78-80, Muscle relaxants (for pain) "
        "Page(s): 63."
    )
    assert [(cited.slug, cited.section, cited.pages) for cited in reading.citations] == [
        ("acoem-ankle-foot-complaints", None, "370-371"),
        ("mtus-chronic-pain", "Opioids, criteria for use", "78-80"),
        ("mtus-chronic-pain", "Muscle relaxants (for pain)", "63"),
    ]


def test_the_length_of_the_document_is_no_page():
    assert (
        only(reviewer("Decision based on MTUS Chronic Pain Treatment Guidelines Insomnia Page(s): 46-47 of 127.")).pages
        == "46-47"
    )


def test_a_table_among_the_pages_is_kept_as_a_table():
    cited = only(
        reviewer(
            "Decision based on MTUS ACOEM Chapter 11 Forearm, Wrist, and Hand Complaints Page(s): table 11-7, 272."
        )
    )
    assert (cited.tables, cited.pages) == (("11-7",), "272")


def test_a_chapter_can_be_named_by_its_number_alone():
    cited = only(reviewer("Decision based on MTUS ACOEM Chapter 15 Page(s): 398."))
    assert (cited.guideline, cited.chapter_number, cited.pages) == ("Stress Related Conditions", 15, "398")


def test_the_regulation_that_holds_a_document_is_no_section():
    cited = only(
        reviewer(
            "Decision based on MTUS Chronic Pain Treatment Guidelines 8 C.C.R. §§9792.20 - 9792.26 MTUS Page(s): "
            "22 of 127."
        )
    )
    assert (cited.slug, cited.section, cited.pages) == ("mtus-chronic-pain", None, "22")


# --- ODG -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "slug", "section"),
    [
        ("Official Disability Guidelines (ODG)", "odg", None),
        ("ODG-TWC Shoulder Chapter", "odg-shoulder", None),
        ("Official Disability Guidelines, Knee & Leg", "odg-knee-leg", None),
        ("Official Disability Guidelines - Hip and Pelvis Chapter - Arthroplasty", "odg-hip-pelvis", "Arthroplasty"),
        (
            "Official Disability Guidelines (ODG) Knee and Leg Section/Home exercise Topic",
            "odg-knee-leg",
            "Home exercise",
        ),
        ("Official Disability Guidelines (ODG) Pain (Melatonin)", "odg-pain", "Melatonin"),
        ("Official Disability Guidelines (ODG) Head MRI", "odg-head", "MRI"),
        ("Official Disability Guidelines: Chapter: Pulmonary, Section: Spirometry", "odg-pulmonary", "Spirometry"),
        ("Official Disability Guidelines Hernia Chapter, under Ultrasound imaging", "odg-hernia", "Ultrasound imaging"),
        ("Official Disability Guidelines (ODG) CT elbow", "odg-elbow", "CT"),
        ("ODG Physical therapy, Low Back chapter", "odg-low-back", "Physical therapy"),
        ("Physical therapy, ODG Low Back chapter", "odg-low-back", "Physical therapy"),
        ("Official Disability Guidelines: Chiropractic Guidelines", "odg", "Chiropractic Guidelines"),
        ("Official Disability Guidelines, Burns (updated 11/3/16): Skin grafts", "odg-burns", "Skin grafts"),
        ("Official Disability Guidelines.neck -upper&back", "odg-neck-upper-back", None),
        ("Official Disability Guidelines ,low back -lumbar&thoracic(acute&chronic)", "odg-low-back", None),
        ("Official Disability Guidelines (ODG) Low Back Lumbar supports", "odg-low-back", "Lumbar supports"),
        ("Official Disability Guidelines (ODG) Forewarm, Wrist and Hand, Splints", "odg-forearm-wrist-hand", "Splints"),
        ("Offical Disability Guidlines, Shouler chapter", "odg-shoulder", None),
        ("Pain Chapter, Zolpidem", "odg-pain", "Zolpidem"),
        ("Low Back - Lumbar & Thoracic (Acute & Chronic), Discography", "odg-low-back", "Discography"),
        ("ODG (Knee and Leg chapter): Walking aids", "odg-knee-leg", "Walking aids"),
        ("ODG guidelines, Pain chapter online for Opioids", "odg-pain", "Opioids"),
        ("ODG, 5th Edition, 2007 or current year, Shoulder Chapter", "odg-shoulder", None),
        (
            "ODG, Treatment for Workers’ Compensation, Forearm, Wrist and Hand Chapter, Splints",
            "odg-forearm-wrist-hand",
            "Splints",
        ),
    ],
)
def test_odg_is_read_in_any_spelling_and_order(printed, slug, section):
    assert named(reviewer(OUTSIDE + printed + ".")) == [(slug, section)]


def test_another_guide_after_a_semicolon_is_no_topic():
    reading = reviewer(OUTSIDE + "ODG Low Back Chapter, MRI; AMA Guides to the Evaluation of Permanent Impairment.")
    assert named(reading) == [("odg-low-back", "MRI"), ("ama-guides", None)]


def test_an_edition_year_is_kept_and_the_date_of_an_update_is_not():
    assert (
        only(reviewer(OUTSIDE + "ODG, Work Loss Data Institute (21th Annual Edition), 2016, Elbow Chapter.")).year
        == 2016
    )
    assert only(reviewer(OUTSIDE + "ODG, Elbow Chapter (last updated 10/30/2015).")).year is None


def test_two_chapters_keep_their_own_topics():
    reading = reviewer(
        OUTSIDE + "ODG Shoulder Chapter, Manipulation; Neck and Upper Back (Acute & Chronic), Traction and ODG Pain."
    )
    assert named(reading) == [
        ("odg-shoulder", "Manipulation"),
        ("odg-neck-upper-back", "Traction"),
        ("odg-pain", None),
    ]


def test_a_list_of_chapters_shares_the_topic_after_it():
    reading = reviewer(OUTSIDE + "ODG, Hip & Pelvis, Ankle & Foot and Knee chapters: Chiropractic Guidelines.")
    assert named(reading) == [
        ("odg-hip-pelvis", "Chiropractic Guidelines"),
        ("odg-ankle-foot", "Chiropractic Guidelines"),
        ("odg-knee-leg", "Chiropractic Guidelines"),
    ]


def test_two_topics_of_a_chapter_are_two_citations():
    reading = reviewer(
        OUTSIDE + "ODG Low Back, Surgery for stenosis & Surgery for scoliosis; Bone scan and SPECT (imaging)."
    )
    assert [cited.section for cited in reading.citations] == [
        "Surgery for stenosis",
        "Surgery for scoliosis",
        "Bone scan and SPECT (imaging)",
    ]


def test_a_topic_that_begins_like_a_chapter_stays_a_topic():
    assert named(reviewer(OUTSIDE + "ODG Ankle & Foot, Knee brace, Foot orthotics.")) == [
        ("odg-ankle-foot", "Knee brace"),
        ("odg-ankle-foot", "Foot orthotics"),
    ]


# --- damage and places -----------------------------------------------------------------------------------------------

PARAGRAPH = (
    "Decision based on MTUS ACOEM Chapter 8 Neck and Upper Back Complaints Page(s): 182. Decision based on "
    "Non-MTUS Citation "
    "Official Disability Guidelines (ODG) Neck & Upper Back (Acute & Chronic), Electro-diagnostic studies (EDS), "
    "and Pain "
    "Chapter, Opioids, criteria for use and Other Medical Treatment Guidelines "
    "http://www.example.org/emg-guide/page.html."
)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace(" ", "  "),
        lambda text: text.replace(" ", "\n\n"),
        lambda text: text.replace("-", "- ").replace("emg- guide", "emg-guide"),
        lambda text: text.replace(", ", " ,"),
        lambda text: text.replace(", ", ","),
        lambda text: text.replace("Citation Official", "CitationOfficial").replace("Neck &", "Neck&"),
        str.lower,
        lambda text: text.replace("Official", "0fficial").replace("Complaints", "Comp1aints"),
    ],
    ids=[
        "doubled spaces",
        "paragraph marks",
        "broken hyphens",
        "moved spaces",
        "lost spaces",
        "glued words",
        "small letters",
        "figures for letters",
    ],
)
def test_damage_changes_no_citation(damage):
    def essence(text: str) -> list[tuple[object, ...]]:
        return [
            (
                cited.source,
                cited.slug,
                "".join((cited.section or "").lower().split()),
                cited.pages,
                cited.chapter_number,
            )
            for cited in reviewer(text).citations
        ]

    assert len(essence(PARAGRAPH)) == 4
    assert essence(damage(PARAGRAPH)) == essence(PARAGRAPH)


def test_the_printed_piece_of_each_citation_stands_at_its_place():
    for cited in reviewer(PARAGRAPH).citations:
        assert cited.text
        assert PARAGRAPH[cited.start : cited.end] == cited.text


def test_the_printed_pieces_of_a_paragraph_stand_in_order_and_apart():
    places = [(cited.start, cited.end) for cited in reviewer(PARAGRAPH).citations]
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(places))


# --- prose -----------------------------------------------------------------------------------------------------------

PROSE = (
    "The Claims Administrator based its decision on the Chronic Pain Medical Treatment Guidelines (2009), Massage, "
    "page 60, "
    "which is part of the MTUS, and the Official Disability Guidelines (ODG), Neck Chapter, which is not part of "
    "the MTUS. "
    "The Expert Reviewer based his/her decision on the ACOEM Guidelines, Chapter 8 Neck and Upper Back Complaints, "
    "page 181, "
    "which is part of the MTUS."
)


def test_prose_gives_each_side_its_own_guidelines():
    claims = read_reliance(PROSE, CitedBy.CLAIMS_ADMINISTRATOR)
    assert claims.basis is Basis.BOTH
    assert named(claims) == [("mtus-chronic-pain", "Massage"), ("odg-neck-upper-back", None)]
    review = reviewer(PROSE)
    assert review.basis is Basis.MTUS
    assert [(cited.slug, cited.chapter_number, cited.pages) for cited in review.citations] == [
        ("acoem-neck-upper-back-complaints", 8, "181")
    ]


def test_a_reviewer_who_found_the_same_guidelines_appropriate_relied_on_them():
    reading = reviewer(
        "The Claims Administrator based its decision on the Official Disability Guidelines (ODG), Hernia, which is "
        "not part of "
        "the MTUS. The Expert Reviewer found the guidelines used by the Claims Administrator relevant and appropriate."
    )
    assert reading.basis is Basis.NON_MTUS
    assert named(reading) == [("odg-hernia", None)]


def test_a_paragraph_without_a_frame_is_read_by_the_names_in_it():
    reading = reviewer("Knee Complaints.")
    assert (reading.basis, only(reading).source) == (Basis.MTUS, GuidelineSource.MTUS_ACOEM)


# --- hostile lines ---------------------------------------------------------------------------------------------------

LONG = 30_000
FILLERS = [
    "(",
    ")",
    "a,",
    "ODG ",
    "knee, ",
    "knee and ",
    "Low Back Chapter; ",
    "www.",
    "a.com ",
    "http://a-",
    "FDA; ",
    "; et al. ",
    "Chapter 12 ",
    "table 1-1, x ",
    "p. 12, ",
    "updated ",
    "- ",
    "2016 ",
    "9792.1-",
    "and Other Medical Treatment Guidelines ",
    "Decision based on ",
    "Surgery for a & ",
    "3.1 a, B, ",
    "accessed ",
    ", accessed 1/1/2020, ",
    "Page(s): 8 CCR 9792.20 - ",
    "knee & a b chapter ",
    "May, 2009 ",
    "2007 Revision ",
    "(a (b ",
]


@pytest.mark.parametrize("filler", FILLERS)
@pytest.mark.parametrize("frame", ["Decision based on MTUS ", "Decision based on Non-MTUS Citation ODG ", ""])
def test_a_long_hostile_line_is_read_in_moderate_time(frame, filler):
    begun = time.process_time()
    reviewer(frame + filler * (LONG // len(filler)))
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    "fragment", ["Decision based on MTUS ", "Official Disability Guidelines (ODG) ", "9", "\u0130"]
)
@pytest.mark.parametrize("frame", ["", "Decision based on MTUS ", "Decision based on Non-MTUS Citation ODG, "])
def test_what_a_repeated_statement_costs_is_bounded(frame, fragment):
    begun = time.process_time()
    reviewer(frame + (fragment * 200_000)[:200_000])
    assert time.process_time() - begun < 1
