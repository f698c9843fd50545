"""What each file ends as, and which letter a determination goes by."""

import pytest
from django.db import DataError

from devtools.testing.archive import items_matching
from devtools.testing.handmade import Refused, all_rows, ingest, item, letter, statuses
from imr_archive.ingest.pipeline import runner, store, triage, writer
from imr_archive.ingest.pipeline.worker import ParserFailed
from imr_archive.ingest.runs.runs import run_start
from imr_archive.ingest.sources.folders import Source
from imr_archive.models import Determination, DisputedItem, DisputedItemText, SourceLetter
from imr_archive.search.query.parser import parse_query
from imr_archive.vocabulary import PublishHeld

pytestmark = pytest.mark.django_db

CASE = "CM15-0000001"


def states():
    return dict(SourceLetter.objects.order_by("pk").values_list("name", "state"))


def test_a_letter_of_a_new_case_is_new():
    [result] = ingest([("a.pdf", b"a")], {b"a": letter(case_number=CASE)})
    determination = Determination.objects.get()
    assert (result.status, result.reason) == ("new", "A new determination.")
    assert (result.determination, result.reference) == (determination.pk, CASE)
    assert result.letter == determination.letters.get().pk


def test_a_second_run_over_the_same_files_changes_no_row():
    files = [("a.pdf", b"a"), ("twin.pdf", b"a"), ("same.txt", b"b"), ("scan.pdf", b"c"), ("other.pdf", b"d")]
    parsed = {
        b"a": letter(case_number=CASE),
        b"b": letter(case_number=CASE),
        b"c": Refused("The file is a scan."),
        b"d": letter("A letter without a number."),
    }
    assert statuses(ingest(files, parsed)) == ["new", "duplicate", "duplicate", "quarantined", "new"]
    before = all_rows()
    assert statuses(ingest(files, {})) == ["unchanged", "duplicate", "unchanged", "quarantined", "unchanged"]
    assert all_rows() == before


def test_the_same_bytes_under_another_name_are_a_duplicate_that_leaves_no_row():
    first, second = ingest([("a.pdf", b"a"), ("b.pdf", b"a")], {b"a": letter()})
    assert (second.status, second.reason) == ("duplicate", "The same bytes as a.pdf.")
    assert second.determination == first.determination
    assert states() == {"a.pdf": "current"}


def test_two_empty_files_are_both_quarantined():
    results = ingest([("a.pdf", b""), ("b.pdf", b"")], {b"": Refused("The file is empty.")})
    assert [(result.file, result.status, result.reason) for result in results] == [
        ("a.pdf", "quarantined", "The file is empty."),
        ("b.pdf", "quarantined", "The file is empty."),
    ]


@pytest.mark.parametrize("case_number", [CASE, None])
def test_the_same_text_in_another_file_is_a_duplicate_that_is_kept(case_number):
    parsed = {b"a": letter(case_number=case_number), b"b": letter(case_number=case_number)}
    _, second = ingest([("a.pdf", b"a"), ("a.txt", b"b")], parsed)
    assert (second.status, second.reason) == ("duplicate", "The same letter as a.pdf.")
    assert states() == {"a.pdf": "current", "a.txt": "duplicate"}
    assert Determination.objects.get().letters.count() == 2


def test_another_text_of_the_same_case_replaces_the_letter_and_keeps_the_old_one():
    parsed = {
        b"a": letter("First.", CASE, items=[item(), item(2)]),
        b"b": letter("Amended.", CASE, items=[item(description="Acupuncture")]),
    }
    first, second = ingest([("a.pdf", b"a"), ("b.pdf", b"b")], parsed, publish=PublishHeld.ALL)
    assert (second.status, second.reason) == ("updated", "Replaces a.pdf as the letter of its case.")
    assert second.determination == first.determination
    assert states() == {"a.pdf": "superseded", "b.pdf": "current"}
    assert [each.description for each in DisputedItemText.objects.all()] == ["Acupuncture"]


