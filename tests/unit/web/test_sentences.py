"""What the pages say in plain words."""

from collections import Counter
from types import SimpleNamespace

import pytest

from imr_archive.web.determinations.facts import outcome_sentence
from imr_archive.web.formatting import midsentence, percent
from imr_archive.web.results.cards import remainder_sentence

CODES = {"u": "upheld", "o": "overturned", "-": ""}


@pytest.mark.parametrize(
    ("outcomes", "sentence"),
    [
        ("u", "The one disputed item was upheld: the denial stands."),
        ("o", "The one disputed item was overturned: the treatment was approved."),
        ("uu", "All 2 disputed items were upheld: the denials stand."),
        ("ooo", "All 3 disputed items were overturned: the treatments were approved."),
        (
            "ou",
            "1 of 2 disputed items was overturned: the treatment was approved. For the other one the denial stands.",
        ),
        (
            "oouuu",
            "2 of 5 disputed items were overturned: the treatments were approved. For the other 3 the denial stands.",
        ),
        ("-", "For the one disputed item the letter states no outcome."),
        (
            "ou-",
            "1 of 3 disputed items was overturned: the treatment was approved. For 1 the denial stands. "
            "For 1 the letter states no outcome.",
        ),
        ("u--", "For 1 of 3 disputed items the denial stands. For 2 the letter states no outcome."),
        ("", "No disputed item was found in this letter."),
    ],
)
def test_the_outcome_of_a_determination_is_said_so_that_nobody_reads_it_backwards(outcomes, sentence):
    assert outcome_sentence([SimpleNamespace(outcome=CODES[each]) for each in outcomes]) == sentence


@pytest.mark.parametrize(
    ("outcomes", "sentence"),
    [
        ("", ""),
        ("u", "1 more item, upheld"),
        ("ooo", "3 more items, all overturned"),
        ("uuo", "3 more items, 2 upheld and 1 overturned"),
        ("uo-", "3 more items, 1 upheld, 1 overturned and 1 without an outcome"),
    ],
)
def test_what_became_of_the_items_that_a_list_leaves_out(outcomes, sentence):
    assert remainder_sentence(Counter(CODES[each] for each in outcomes)) == sentence


@pytest.mark.parametrize(("share", "written"), [(None, "–"), (0, "0.0\xa0%"), (0.1128, "11.3\xa0%"), (1, "100.0\xa0%")])
def test_a_share_is_written_as_a_percentage(share, written):
    assert percent(share) == written


def test_a_label_inside_a_sentence_keeps_its_capitals_only_where_it_is_an_abbreviation():
    assert [midsentence(label) for label in ("None cited", "MTUS only", "")] == ["none cited", "MTUS only", ""]
