"""Two texts side by side: what both have, what only one has."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from imr_archive.web.comparables.difference import LONGEST_TEXT, SHORTEST_PASSAGE, difference_of

GUIDELINE = "The guideline recommends an injection after the failure of conservative care."


def marked(passages):
    return [each.text.strip() for each in passages if each.differs]


def test_passages_of_one_text_alone_are_marked():
    found = difference_of(f"{GUIDELINE} The patient improved.", f"In this case: {GUIDELINE.upper()} Nothing was tried.")
    assert marked(found.one) == ["The patient improved."]
    assert marked(found.other) == ["In this case:", "Nothing was tried."]
    assert found.shared == 2 * 11 / (14 + 17)


def test_a_few_words_in_a_row_are_no_passage():
    found = difference_of("He has pain in the knee today", "She had pain in the shoulder")
    assert SHORTEST_PASSAGE == 4
    assert found.shared == 0
    assert marked(found.one) == ["He has pain in the knee today"]


def test_equal_texts_differ_nowhere():
    for text in ("", "No.", GUIDELINE):
        found = difference_of(text, text)
        assert (found.shared, marked(found.one), marked(found.other)) == (1.0, [], [])


@given(st.text(st.sampled_from("ab .\n"), max_size=80), st.text(st.sampled_from("ab .\n"), max_size=80))
def test_the_passages_are_the_whole_texts(one, other):
    found = difference_of(one, other)
    for text, passages in ((one, found.one), (other, found.other)):
        assert "".join(each.text for each in passages) == text.lstrip()
    assert 0 <= found.shared <= 1


def test_long_and_repetitive_texts_are_compared_in_bounded_time():
    began = time.process_time()
    found = difference_of("a b " * LONGEST_TEXT, "b a " * LONGEST_TEXT + "c")
    assert time.process_time() - began < 5
    assert sum(len(each.text.split()) for each in found.one) == 2 * LONGEST_TEXT