def test_the_full_text_index_follows_the_current_letter():
    parsed = {b"a": letter("First.", CASE), b"b": letter("Amended.", CASE, items=[item(description="Acupuncture")])}
    ingest([("a.pdf", b"a"), ("b.pdf", b"b")], parsed)
    assert items_matching(parse_query("acupuncture")).count() == 1
    assert items_matching(parse_query("tramadol")).count() == 0


def test_letters_without_case_numbers_and_of_different_texts_are_different_cases():
    parsed = {b"a": letter("One."), b"b": letter("Another.")}
    assert statuses(ingest([("a.pdf", b"a"), ("b.pdf", b"b")], parsed)) == ["new", "new"]


@pytest.fixture
def newer_parser(monkeypatch):
    """Make what was stored so far the work of an older parser."""

    def become_newer():
        for module in (triage, writer):
            monkeypatch.setattr(module, "PARSER_VERSION", "99.0")

    return become_newer


def test_a_newer_parser_reads_a_known_letter_again_in_place(newer_parser):
    [first] = ingest([("a.pdf", b"a")], {b"a": letter(case_number=CASE, items=[item(), item(2)])})
    newer_parser()
    again = {b"a": letter("Read better.", CASE, items=[item(description="Acupuncture")], parser_version="99.0")}
    [second] = ingest([("a.pdf", b"a")], again)
    assert (second.status, second.reason) == ("updated", "Read again by parser version 99.0.")
    assert (second.determination, second.letter) == (first.determination, first.letter)
    assert [each.description for each in DisputedItemText.objects.all()] == ["Acupuncture"]
    assert bytes(SourceLetter.objects.get().content) == b"a"
    assert statuses(ingest([("a.pdf", b"a")], {})) == ["unchanged"]


def test_letters_keep_their_roles_when_a_newer_parser_reads_them_again(newer_parser):
    files = [("a.pdf", b"a"), ("b.pdf", b"b"), ("b.txt", b"c")]
    texts = {b"a": "First.", b"b": "Amended.", b"c": "Amended."}
    ingest(files, {content: letter(text, CASE) for content, text in texts.items()})
    before = states()
    newer_parser()
    again = {content: letter(f"{text} Better.", CASE, parser_version="99.0") for content, text in texts.items()}
    assert statuses(ingest(files[::-1], again)) == ["updated"] * 3
    assert states() == before == {"a.pdf": "superseded", "b.pdf": "current", "b.txt": "duplicate"}
    assert set(SourceLetter.objects.values_list("parser_version", flat=True)) == {"99.0"}
    assert SourceLetter.objects.get(state="current").text == "Amended. Better.\n"


def test_two_determinations_that_a_newer_parser_finds_to_be_one_case_become_one(newer_parser):
    files = [("a.pdf", b"a"), ("b.pdf", b"b")]
    ingest(files, {b"a": letter("One.", CASE), b"b": letter("Another.")})
    newer_parser()
    again = {
        b"a": letter("One.", CASE, parser_version="99.0"),
        b"b": letter("Another.", CASE, parser_version="99.0"),
    }
    assert statuses(ingest(files, again)) == ["updated", "updated"]
    assert Determination.objects.get().letters.count() == 2
    assert states() == {"a.pdf": "superseded", "b.pdf": "current"}


def test_a_letter_that_a_newer_parser_refuses_keeps_what_was_stored_of_it(newer_parser):
    ingest([("a.pdf", b"a")], {b"a": letter(case_number=CASE)})
    before = all_rows()
    newer_parser()
    [result] = ingest([("a.pdf", b"a")], {b"a": ParserFailed("The parser failed on this file.")})
    assert (result.status, result.code) == ("quarantined", "parser-failed")
    assert result.reason == "The parser failed on this file. What was stored of it before is kept."
    assert all_rows() == before


def test_a_quarantined_letter_that_a_newer_parser_reads_leaves_the_quarantine(newer_parser):
    ingest([("a.pdf", b"a")], {b"a": Refused("The file is odd.")})
    newer_parser()
    [result] = ingest([("a.pdf", b"a")], {b"a": letter(parser_version="99.0")})
    assert result.status == "new"
    row = SourceLetter.objects.get()
    assert (row.state, row.reason_code, row.reason) == ("current", "", "")


