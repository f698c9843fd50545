"""Sentences and clauses, and their offsets."""

from __future__ import annotations

import pytest

from imr_archive.parsing.reasons.clauses import clauses, sentences


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def cut(sentence: str) -> list[str]:
    return [sentence[clause.start : clause.end] for clause in clauses(sentence)]


def test_ends_a_sentence_at_a_full_stop_before_a_capital() -> None:
    assert split("It rose. Then it fell! Why? 10 visits.") == ["It rose.", "Then it fell!", "Why?", "10 visits."]


def test_keeps_abbreviations_and_decimals_inside_a_sentence() -> None:
    assert split("Dr. Smith gave 7.5 mg, e.g. Flexeril. It helped.") == [
        "Dr. Smith gave 7.5 mg, e.g. Flexeril.",
        "It helped.",
    ]


def test_sentences_leave_out_nothing_but_space() -> None:
    text = "  One. Two   three.  "
    assert "".join(split(text)).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("He had therapy, but there is no report.", ["He had therapy", "there is no report."]),
        ("There is no pain and no sign of a tear.", ["There is no pain", "no sign of a tear."]),
        ("Without a clear finding, the study is not needed.", ["Without a clear finding", "the study is not needed."]),
        ("No notes were sent; nor was a plan given.", ["No notes were sent", "nor was a plan given."]),
        ("Pain in the neck and the arm was noted.", ["Pain in the neck and the arm was noted."]),
        ("In this case, however, a cause is not known.", ["a cause is not known."]),
    ],
)
def test_cuts_a_sentence_into_what_it_states(sentence: str, expected: list[str]) -> None:
    assert cut(sentence) == expected
