"""Phrases that mark overturned rationales: counts by hand, the test's figures, and shuffled outcomes."""

from __future__ import annotations

import random
from math import comb

import pytest

from devtools.synthetic.letters import Making, make_letters
from imr_archive.analytics.phrases.counting import LONGEST_PHRASE, phrase_table
from imr_archive.analytics.phrases.marking import FEWEST_LETTERS, phrases_that_mark
from imr_archive.analytics.phrases.significance import discoveries, fisher_p_values


def counted(texts, overturned, fewest=1):
    found = phrase_table(texts, fewest=fewest).counts(overturned)
    return {" ".join(each.words): (each.overturned, each.upheld) for each in found}


def test_texts_without_words_have_no_phrases():
    assert counted([], []) == counted(["", " . "], [True, False]) == {}


def test_phrases_end_with_sentences_and_neither_begin_nor_end_with_function_words():
    found = counted(["Relief of pain lasted. Weeks of rest"], [True])
    assert found == dict.fromkeys(
        [
            "relief",
            "pain",
            "lasted",
            "relief of pain",
            "pain lasted",
            "relief of pain lasted",
            "weeks",
            "rest",
            "weeks of rest",
        ],
        (1, 0),
    )


def test_a_phrase_counts_each_letter_once_whatever_its_endings():
    found = counted(["Injection. Injections, injected!", "An injection", "Nothing"], [True, False, False])
    assert found["injection"] == (1, 1)


def test_wordings_of_the_verdict_are_no_phrases():
    text = "Relief lasted; the request is medically necessary and appropriate. Approved. The denial is overturned."
    assert {*counted([text], [True])} == {"relief", "lasted", "relief lasted", "request"}


@pytest.mark.parametrize("seed", range(20))
def test_counts_equal_a_count_by_hand(seed):
    chance = random.Random(seed)
    words = ["alpha", "bravo", "charlie", "delta", "the", "7"]
    texts = [
        ". ".join(" ".join(chance.choices(words, k=chance.randint(1, 6))) for _ in range(chance.randint(1, 4)))
        for _ in range(12)
    ]
    overturned = [chance.random() < 0.4 for _ in texts]
    by_hand = {}
    for text, is_overturned in zip(texts, overturned, strict=True):
        own = set()
        for sentence in text.split(". "):
            tokens = sentence.split()
            for length in range(1, LONGEST_PHRASE + 1):
                for start in range(len(tokens) - length + 1):
                    phrase = tokens[start : start + length]
                    if not {phrase[0], phrase[-1]} & {"the", "7"}:
                        own.add(" ".join(phrase))
        for phrase in own:
            part, other = by_hand.get(phrase, (0, 0))
            by_hand[phrase] = (part + is_overturned, other + (not is_overturned))
    expected = {phrase: each for phrase, each in by_hand.items() if sum(each) >= 3}
    assert counted(texts, overturned, fewest=3) == expected


def test_p_values_are_those_of_fishers_exact_test():
    """The lady tasting tea (Fisher 1935): 17/70 and 1/70; and the tail by whole numbers."""
    assert fisher_p_values([(3, 1), (4, 0)], 4, 4) == pytest.approx([17 / 70, 1 / 70])
    tail = sum(comb(30, k) * comb(170, 12 - k) for k in range(6, 13)) / comb(200, 12)
    assert fisher_p_values([(6, 6)], 30, 170) == pytest.approx([tail])


def test_discoveries_are_those_of_benjamini_and_hochberg():
    """The example of their paper (1995, section 4.1): of fifteen p-values the four smallest pass at 5 %."""
    values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528]
    values += [0.7590, 1.0]
    assert discoveries(values).tolist() == [True] * 4 + [False] * 11
    assert discoveries([]).tolist() == []


def test_a_planted_phrase_is_found_and_what_contains_it_only_once():
    chance = random.Random(3)
    filler = [f"word{chr(97 + number)}{'x' * number}" for number in range(20)]
    texts, overturned = [], [number % 5 == 0 for number in range(200)]
    for is_overturned in overturned:
        said = "documented relief of many weeks" if is_overturned == (chance.random() < 0.8) else "nothing"
        texts.append(f"{' '.join(chance.sample(filler, 8))}. {said}.")
    found = phrases_that_mark(phrase_table(texts, fewest=FEWEST_LETTERS), overturned)
    assert (found.overturned, found.upheld) == (40, 160)
    assert len(found.phrases) == 1
    assert " ".join(found.phrases[0].phrase.words) in "documented relief of many weeks"


def test_with_shuffled_outcomes_at_most_one_list_in_twenty_shows_anything():
    """Outcomes that have nothing to do with the words are dealt at three rates; the seed is fixed.

    The texts are those of made letters, whose sentences recur as those of real ones do.
    """
    made = make_letters(250, 11, Making("plain", 0.0, None))
    texts = ["\n".join(item["rationale"] for item in letter.truth["items"]) for letter in made]
    table = phrase_table(texts, fewest=FEWEST_LETTERS)
    assert len(table.phrases) > 300
    chance = random.Random(2026)
    lists = shown = 0
    for share in (0.1, 0.25, 0.5):
        outcomes = [number < share * len(texts) for number in range(len(texts))]
        for _ in range(100):
            chance.shuffle(outcomes)
            lists += 1
            shown += bool(phrases_that_mark(table, outcomes).phrases)
    assert shown <= 0.05 * lists
