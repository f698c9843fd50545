"""Marking the words of a question in printed text, and choosing what to show."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.search.passages import best_snippet, find_hits, marked_pieces
from imr_archive.search.query.parser import parse_query
from imr_archive.search.query.stems import tokens_of
from imr_archive.search.query.tree import Section
from imr_archive.web.formatting import Highlights
from imr_archive.web.templatetags.archive import highlight, highlight_paragraphs


def leaves(words):
    return parse_query(words).positive_leaves


def hits(text, words):
    return [piece.text for piece in marked_pieces(text, leaves(words)) if piece.marked]


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("injection", "Injections were denied; one INJECTION stands.", ["Injections", "INJECTION"]),
        ('"bone scan"', "A bone scan, not a scan of bone. Bone scans.", ["bone scan", "Bone scans"]),
        ("bone scan", "A bone scan", ["bone", "scan"]),
        ("L4-5", "at L4-5 and L4 5, not L4", ["L4-5", "L4 5"]),
        ("10/325", "Norco 10/325mg is not 10/325", ["10/325"]),
        ("-fusion block", "fusion block", ["block"]),
        ("cafe", "the café", ["café"]),
        ("fusion OR block", "block, fusion", ["block", "fusion"]),
        ('scan "bone scan"', "bone scan; scan", ["bone scan", "scan"]),
        ("nothing", "", []),
    ],
)
def test_words_are_marked_where_the_databases_find_them(words, text, found):
    assert hits(text, words) == found


@given(st.text(max_size=80), st.text(max_size=20))
def test_pieces_join_to_the_text(text, words):
    assert "".join(piece.text for piece in marked_pieces(text, leaves(words))) == text


@given(st.text(max_size=60))
def test_each_word_of_a_text_is_found_in_it(text):
    found = find_hits(text, leaves(" ".join(tokens_of(text))))
    assert bool(found) == bool(leaves(" ".join(tokens_of(text))))
    assert all(0 <= hit.start < hit.end <= len(text) for hit in found)


def test_marking_escapes_what_is_printed():
    html = highlight({}, "<b>bone</b> & 'scan'", leaves("bone"))
    assert html == "&lt;b&gt;<mark>bone</mark>&lt;/b&gt; &amp; &#x27;scan&#x27;"


def test_blank_lines_part_paragraphs():
    assert highlight_paragraphs({}, "One.\n\n\n\nTwo & three.", ()) == "<p>One.</p>\n<p>Two &amp; three.</p>"


def test_a_snippet_shows_the_place_with_the_most_different_words():
    text = "fusion " * 30 + "x " * 200 + "after the fusion a bone scan was normal " + "y " * 200
    snippet = best_snippet([("bone, once", None), (text, None)], leaves("fusion bone scan"))
    assert snippet.source == 1
    assert [piece.text for piece in snippet.pieces if piece.marked] == ["fusion", "bone", "scan"]
    shown = "".join(piece.text for piece in snippet.pieces)
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 300


def test_a_snippet_is_cut_between_words():
    text = "alphabet " * 100
    shown = "".join(piece.text for piece in best_snippet([(text, None)], leaves("alphabet")).pieces)
    assert set(shown.removesuffix(" …").split()) == {"alphabet"}


def test_without_a_hit_the_snippet_is_the_first_texts_beginning():
    snippet = best_snippet([("", None), ("Short text.", None), ("Another.", None)], leaves("absent"))
    assert (snippet.source, [piece.text for piece in snippet.pieces]) == (1, ["Short text."])


def test_without_any_text_there_is_no_snippet():
    assert best_snippet([("", None), ("", None)], leaves("word")) is None


@given(st.lists(st.text(max_size=600), max_size=3), st.text(max_size=12))
def test_any_texts_give_a_snippet_of_bounded_length(texts, words):
    snippet = best_snippet([(text, None) for text in texts], leaves(words), length=100)
    assert (snippet is None) == (not any(texts))
    if snippet:
        assert len("".join(piece.text for piece in snippet.pieces)) <= 100 + 4


def test_hits_are_numbered_through_a_page_and_respect_their_sections():
    context = {"page": SimpleNamespace(highlights=Highlights())}
    html = highlight(context, "A scan of bone", leaves("bone scan"), "request")
    assert html == 'A <mark id="hit-1">scan</mark> of <mark id="hit-2">bone</mark>'
    assert "<mark" not in highlight(context, "A scan", leaves("scan in:summary"), "request")
    assert '<mark id="hit-3">Scan</mark>' in highlight_paragraphs(
        context, "One.\n\nScan.", leaves("scan in:summary"), "summary"
    )
    assert list(context["page"].highlights) == [1, 2, 3]


def test_a_snippet_names_what_stands_outside_it():
    texts = [("A fusion was done.", Section.RATIONALE), ("Bone", Section.REQUEST), ("A bone scan.", Section.SUMMARY)]
    snippet = best_snippet(texts, leaves("fusion bone scan"), unshown={1})
    assert snippet.source == 2
    assert snippet.elsewhere == ((0, 0),)
    assert best_snippet(texts, leaves("fusion bone"), unshown={1, 2}).elsewhere == ((1, 1),)


def test_accents_make_no_difference_to_where_a_word_stands():
    plain, accented = "a cafe there", "a café there"
    assert [hit[:2] for hit in find_hits(plain, leaves("cafe"))] == [
        hit[:2] for hit in find_hits(accented, leaves("cafe"))
    ]


@given(st.text(alphabet="ab e’—.4é", max_size=60), st.text(alphabet='ab e"4*', min_size=1, max_size=12))
def test_plain_texts_are_read_as_all_others_are(text, words):
    # An accented letter, which no leaf can contain, makes find_hits tokenize the text.
    plain = [hit[:2] for hit in find_hits(text, leaves(words))]
    assert plain == [hit[:2] for hit in find_hits(f"{text} ; ü", leaves(words)) if hit.end <= len(text)]
