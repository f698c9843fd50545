"""The best matches come first, in one total order, from wherever scores were kept."""

import random
from datetime import date

import pytest
from django.db import connection

from devtools.testing.archive import ItemRow, add_determination
from imr_archive.models import Determination, DisputedItemText, FacetIndexPart
from imr_archive.search.facets.index.segment import Segment
from imr_archive.search.facets.rebuild import rebuild
from imr_archive.search.facets.selection import Selection, Unit
from imr_archive.search.facets.snapshot import current_snapshot, forget_snapshots
from imr_archive.search.facets.words import common, ranking, reused
from imr_archive.search.facets.words.matches import base_matches
from imr_archive.search.facets.words.stored import read_matches, read_scores
from imr_archive.search.fulltext.postgresql import PostgresqlBackend
from imr_archive.search.fulltext.sqlite import SqliteBackend
from imr_archive.search.query.parser import parse_query
from imr_archive.search.query.thesaurus import read_question

pytestmark = pytest.mark.django_db

WORDS = ["fusion", "scan", "weakness", "numbness", "therapy", "pain"]


@pytest.fixture
def _letters():
    chance = random.Random(4)
    for number in range(30):
        items = [
            ItemRow(" ".join(chance.choices(WORDS, k=3)), rationale=" ".join(chance.choices(WORDS, k=12)))
            for _ in range(chance.randint(1, 3))
        ]
        decided = chance.choice([None, date(2014, 1, 1), date(2015, 1, 1)])
        summary = " ".join(chance.choices(WORDS, k=8))
        add_determination(f"CM14-{number:07d}", items=items, decided=decided, summary=summary)
        if number == 20:
            rebuild()


def in_item(word):
    """The leaf of a word that is looked for in the item."""
    return read_question(word, exact=True).leaves[0]


def ranked(words, unit=Unit.ITEMS, *, offset=0, limit=1_000):
    query = parse_query(words)
    return ranking.ranked_page(Selection.of_everything().matching(query), query, unit, offset=offset, limit=limit)


@pytest.mark.usefixtures("_letters")
@pytest.mark.parametrize("words", ["fusion", "fusion OR scan", '"scan pain"', "fusion -weakness"])
def test_the_order_is_the_same_however_few_of_the_best_are_kept(monkeypatch, words):
    whole = ranked(words).keys
    letters = ranked(words, Unit.DETERMINATIONS).keys
    assert len(whole) == len(set(whole)) == Selection.of_everything().matching(parse_query(words)).size()
    assert len(letters) == len(set(letters))
    for kept in (1, 4):
        monkeypatch.setattr(ranking, "CHAMPIONS", kept)
        forget_snapshots()
        assert ranked(words).keys == whole
        assert ranked(words, Unit.DETERMINATIONS).keys == letters
        assert [
            key for offset in range(0, len(whole), 3) for key in ranked(words, offset=offset, limit=3).keys
        ] == whole


@pytest.mark.usefixtures("_letters")
def test_letters_stand_in_the_order_of_their_best_items():
    by_item = dict(Determination.objects.values_list("items", "pk"))
    best = [*dict.fromkeys(by_item[key] for key in ranked("fusion").keys)]
    assert ranked("fusion", Unit.DETERMINATIONS).keys == best


@pytest.mark.usefixtures("_letters")
def test_the_request_weighs_more_than_the_rationale_and_that_more_than_the_summary():
    texts = {
        "request": {"description": "laminectomy", "rationale": "Nothing."},
        "rationale": {"description": "Nothing", "rationale": "laminectomy"},
    }
    for number, text in enumerate(texts.values(), 50):
        add_determination(f"CM14-{number:07d}", items=[ItemRow(text["description"], rationale=text["rationale"])])
    add_determination("CM14-0000060", items=[ItemRow("Nothing", rationale="Nothing.")], summary="laminectomy")
    keys = ranked("laminectomy", Unit.DETERMINATIONS).keys
    cases = Determination.objects.in_bulk(keys)
    assert [cases[key].case_number for key in keys] == ["CM14-0000050", "CM14-0000051", "CM14-0000060"]


