"""Whatever has become of a letter, the parser gives its data or one of two errors, and soon."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devtools.synthetic.letters import make_letter
from devtools.synthetic.page.shapes import shapes
from devtools.testing.letters import boxed_letter, item
from devtools.testing.mutations import FRAGMENTS, encoded, mutated
from imr_archive.errors import NotADetermination, SourceUnreadable
from imr_archive.parsing.parsed import ParsedLetter
from imr_archive.parsing.parser import parse_letter

LETTERS = [make_letter(5, number).text for number in range(40)]
SHAPES = shapes()
# Twice what the slowest may take: other processes have their share of the machine too, and caches are cold.
MOST_SECONDS = 2.0
LONG_RUN = 60_000


def parsed_or_refused(data: bytes) -> ParsedLetter | None:
    """Parse a file, None for one that is refused; fail if it takes long."""
    start = time.process_time()
    try:
        return parse_letter(data)
    except (NotADetermination, SourceUnreadable):
        return None
    finally:
        assert time.process_time() - start < MOST_SECONDS


@pytest.fixture(scope="module", autouse=True)
def _tables() -> None:
    """Load the parser's tables once, so that no letter's time holds that."""
    parse_letter(boxed_letter().encode())


@given(st.sampled_from(LETTERS), st.sampled_from(LETTERS), st.randoms(use_true_random=False), st.integers(1, 6))
@settings(max_examples=150)
def test_a_damaged_letter_is_data_or_one_of_two_errors(text: str, other: str, random: Random, times: int) -> None:
    parsed_or_refused(encoded(mutated(text, other, random, times=times), random))


@given(st.sampled_from(LETTERS), st.randoms(use_true_random=False), st.sampled_from(sorted(SHAPES)))
@settings(max_examples=60)
def test_a_damaged_letter_in_another_shape_is_data_or_one_of_two_errors(text: str, random: Random, shape: str) -> None:
    damaged = mutated(text, LETTERS[0], random, times=2)
    parsed_or_refused(SHAPES[shape](damaged.encode(errors="replace").decode()))


PLACES = {
    "the summary": "who sustained",
    "a request": "two times a week",
    "a guideline of the claims administrator": "the fee schedule",
    "a guideline within the MTUS": "Physical Methods",
    "a guideline outside the MTUS": "Physical therapy (PT)",
    "a rationale": "were weighed",
}
LETTER = boxed_letter(
    width=1000,  # no place is broken over lines
    items=[
        item(
            "Physical therapy two times a week for the low back",
            claims_administrator="The Claims Administrator based its decision on the fee schedule.",
            reviewer="Decision based on MTUS Low Back Complaints 2004, Section(s): Physical Methods. Decision based on "
            "Non-MTUS Citation Official Disability Guidelines (ODG) Low Back, Physical therapy (PT).",
        )
    ],
)


@pytest.mark.parametrize("place", PLACES)
def test_a_hostile_run_anywhere_keeps_the_parser_no_longer_than_a_letter_may_take(place: str) -> None:
    at = LETTER.index(PLACES[place])
    slow = {}
    for fragment in FRAGMENTS:
        data = (LETTER[:at] + fragment * (LONG_RUN // len(fragment)) + LETTER[at:]).encode()
        start = time.process_time()
        letter = parse_letter(data)
        seconds = time.process_time() - start
        assert letter.record.case_number
        if seconds > MOST_SECONDS:
            slow[fragment] = round(seconds, 1)
    assert slow == {}


FOUND = {
    "an item within another's rationale, without paragraphs": LETTER.replace(
        "were weighed", "were A cane: Upheld\nweighed"
    ),
    "a notice without a single label": "Notice of Independent Medical Review Determination\n"
    "INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE\n1) MAXIMUS Federal Services, Inc. has determined the request "
    "for a cane is not medically necessary and appropriate.\n",
}


@pytest.mark.parametrize("text", FOUND.values(), ids=FOUND)
def test_what_once_was_a_fault_is_parsed(text: str) -> None:
    assert parse_letter(text.encode()).record.layout
