"""What a reader types, read as a query."""

import pytest

from imr_archive.search import fts5, tsquery
from imr_archive.search.query import MAX_LEAVES, Clause, Leaf, SearchQuery, parse_query, tokens_of


def leaf(printed: str, *tokens: str) -> Leaf:
    return Leaf(tokens or (printed,), printed)


def test_words_must_all_be_found() -> None:
    assert parse_query("bone scan").clauses == (Clause((leaf("bone"),)), Clause((leaf("scan"),)))


def test_a_phrase_is_one_leaf() -> None:
    assert parse_query('"Bone  scan"').clauses == (Clause((leaf('"Bone  scan"', "bone", "scan"),)),)


def test_an_identifier_is_its_tokens_side_by_side() -> None:
    assert parse_query("L4-5").clauses == (Clause((leaf("L4-5", "l4", "5"),)),)
    assert parse_query("10/325").clauses == (Clause((leaf("10/325", "10", "325"),)),)


def test_or_joins_alternatives() -> None:
    assert parse_query("fusion OR laminectomy lumbar").clauses == (
        Clause((leaf("fusion"), leaf("laminectomy"))),
        Clause((leaf("lumbar"),)),
    )


@pytest.mark.parametrize("typed", ["scan -fusion", "scan NOT fusion", "scan AND NOT fusion"])
def test_minus_and_not_exclude(typed: str) -> None:
    assert parse_query(typed).clauses == (Clause((leaf("scan"),)), Clause((leaf("fusion"),), negated=True))


def test_an_exclusion_is_no_alternative_of_a_word() -> None:
    assert parse_query("scan OR -fusion").clauses == (Clause((leaf("scan"),)), Clause((leaf("fusion"),), negated=True))


def test_a_minus_inside_a_word_excludes_nothing() -> None:
    assert not any(clause.negated for clause in parse_query("non-steroidal L4-5").clauses)


def test_typographic_quotes_quote() -> None:
    assert parse_query("“bone scan”") == parse_query('"bone scan"')


def test_an_open_quote_runs_to_the_end() -> None:
    assert parse_query('"bone scan').clauses[0].leaves[0].tokens == ("bone", "scan")


@pytest.mark.parametrize("typed", ["", "   ", '""', "-", "OR", "NOT AND OR", "***", "\x00", '"', "OR OR -"])
def test_text_without_a_word_asks_for_everything(typed: str) -> None:
    assert parse_query(typed) == SearchQuery()


def test_only_matches_are_ranked_and_marked() -> None:
    assert [each.printed for each in parse_query("scan -fusion").positive_leaves] == ["scan"]


def test_a_pasted_letter_is_cut() -> None:
    assert len(parse_query("word " * 5000).clauses) == MAX_LEAVES


def test_tokens_lose_case_and_accents() -> None:
    assert tokens_of("Ménière’s disease") == ("meniere", "s", "disease")


def test_engines_get_every_token_quoted() -> None:
    dangerous = parse_query('NEAR(a b)* ^c {d}:e "f" g\'h').positive_leaves
    assert fts5.match_any(dangerous) == '"near a" OR "b" OR "c" OR "d e" OR "f" OR "g h"'
    assert tsquery.match_any(dangerous[:2]) == "('near' <-> 'a') | ('b')"
