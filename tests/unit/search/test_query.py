"""What a reader types, read as a query."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.models.search_indexes import CITATIONS, ITEMS
from imr_archive.search.fulltext import fts5, tsquery
from imr_archive.search.query.lexer import MAX_DEPTH, MAX_WITHIN
from imr_archive.search.query.parser import MAX_LEAVES, SearchQuery, parse_query
from imr_archive.search.query.stems import completions, tokens_of
from imr_archive.search.query.thesaurus import read_question
from imr_archive.search.query.tree import ITEM_SECTIONS, Leaf, Run, Scope, Section, printed


def read(typed: str) -> str:
    return printed(parse_query(typed).root, joint=" AND ")


@pytest.mark.parametrize(
    ("typed", "as_read"),
    [
        ("bone scan", "bone AND scan"),
        ("bone AND scan & block", "bone AND scan AND block"),
        ("a b OR c -d", "a AND (b OR c) AND NOT d"),
        ("(a b) OR c", "(a AND b) OR c"),
        ("scan NOT fusion", "scan AND NOT fusion"),
        ("scan OR -fusion", "scan OR NOT fusion"),
        ("NOT NOT scan", "scan"),
        ("-(a OR b)", "NOT (a OR b)"),
        ('-"bone scan"', 'NOT "bone scan"'),
        ("non-steroidal L4-5 10/325 9792.24.2(a)", "non-steroidal AND L4-5 AND 10/325 AND 9792.24.2(a)"),
        ("“bone scan”", '"bone scan"'),
        ('"bone scan', '"bone scan"'),
        ('"bone scan" AND fusion in:rationale', '"bone scan" AND fusion in:rationale'),
        ("(fusion in:rationale) scan", "(fusion in:rationale) AND scan"),
        ("in:guidelines (a in:summary) b", "(a in:summary) AND (b in:guideline)"),
        ("case:cm16-0221706", "case:CM16-0221706"),
        ('cites:"low back" pain', 'cites:"low back" AND pain'),
        ("opioid*", "opioid*"),
        ('"a b"~5', '"a b"~5'),
    ],
)
def test_a_question_is_read_as(typed: str, as_read: str) -> None:
    assert read(typed) == as_read
    assert parse_query(typed).notices == ()


@pytest.mark.parametrize(
    ("typed", "as_read", "said"),
    [
        ("fusion /5 lumbar", "fusion /5 lumbar", "within 5 words"),
        ("fusion w/s lumbar", "fusion /20 lumbar", "sentences are not in the index"),
        ("fusion /p lumbar", "fusion /50 lumbar", "paragraphs are not in the index"),
        ("(a OR b) /5 c", "a /5 c OR b /5 c", "within 5 words"),
        ("opioid!", "opioid*", "words that begin so"),
        ("(a b", "a AND b", "is not closed"),
        ("a) b", "a AND b", "closes nothing"),
        ("a OR", "a", "OR has nothing to join"),
        ("AND a", "a", "AND has nothing to join"),
        ("a NOT", "a", "NOT has nothing to join"),
        ("/5 a", "a", "connector"),
        ("a in:nowhere", "a", "There is no section “nowhere”"),
        ("a cites:", "a", "nothing to look for"),
        ("a*", "a*", "too short a beginning"),
        ('"a b"~999', f'"a b"~{MAX_WITHIN}', "at most"),
        ('"a b c d e f"~9', '"a b c d e f"~9', "At most 5 words"),
        ("(" * 500 + "a", "a", f"{MAX_DEPTH} deep"),
    ],
)
def test_what_cannot_be_meant_is_a_notice(typed: str, as_read: str, said: str) -> None:
    assert read(typed) == as_read
    assert any(said in notice for notice in parse_query(typed).notices)


@pytest.mark.parametrize("typed", ["", "   ", '""', "-", "OR", "NOT AND OR", "***", "\x00", '"', "OR OR -", "()"])
def test_text_without_a_word_asks_for_everything(typed: str) -> None:
    assert parse_query(typed) == SearchQuery()


@given(st.text(alphabet=st.sampled_from('ab "()-*~/5!:in cases ORANDT&'), max_size=60) | st.text(max_size=60))
def test_a_printed_question_is_the_question(typed: str) -> None:
    query = parse_query(typed)
    assert parse_query(printed(query.root)) == query


def test_an_identifier_is_its_tokens_side_by_side() -> None:
    assert parse_query("L4-5").root == Leaf("L4-5", (Run(("l4", "5")),))


def test_a_bare_case_number_is_found_as_text_and_as_number() -> None:
    (leaf,) = parse_query("cm16-0221706").leaves
    assert (leaf.case_number, leaf.runs) == ("CM16-0221706", (Run(("cm16", "0221706")),))


def test_two_sections_in_one_group_are_either_of_them() -> None:
    (leaf,) = parse_query("scan in:request in:summary").leaves
    assert leaf.sections == (Section.REQUEST, Section.SUMMARY)


def test_only_matches_in_the_text_are_ranked_and_marked() -> None:
    query = parse_query("scan -fusion cites:odg case:CM16-0221706 -(a -b)")
    assert [each.printed for each in query.positive_leaves] == ["scan", "b"]


def test_a_pasted_letter_is_cut() -> None:
    query = parse_query("word " * 5000)
    assert len(query.leaves) == MAX_LEAVES
    assert len(query.notices) == 2


def test_tokens_lose_case_and_accents() -> None:
    assert tokens_of("Ménière’s disease") == ("meniere", "s", "disease")


def test_a_beginning_that_ends_inside_an_ending_is_completed() -> None:
    assert completions("medicat") == ("medicational",)
    assert completions("opioid") == ()


def test_engines_get_every_token_quoted() -> None:
    leaves = parse_query('NEAR(a b)* ^c {d}:e "f" g\'h').leaves
    assert [fts5.match_leaf(leaf, CITATIONS) for leaf in leaves[-2:]] == ['"f"', '"g h"']
    (leaf,) = parse_query("f in:rationale").leaves
    assert fts5.match_leaf(leaf, ITEMS) == '{rationale} : ("f")'
    assert [tsquery.match_leaf(leaf) for leaf in leaves[-2:]] == ["('f')", "('g' <-> 'h')"]
    for leaf in leaves:
        assert all(token.isalnum() for run in leaf.runs for token in run.tokens)


def test_words_are_widened_outside_quotes_only() -> None:
    (leaf,) = read_question("PT").leaves
    assert leaf.also_printed == ("physical therapy", "physiotherapy")
    assert read_question('"PT"', scope=Scope.LETTER) == parse_query('"PT"')
    assert read_question("PT", exact=True, scope=Scope.LETTER) == parse_query("PT")


def test_neighbouring_words_are_widened_together() -> None:
    added = read_question("lumbar epidural steroid injections").leaves[-1]
    assert added.printed == ""
    assert "ESI" in added.also_printed


def test_an_ambiguous_abbreviation_is_never_added() -> None:
    assert all("PT" not in leaf.also_printed for leaf in read_question("physical therapy").leaves)


def test_words_are_limited_to_the_item_unless_they_name_a_section() -> None:
    sections = {leaf.printed: leaf.sections for leaf in read_question("pain (scan in:summary) cites:odg").leaves}
    assert sections == {"pain": ITEM_SECTIONS, "scan": (Section.SUMMARY,), "cites:odg": ()}
    assert read_question("pain -scan", scope=Scope.LETTER, exact=True) == parse_query("pain -scan")
