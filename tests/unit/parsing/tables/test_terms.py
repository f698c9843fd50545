"""Terms are found by their words, whatever the typesetting did to them."""

import pytest

from imr_archive.parsing.tables.terms import TermTrie, Words


@pytest.fixture
def trie() -> TermTrie[str]:
    trie: TermTrie[str] = TermTrie()
    for term in ("knee", "knee brace", "electrodiagnostic", "x-ray", "lumbar spine", "SMA-7"):
        trie.add(term, term)
    trie.add_glued("lumbar spine", "lumbar spine")
    return trie


def found(trie: TermTrie[str], text: str) -> list[tuple[str, str]]:
    return [(match.value, text[match.start : match.end]) for match in trie.scan(Words.of(text))]


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("a KNEE brace", [("knee brace", "KNEE brace")]),
        ("knee, then brace", [("knee", "knee")]),
        ("two knees", [("knee", "knees")]),
        ("Electro- diagnostic tests", [("electrodiagnostic", "Electro- diagnostic")]),
        ("electro diagnostic tests", []),
        ("X- ray  of it", [("x-ray", "X- ray")]),
        ("the lumbar  spine", [("lumbar spine", "lumbar  spine")]),
        ("the lumbarspine", [("lumbar spine", "lumbarspine")]),
        ("of the kneeMRI", [("knee", "knee")]),
        ("SMA7 and sma - 7", [("SMA-7", "SMA7"), ("SMA-7", "sma - 7")]),
        ("lumbar; spine", []),
        ("", []),
        ("¿?", []),
    ],
)
def test_a_term_is_found_whatever_its_typesetting(trie, text, matches):
    assert found(trie, text) == matches


def test_a_plural_is_its_singular_although_it_begins_another_term(trie):
    trie.add("knees up", "knees up")
    assert found(trie, "two knees, knees up") == [("knee", "knees"), ("knees up", "knees up")]


def test_the_longest_term_wins_and_no_two_overlap(trie):
    assert found(trie, "knee knee brace knee") == [("knee", "knee"), ("knee brace", "knee brace"), ("knee", "knee")]


@pytest.mark.parametrize(
    "word",
    [
        "knee",
        "Knee",
    ],
)
def test_a_term_that_is_entered_twice_is_refused(trie, word):
    with pytest.raises(ValueError, match="twice"):
        trie.add(word, "again")


def test_a_term_without_words_is_refused(trie):
    with pytest.raises(ValueError, match="no words"):
        trie.add("--", "nothing")


def test_words_and_gaps_rebuild_the_text():
    text = "  Norco 10/325mg, #60 (Dr. O’Brien) é"
    words = Words.of(text)
    pieces = [text[start:end] for start, end in zip(words.starts, words.ends, strict=True)]
    rebuilt = "".join(piece + gap for piece, gap in zip(pieces, words.gaps, strict=True))
    assert text == text[: words.starts[0]] + rebuilt
    assert [piece.lower() for piece in pieces] == list(words.words)
