"""Words and their tags."""

from __future__ import annotations

from imr_archive.parsing.reasons.lexicon import tag, tags_of, words_of
from imr_archive.parsing.tables import load


def test_parts_words_at_hyphens_and_keeps_dates_whole() -> None:
    assert words_of("First-line care, 11/30/2016") == ["first", "line", "care", "11/30/2016"]


def test_a_stem_tags_all_words_that_begin_so() -> None:
    assert "exceed" in tags_of(["exceeding"])
    assert "exceed" in tags_of(["exceeds"])


def test_a_phrase_tags_only_where_all_its_words_follow_each_other() -> None:
    assert "home" in tags_of(words_of("a home exercise program"))
    assert "home" not in tags_of(words_of("an exercise at his home for a program"))


def test_a_gap_stands_for_any_one_word() -> None:
    assert "record" in tags_of(words_of("the number of prior sessions"))
    assert "record" in tags_of(words_of("the number of acupuncture sessions"))


def test_places_and_tags_agree() -> None:
    words = words_of("There is no documentation of failed conservative care since 3/4/2015.")
    placed = tag(words)
    assert {found.tag for found in placed} == tags_of(words)
    assert all(0 <= found.first < found.last <= len(words) for found in placed)
    assert ("date", "3/4/2015") in [(found.tag, " ".join(words[found.first : found.last])) for found in placed]


def test_no_phrase_of_the_table_is_out_of_reach() -> None:
    for label, phrases in load("reasons/lexicon").items():
        for phrase in phrases:
            words = [word.rstrip("*").replace("_", "any") for word in phrase.split()]
            assert words_of(" ".join(words)) == words, phrase
            assert label in tags_of(words), phrase
