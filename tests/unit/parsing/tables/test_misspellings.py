"""A misspelt word is put right where exactly one known word is meant."""

import pytest

from imr_archive.parsing.tables.misspellings import Spelling, without_figures_in_words
from imr_archive.parsing.tables.terms import Words

KNOWN = ("gabapentin", "acupuncture", "prednisone", "prednisolone", "knee", "fluoxetine", "duloxetine")
SPELLING = Spelling({word: word for word in KNOWN})


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("gabapentin", "gabapentin"),
        ("gabapetin", "gabapentin"),
        ("gabappentin", "gabapentin"),
        ("gabapantin", "gabapentin"),
        ("gabapenitn", "gabapentin"),
        ("gobapantin", "gobapantin"),
        ("prednisoloone", "prednisolone"),
        ("knes", "knes"),
        ("walking", "walking"),
        ("a" * 1000, "a" * 1000),
    ],
)
def test_a_word_is_put_right_when_one_known_word_is_near(written, read):
    assert SPELLING.corrected(Words.of(written)).words == (read,)


def test_a_word_between_two_known_words_is_left_alone():
    spelling = Spelling({"prednisane": "a drug", "prednisone": "another"})
    assert spelling.corrected(Words.of("prednisine")).words == ("prednisine",)


def test_a_word_between_two_spellings_of_one_thing_is_put_right():
    spelling = Spelling({"prednisane": "a drug", "prednisone": "a drug"})
    assert spelling.corrected(Words.of("prednisine")).words == ("prednisane",)


def test_the_offsets_stay_those_of_the_text():
    words = Words.of("two gabapetin tablets")
    corrected = SPELLING.corrected(words)
    assert (corrected.starts, corrected.ends, corrected.text) == (words.starts, words.ends, words.text)
    assert corrected.vocabulary == {"two", "gabapentin", "tablets"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Shou1der and 0fficial, Chr0nic, 1nitial Medica1", "Shoulder and Official, Chronic, Initial Medical"),
        ("L4-5, 10mg, 1st edition, 2016, T12", "L4-5, 10mg, 1st edition, 2016, T12"),
        ("http://x1abc.org/a1bcd and www.b0ard.com", "http://x1abc.org/a1bcd and www.b0ard.com"),
    ],
)
def test_figures_that_a_scan_took_for_letters_are_letters_again(written, read):
    assert without_figures_in_words(written) == read
