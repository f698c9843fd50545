"""A case number means its case in whatever form it is printed."""

import time

import pytest

from imr_archive.search.query.case_numbers import possible_numbers, with_case_numbers
from imr_archive.search.query.parser import parse_query


@pytest.mark.parametrize(
    "typed",
    [
        "CM16-0224814",
        '"CM16-0224814"',
        "“CM16-0224814”",
        "CM16-0224814.",
        '"CM16-0224814."',
        "CM16–0224814",
        "CM16\u20110224814",
        "CM16 0224814",
        "CM16\u00a00224814",
        "CM 16-0224814",
        "cm16_0224814",
        "CM160224814",
        "16-0224814",
        "16–0224814",
        "Case Number CM16-0224814",
        "Case Number: CM16-0224814",
        "IMR Case No. CM16 0224814",
        "case # CM16-0224814",
        "case CM16-0224814",
    ],
)
def test_each_printed_form_is_the_number_of_one_case(typed):
    (leaf,) = parse_query(typed).leaves
    assert leaf.case_number == "CM16-0224814"


@pytest.mark.parametrize("typed", ["case:CM16-0224814", "case: CM16 0224814", 'case:"CM16–0224814"'])
def test_the_number_alone_is_looked_up_after_case(typed):
    (leaf,) = parse_query(typed).leaves
    assert (leaf.case_number, leaf.runs) == ("CM16-0224814", ())


def test_a_number_without_its_year_is_that_of_any_year():
    (leaf,) = parse_query("0224814").leaves
    assert leaf.case_number == "*0224814"
    assert "CM16-0224814" in possible_numbers("*0224814")
    assert possible_numbers("CM16-0224814") == ["CM16-0224814"]


@pytest.mark.parametrize(
    "typed",
    [
        "98-99",
        "10/325",
        "L4-5",
        "9792.24.2",
        "2014-0224814x",
        "ACM16-0224814",
        "CM16-02248149",
        "116-0224814",
        "022481",
    ],
)
def test_other_numbers_are_no_case_numbers(typed):
    assert with_case_numbers(typed) == typed
    assert not any(leaf.case_number for leaf in parse_query(typed).leaves)


def test_a_case_number_stands_among_other_words():
    leaves = parse_query("opioid CM16 0224814 -scan").leaves
    assert [(leaf.printed, leaf.case_number) for leaf in leaves] == [
        ("opioid", ""),
        ("CM16-0224814", "CM16-0224814"),
        ("scan", ""),
    ]


@pytest.mark.parametrize("piece", ["case ", "imr case no. ", "cm ", "CM16", "16-", "case # : ", "\u00a0"])
def test_a_long_hostile_text_is_read_in_time_that_its_length_bounds(piece):
    began = time.process_time()
    with_case_numbers(piece * 50_000)
    assert time.process_time() - began < 2
