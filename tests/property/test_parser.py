"""Promises of the parser that hold for whatever it is given."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass

from hypothesis import given
from hypothesis import strategies as st

from devtools.testing.letters import ISSUES, METHOD, SUMMARY, boxed_letter, doubled, item
from imr_archive.errors import NotADetermination, SourceUnreadable
from imr_archive.parsing.parser import parse_letter, parse_text, read_text
from imr_archive.parsing.results import Citation, Mention, Stated, StatedReason
from imr_archive.parsing.source.normalise import RUNNING_HEAD
from imr_archive.parsing.spans import Span

MARKERS = [
    METHOD,
    SUMMARY,
    ISSUES,
    "Case Number: CM16-0900001",
    "Date of Injury:",
    "Priority: Standard",
    "State(s) of Licensure: Ohio,",
    "Certification(s)/Specialty:",
    "The physician reviewer is Board Certified in Internal Medicine and is licensed to practice in Ohio.",
    "The injured worker is a 40 year old man injured on 1/2/2016.",
    "A cane: Upheld",
    "was the original request.",
    "was authorized by the Claims Administrator. The remaining IMR eligible portion of the original request,",
    ": Overturned",
    "Claims Administrator guideline:",
    "MAXIMUS guideline: Decision based on MTUS Low Back Complaints 2004, Section(s): Summary.",
    "Decision rationale: The request is not medically necessary.",
    "per the ODG, Low Back Chapter, a right knee MRI is medically necessary.",
    "Final Determination Letter for IMR Case Number CM16-0900001 2",
    "13-\n",
    "\f",
]
NO_PART_OF_A_WORD = re.compile(r"[\s\u200b-\u200d\u2060\ufeff\x00-\x1f\x7f]+")
text_like = st.lists(st.one_of(st.sampled_from(MARKERS), st.text(max_size=12)), max_size=25).flatmap(
    lambda parts: st.sampled_from(["\n", " ", ""]).map(lambda between: between.join(parts))
)
letters = st.builds(
    lambda items, prepare: prepare(boxed_letter(items=items)),
    st.lists(
        st.builds(
            item,
            st.sampled_from(
                ["A cane", "Labs to include: ECG", "Ten visits of physical therapy for the left knee " * 4]
            ),
            outcome=st.sampled_from(["Upheld", "Overturned"]),
            rationale=st.sampled_from(
                [
                    "The records were read. " * 20 + "The request is medically necessary.",
                    "It is not.",
                    "The CA MTUS/ACOEM Guidelines in Chapter 12 and the Official Disability Guidelines (ODG), Knee and "
                    "Leg Chapter, were read. " * 3 + "The request for the right knee is medically necessary.",
                ]
            ),
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([str, doubled]),
)


@given(st.one_of(st.binary(max_size=400), text_like.map(lambda text: text.encode(errors="replace"))))
def test_any_bytes_are_a_letter_or_one_of_two_errors(data: bytes) -> None:
    try:
        sentence = f"A letter in the layout {parse_letter(data).record.layout}."
    except (NotADetermination, SourceUnreadable) as refusal:
        sentence = str(refusal)
    assert sentence.endswith(".")


@given(text_like)
def test_every_span_leads_to_its_raw_text(text: str) -> None:
    try:
        letter = read_text(text)
    except NotADetermination:
        return
    check_spans(letter, letter.source_text)


@given(letters)
def test_every_span_of_a_whole_letter_leads_to_its_raw_text(text: str) -> None:
    letter = read_text(text)
    assert letter.items
    check_spans(letter, text)


def check_spans(value: object, source: str) -> None:
    """Walk a result: every span lies in the source and is not empty, and every raw text is its span's slice."""
    if isinstance(value, Span):
        assert 0 <= value.start < value.end <= len(source)
    elif isinstance(value, tuple):
        if isinstance(value, Stated):
            assert source[slice(*value.span)] == value.raw
        if isinstance(value, Citation | Mention | StatedReason):
            text = value.quote if isinstance(value, StatedReason) else value.text
            printed = RUNNING_HEAD.sub(" ", source[slice(*value.span)])
            assert "".join(text.split()) in NO_PART_OF_A_WORD.sub("", printed)
        for part in value:
            check_spans(part, source)
    elif is_dataclass(value):
        for field in fields(value):
            check_spans(getattr(value, field.name), source)


@given(letters, st.randoms(use_true_random=False))
def test_inserted_blank_lines_and_page_breaks_change_no_meaning(text: str, random) -> None:
    breaks = ["\n", "\n\n", "\n \n", "\n\f", "\f\n", "\n\n\n"]
    damaged = "".join(random.choice(breaks) if each == "\n" and random.random() < 0.3 else each for each in text)
    assert meaning(damaged) == meaning(text)


def meaning(text: str) -> object:
    """Return all that a letter says; where a paragraph ends is not part of its meaning, and places shift."""
    letter = parse_text(text)
    found = letter.as_json(file="", sha256="")
    remarks = [warning["code"] for warning in found.pop("warnings")]
    return [sorted(found.pop("spans")), remarks, letter.record.text_sha256, flat(found)]


def flat(value: object) -> object:
    if isinstance(value, dict):
        return {key: flat(part) for key, part in value.items()}
    if isinstance(value, list):
        return [flat(part) for part in value]
    return " ".join(value.split()) if isinstance(value, str) else value
