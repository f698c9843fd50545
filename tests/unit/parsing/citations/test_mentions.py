"""Which guidelines a rationale mentions, in which words."""

from __future__ import annotations

import time

import pytest

from devtools.testing.letters import boxed_letter, item
from imr_archive.parsing.citations.mentions import find_mentions
from imr_archive.parsing.citations.resolver import NameScope, guideline
from imr_archive.parsing.parser import parse_text
from imr_archive.parsing.spans import TracedText
from imr_archive.parsing.tables import load
from imr_archive.vocabulary import GuidelineSource


def mentioned(text: str) -> list[tuple[str, str]]:
    return [(mention.slug, mention.text) for mention in find_mentions(TracedText.of(text))]


@pytest.mark.parametrize(
    ("sentence", "slug", "words"),
    [
        ("Per the MTUS Chronic Pain Guidelines, more is needed.", "mtus-chronic-pain", "MTUS Chronic Pain Guidelines"),
        ("The California MTUS 2016 Chronic Pain Guidelines agree.", "mtus-chronic-pain", None),
        ("As MTUS CPMTG says of exercise, it helps.", "mtus-chronic-pain", "MTUS CPMTG"),
        ("The Chronic Pain Medical Treatment Guidelines allow ten visits.", "mtus-chronic-pain", None),
        ("The CA MTUS Acupuncture Guidelines allow a trial.", "mtus-acupuncture", "CA MTUS Acupuncture Guidelines"),
        ("The MTUS Opioids Treatment Guidelines tell how to taper.", "mtus-opioids", None),
        ("The CA MTUS Post-surgical Treatment Guidelines allow 24 visits.", "mtus-postsurgical", None),
        ("The CA-MTUS is silent.", "mtus", "CA-MTUS"),
        ("This exceeds the chronic pain medical treatment guidelines.", "mtus-chronic-pain", None),
        ("The Medical Treatment Utilization Schedule (MTUS) does not speak of it.", "mtus", None),
        ("The CA MTUS/ACOEM Guidelines do not address this.", "acoem", "CA MTUS/ACOEM Guidelines"),
        ("The ACOEM Practice Guidelines call for red flags.", "acoem", "ACOEM Practice Guidelines"),
        ("ACOEM chapter 12 asks for a neurologic deficit.", "acoem-low-back-complaints", "ACOEM chapter 12"),
        ("See the MTUS Guideline in ACOEM Chapter 9, Table 9-6.", "acoem-shoulder-complaints", None),
        (
            "MTUS ACOEM, Chapter 8, Neck and Upper Back Complaints, advises rest.",
            "acoem-neck-upper-back-complaints",
            "MTUS ACOEM, Chapter 8, Neck and Upper Back Complaints",
        ),
        ("The ACOEM guidelines- low back chapter wants a trial.", "acoem-low-back-complaints", None),
        ("The ACOEM Knee Disorders Guideline is newer.", "acoem-knee-disorders", None),
        ("The ODG recommends six visits.", "odg", "ODG"),
        ("The Official Disability Guidelines (ODG) state this.", "odg", "Official Disability Guidelines (ODG)"),
        (
            "According to the Official Disability Guidelines, Low Back Chapter, it is not advised.",
            "odg-low-back",
            "Official Disability Guidelines, Low Back Chapter",
        ),
        ("The Official Disability Guidelines (ODG), Neck and Upper Back section, agree.", "odg-neck-upper-back", None),
        ("ODG-TWC, Knee and Leg Chapter, under Bracing, is plain.", "odg-knee-leg", "ODG-TWC, Knee and Leg Chapter"),
        ("The ODG chapter on Shoulder asks for a trial.", "odg-shoulder", None),
        ("The American College of Radiology guidelines advise a plain film.", "acr-radiology", None),
    ],
)
def test_a_guideline_is_known_by_the_words_that_name_it(sentence: str, slug: str, words: str | None) -> None:
    found = mentioned(sentence)
    assert [each for each, _ in found] == [slug]
    if words:
        assert found[0][1] == words


@pytest.mark.parametrize(
    ("sentence", "slugs"),
    [
        ("The California MTUS and ACOEM Guidelines are silent; the ODG is not.", ["mtus", "acoem", "odg"]),
        ("MTUS/ODG do not address it.", ["mtus", "odg"]),
        ("The ODG advises it. Later the ODG limits it.", ["odg", "odg"]),
    ],
)
def test_each_guideline_of_a_sentence_is_a_mention_of_its_own(sentence: str, slugs: list[str]) -> None:
    assert [slug for slug, _ in mentioned(sentence)] == slugs


@pytest.mark.parametrize(
    "sentence",
    [
        "The worker has chronic pain and does low back exercises.",
        "The guidelines support it, in the knee and leg.",
        "He drove to the college of occupational therapy.",
    ],
)
def test_plain_words_are_no_mention(sentence: str) -> None:
    assert mentioned(sentence) == []


@pytest.mark.parametrize("sentence", ["The ODG recommends low back exercises.", "Per ODG, knee pain is common."])
def test_a_plain_body_part_after_a_body_of_guidelines_is_no_chapter(sentence: str) -> None:
    assert [slug for slug, _ in mentioned(sentence)] == ["odg"]


def test_a_chapter_that_is_in_no_table_counts_for_the_body_of_guidelines() -> None:
    assert [slug for slug, _ in mentioned("ACOEM Chapter 99 is no chapter.")] == ["acoem"]


def test_mentions_are_kept_apart_from_citations_and_lead_to_their_words() -> None:
    rationale = "The ACOEM Guidelines want red flags. The Official Disability Guidelines agree. It is not necessary."
    text = boxed_letter(items=[item("MRI of the low back", rationale=rationale)], width=40)
    letter = parse_text(text)
    found = letter.as_json(file="", sha256="")
    assert found["items"][0]["mentions"] == [
        {"guideline": "ACOEM", "slug": "acoem", "source": "mtus-acoem", "text": "ACOEM Guidelines"},
        {"guideline": "ODG", "slug": "odg", "source": "odg", "text": "Official Disability Guidelines"},
    ]
    start, end = found["spans"]["items.0.mentions.1"]
    assert text[start:end].split() == ["Official", "Disability", "Guidelines"]
    cited = [citation.slug for citation in letter.record.items[0].reviewer.citations]
    assert cited == ["acoem-low-back-complaints"]


def test_every_document_opening_leads_to_a_guideline_of_its_scope() -> None:
    for scope, openings in load("mentions")["documents"].items():
        for opening in openings:
            assert NameScope(scope) in (NameScope.MTUS, NameScope.OTHER)
            beginnings = [mentioned(f"{opening}{ending} say so.") for ending in ENDINGS]
            slugs = {slug for found in beginnings for slug, _ in found}
            assert slugs, opening
            assert all(NameScope.of(GuidelineSource(guideline(slug).source)) is NameScope(scope) for slug in slugs)


ENDINGS = (
    "",
    "lines",
    "line",
    " Guidelines",
    "aedic Surgeons",
    "opaedic Surgeons",
    "y",
    " Physicians",
    "' Compensation",
    "ers",
)


@pytest.mark.parametrize(
    "fragment", ["MTUS ", "MTUS guidelines in the ", "ODG, ", "California MTUS/ACOEM ", "Chapter 8 "]
)
def test_a_long_hostile_rationale_takes_no_longer_than_its_length_asks(fragment: str) -> None:
    start = time.process_time()
    mentioned((fragment * 20_000)[:60_000])
    assert time.process_time() - start < 10
