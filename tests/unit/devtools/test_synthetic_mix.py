"""The made letters' proportions, against those measured in real ones."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import snowballstemmer

from devtools.synthetic.case import lexicon
from devtools.synthetic.case.decisions import MOST_ITEMS
from devtools.synthetic.chance import Dice
from devtools.synthetic.letters import Making, SyntheticLetter, make_letters

if TYPE_CHECKING:
    from collections.abc import Iterable

LETTERS = 20_000
ITEMS_A_LETTER = 2.3
# Category or subcategory: share of all items, share overturned (None: not measured).
CATEGORIES = {
    "pharmaceuticals": (0.333, 0.09),
    "rehabilitation": (0.20, None),
    "diagnostic-testing": (0.167, None),
    "injection": (0.085, 0.08),
    "dmepos": (0.07, None),
    "surgery": (0.05, None),
    "evaluation-management": (0.045, 0.23),
    "psych-services": (0.025, 0.18),
    "rehabilitation/acupuncture": (None, 0.07),
}
BASES = {
    "reviewer": {"mtus": 0.66, "both": 0.12, "non_mtus": 0.16, "none_cited": 0.07},
    "claims_administrator": {"mtus": 0.37, "both": 0.25, "non_mtus": 0.20, "none_cited": 0.18},
}


@pytest.fixture(scope="module")
def letters() -> list[SyntheticLetter]:
    return list(make_letters(LETTERS, seed=17))


@pytest.fixture(scope="module")
def items(letters: list[SyntheticLetter]) -> list[dict[str, Any]]:
    return [item for letter in letters for item in letter.truth["items"]]


def share(values: Iterable[bool]) -> float:
    given = list(values)
    return sum(given) / len(given)


def test_sixty_percent_of_letters_have_one_item_and_letters_have_two_and_a_third(
    letters: list[SyntheticLetter], items: list[dict[str, Any]]
) -> None:
    assert share(len(letter.truth["items"]) == 1 for letter in letters) == pytest.approx(0.60, abs=0.012)
    assert len(items) / len(letters) == pytest.approx(ITEMS_A_LETTER, abs=0.05)


def test_letters_have_up_to_21_items(letters: list[SyntheticLetter]) -> None:
    counts = {len(letter.truth["items"]) for letter in letters}
    assert (min(counts), max(counts)) == (1, MOST_ITEMS) == (1, 21)


@pytest.mark.parametrize("category", CATEGORIES)
def test_each_category_has_its_share_of_items_and_of_them_overturned(
    category: str, items: list[dict[str, Any]]
) -> None:
    of_items, overturned = CATEGORIES[category]
    found = [item for item in items if item["treatments"][0].startswith(category)]
    if of_items is not None:
        assert len(found) / len(items) == pytest.approx(of_items, abs=0.013)
    if overturned is not None:
        assert share(item["outcome"] == "overturned" for item in found) == pytest.approx(overturned, abs=0.025)


def test_the_categories_come_in_the_order_of_real_letters(items: list[dict[str, Any]]) -> None:
    counts = Counter(item["treatments"][0].partition("/")[0] for item in items)
    order = ["pharmaceuticals", "rehabilitation", "diagnostic-testing", "injection", "dmepos", "surgery"]
    assert [category for category, _ in counts.most_common(7)] == [*order, "evaluation-management"]


def test_eleven_percent_of_items_are_overturned(items: list[dict[str, Any]]) -> None:
    assert share(item["outcome"] == "overturned" for item in items) == pytest.approx(0.11, abs=0.007)


@pytest.mark.parametrize("side", BASES)
def test_each_side_relies_on_the_mtus_and_others_in_the_measured_shares(side: str, items: list[dict[str, Any]]) -> None:
    counts = Counter(item[side]["basis"] for item in items if item[side]["basis"] != "unstated")
    for basis, expected in BASES[side].items():
        assert counts[basis] / counts.total() == pytest.approx(expected, abs=0.015)


def test_one_item_in_nine_is_framed_by_what_was_authorized(items: list[dict[str, Any]]) -> None:
    assert share(item["original_request"] is not None for item in items) == pytest.approx(1 / 9, abs=0.015)


def test_decisions_run_from_2013_to_2026_in_the_layouts_of_their_years(letters: list[SyntheticLetter]) -> None:
    years = {layout: set[int]() for layout in ("professional-review", "notice", "plain", "boxed")}
    for letter in letters:
        case = letter.contents.case
        years[case.layout].add(case.decision.year)
    assert years["professional-review"] == {2013}
    assert years["notice"] <= {2013, 2014}
    assert years["plain"] == {2013, 2014}
    assert years["boxed"] == set(range(2014, 2027))


# --- vocabulary -------------------------------------------------------------------------------------------------------


def test_the_vocabulary_has_over_sixty_thousand_stems() -> None:
    stemmer = snowballstemmer.stemmer("english")
    assert len(set(stemmer.stemWords(list(lexicon.stems())))) >= 60_000


def test_words_are_drawn_by_zipfs_law() -> None:
    dice = Dice(5)
    ranks = {word: rank for rank, word in enumerate(lexicon.stems(), start=1)}
    counts = Counter(ranks[lexicon.stem(dice)] for _ in range(60_000))
    assert counts[1] / counts[10] == pytest.approx(10, rel=0.35)
    assert sum(count for rank, count in counts.items() if rank > 1000) > 15_000


def test_phrases_belong_to_their_themes() -> None:
    own, other = set(lexicon.phrases_of("mri")), set(lexicon.phrases_of("opioid"))
    assert len(own & other) < len(own) / 50
    sentences = " ".join(lexicon.sentence(Dice(number), "mri") for number in range(50))
    assert sum(phrase in sentences for phrase in own) > 10
    assert sum(phrase in sentences for phrase in other) < 3


def test_rare_words_stand_in_summaries_and_rationales_of_the_zipf_vocabulary_only() -> None:
    words = set(lexicon.stems())
    for vocabulary, expected in (("plain", 0), ("zipf", 60)):
        rare = 0
        for letter in make_letters(30, 6, Making(vocabulary)):
            truth = letter.truth
            prose = " ".join([truth["clinical_summary"], *(item["rationale"] for item in truth["items"])])
            rare += sum(word.strip(".,") in words for word in prose.split())
        assert (rare > expected) if expected else rare == 0