def test_a_letter_whose_determination_was_deleted_is_stored_again():
    files, parsed = [("a.pdf", b"a")], {b"a": letter(case_number=CASE)}
    ingest(files, parsed)
    Determination.objects.get().delete()
    assert statuses(ingest(files, parsed)) == ["new"]
    assert Determination.objects.get().letters.get().name == "a.pdf"


def test_a_quarantined_file_keeps_its_bytes_its_name_and_the_reason():
    [result] = ingest([("scan.pdf", b"%PDF-1.7")], {b"%PDF-1.7": Refused("The file is a scan.")})
    row = SourceLetter.objects.get()
    assert (result.status, result.code, result.reason) == ("quarantined", "source-unreadable", "The file is a scan.")
    assert (row.name, row.kind, bytes(row.content)) == ("scan.pdf", "pdf", b"%PDF-1.7")
    assert (row.state, row.reason_code, row.reason) == ("quarantined", "source-unreadable", "The file is a scan.")
    assert row.determination is None


def test_the_kind_of_a_quarantined_file_is_told_by_its_bytes():
    contents = {"a.txt": b"%PDF-1.7", "b.pdf": b"plain words", "c.pdf": b"\x89PNG\x00"}
    ingest(list(contents.items()), dict.fromkeys(contents.values(), Refused("No.")))
    kinds = dict(SourceLetter.objects.values_list("name", "kind"))
    assert kinds == {"a.txt": "pdf", "b.pdf": "text", "c.pdf": "unknown"}


def test_the_archives_own_faults_are_tried_again_and_cost_no_row_if_they_last():
    files = [("a.pdf", b"a")]
    assert statuses(ingest(files, {b"a": ParserFailed("The parser failed.")})) == ["quarantined"]
    before = all_rows()
    assert statuses(ingest(files, {b"a": ParserFailed("The parser failed.")})) == ["quarantined"]
    assert all_rows() == before
    assert statuses(ingest(files, {b"a": letter()})) == ["new"]


def test_a_letter_that_cannot_be_stored_costs_only_itself(caplog):
    parsed = {
        b"a": letter("A.", items=[item(1, "the injured worker"), item(1, "the same place")]),
        b"b": letter("B."),
    }
    first, second = ingest([("a.pdf", b"a"), ("b.pdf", b"b")], parsed)
    assert (first.status, first.code) == ("quarantined", "parser-failed")
    assert first.reason == "What the parser read could not be stored (IntegrityError)."
    assert second.status == "new"
    assert DisputedItem.objects.count() == 1
    assert first.sha256 in caplog.text
    assert "injured" not in caplog.text


def test_a_case_that_another_run_stores_in_between_is_found_at_the_second_look(monkeypatch):
    ingest([("a.pdf", b"a")], {b"a": letter("First.", CASE)})
    looks = []

    def blind_at_first(rows, *, other_than):
        looks.append(rows)
        return None if len(looks) == 1 else look(rows, other_than=other_than)

    look = store.determination_of
    monkeypatch.setattr(store, "determination_of", blind_at_first)
    assert statuses(ingest([("b.pdf", b"b")], {b"b": letter("Amended.", CASE)})) == ["updated"]
    assert len(looks) == 2


@pytest.mark.parametrize("error", [DataError("quotes the row"), ValueError("quotes the row")])
def test_a_database_that_refuses_a_value_costs_one_letter(monkeypatch, error):
    def refuse(**_):
        raise error

    monkeypatch.setattr(writer, "determination_store", refuse)
    [result] = ingest([("a.pdf", b"a")], {b"a": letter()})
    assert result.reason == f"What the parser read could not be stored ({type(error).__name__})."


def test_a_file_that_cannot_be_opened_is_reported_without_a_row():
    def gone():
        raise FileNotFoundError(2, "No such file or directory")

    run = run_start(arguments={}, started_by="tests")
    [result] = runner.ingest_sources([Source("gone.pdf", gone)], run=run, processes=0)
    assert (result.status, result.code, result.sha256) == ("quarantined", "source-unreadable", "")
    assert SourceLetter.objects.count() == 0