@pytest.mark.usefixtures("_letters")
def test_what_is_stored_of_common_words_is_what_would_be_worked_out(monkeypatch):
    whole = ranked("pain").keys
    assert common.store_common_words(large=1) == len(WORDS)
    monkeypatch.setattr("imr_archive.search.facets.words.stored.LARGE", 1)
    forget_snapshots()
    snapshot = current_snapshot()
    leaf, in_summary = in_item("pain"), parse_query("pain in:summary").leaves[0]
    assert read_scores(snapshot, leaf).tolist() == ranking.base_scores(snapshot, leaf).tolist()
    for each in (leaf, in_summary):
        assert read_matches(snapshot, each) == base_matches(snapshot, each)
    assert ranked("pain").keys == whole
    assert read_scores(snapshot, parse_query("pain in:rationale").leaves[0]) is None


@pytest.mark.usefixtures("_letters")
def test_after_a_few_changes_only_these_are_asked_for_what_common_words_find(monkeypatch):
    monkeypatch.setattr("imr_archive.search.facets.words.stored.LARGE", 1)
    rebuild()
    common.store_common_words(large=1)
    gone, changed, *_ = Determination.objects.order_by("pk")
    gone.delete()
    DisputedItemText.objects.filter(item__determination=changed).update(rationale="Fusion, pain, fusion.")
    Determination.objects.filter(pk=changed.pk).update(decision_date=date(2016, 1, 1))
    added = [ItemRow("numbness scan", rationale="weakness"), ItemRow("therapy")]
    add_determination("CM14-0000500", items=added, decided=date(2014, 6, 1), summary="pain pain fusion")
    rebuild()
    with monkeypatch.context() as patch:
        patch.setattr(common, "base_matches", None)  # nothing is asked of all letters
        if connection.vendor == "postgresql":  # FTS5's scores change with every letter
            patch.setattr(common, "base_scores", None)
        assert common.store_common_words(large=1) == len(WORDS)
    forget_snapshots()
    snapshot = current_snapshot()
    for word in WORDS:
        leaf = in_item(word)
        assert read_matches(snapshot, leaf) == base_matches(snapshot, leaf)
        stored = read_scores(snapshot, leaf)
        assert stored is None or stored.tolist() == ranking.base_scores(snapshot, leaf).tolist()


@pytest.mark.usefixtures("_letters")
def test_after_many_changes_all_letters_are_asked_again(monkeypatch):
    monkeypatch.setattr("imr_archive.search.facets.words.stored.LARGE", 1)
    rebuild()
    common.store_common_words(large=1)
    Determination.objects.update(decision_date=date(2016, 1, 1))
    rebuild()
    assert reused.ReusedWords.of_previous_version(current_snapshot()) is None
    assert common.store_common_words(large=1) == len(WORDS)


@pytest.mark.usefixtures("_letters")
def test_what_is_stored_of_words_goes_with_its_version():
    common.store_common_words(large=1)
    assert FacetIndexPart.objects.filter(name__startswith="scores:").exists()
    for _ in range(2):
        rebuild()
    assert not FacetIndexPart.objects.filter(name__startswith="scores:").exists()


@pytest.mark.usefixtures("_letters")
def test_where_not_all_can_be_scored_the_newest_are_and_the_bound_is_said(monkeypatch, client):
    for engine in (SqliteBackend, PostgresqlBackend):
        monkeypatch.setattr(engine, "most_scored_rows", 5)
    found = ranked("fusion")
    assert found.among == 5
    assert 5 <= len(found.keys) < Selection.of_everything().matching(parse_query("fusion")).size()
    page = client.get("/determinations/", {"q": "fusion"}).content.decode()
    assert "the best of the newest 5 of" in page
    with monkeypatch.context() as patch:
        patch.setattr(SqliteBackend, "leaf_scores", None)
        patch.setattr(PostgresqlBackend, "leaf_scores", None)  # asked again, nothing is scored again
        assert ranked("fusion") == found
    for engine in (SqliteBackend, PostgresqlBackend):
        monkeypatch.setattr(engine, "most_scored_rows", 5_000)
    assert ranked("fusion").among is None


@pytest.mark.usefixtures("_letters")
def test_what_is_stored_of_words_is_not_read_with_the_index(monkeypatch):
    common.store_common_words(large=1)
    read, whole = [], Segment.from_parts
    monkeypatch.setattr(Segment, "from_parts", classmethod(lambda cls, parts: read.extend(parts) or whole(parts)))
    forget_snapshots()
    current_snapshot()
    assert "items" in read
    assert [name for name in read if name.startswith(("matches:", "scores:"))] == []
