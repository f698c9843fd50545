"""The archive examined: each way to be damaged is found and named, and what can be rebuilt is rebuilt."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pyroaring import BitMap

from devtools.testing.archive import items_matching
from devtools.testing.handmade import ingest, printed_letter
from imr_archive.backup.check import check_archive
from imr_archive.models import (
    Determination,
    DeterminationText,
    DisputedItem,
    DisputedItemText,
    FacetIndex,
    FacetIndexPart,
    IndexChange,
    IngestRun,
    IngestRunFile,
    SourceLetter,
)
from imr_archive.models.search_indexes import INDEXED_TABLES
from imr_archive.search.facets.index.bits import bitmaps_to_bytes
from imr_archive.search.facets.index.parts import store_part
from imr_archive.search.facets.rebuild import rebuild
from imr_archive.search.query.parser import parse_query

pytestmark = pytest.mark.django_db

CLINICAL = ("warehouse", "Tramadol", "made-up")


@pytest.fixture(autouse=True)
def archive():
    ingest(
        [
            ("1.txt", printed_letter("CM15-0000001")),
            ("2.txt", printed_letter("CM15-0000002", "Acupuncture, six visits")),
            ("same.txt", printed_letter("CM15-0000002", "Acupuncture,  six visits")),
            ("none.txt", b"A shopping list."),
        ]
    )


def command(*arguments):
    stdout = io.StringIO()
    try:
        call_command("check_archive", *arguments, stdout=stdout)
    except CommandError as error:
        return error.returncode, stdout.getvalue() + str(error)
    return 0, stdout.getvalue()


def findings():
    return [(finding.code, finding.sentence) for finding in check_archive()]


def first_letter(**change):
    letters = SourceLetter.objects.filter(name="1.txt")
    letters.update(**change)
    return letters.get()


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


CHANGED = ("revision", "Determination CM15-0000001 says something else than its last revision left.")


def test_a_sound_archive_has_nothing_to_report():
    assert findings() == []
    assert command() == (0, "The archive is sound.\n")


def test_an_empty_archive_is_sound():
    SourceLetter.objects.all().delete()
    Determination.objects.all().delete()
    IngestRun.objects.all().delete()
    assert findings() == []


def test_bytes_that_are_lost_are_found():
    letter = first_letter(content=b"")
    sentence = f"Letter {letter.pk} (SHA-256 {letter.sha256[:12]}…) has lost its bytes; only a kept copy has them."
    assert findings() == [("bytes", sentence)]


def test_bytes_that_changed_are_found():
    letter = first_letter(content=printed_letter("CM15-0000007"))
    sentence = f"Letter {letter.pk} (SHA-256 {letter.sha256[:12]}…) has other bytes than were received."
    assert findings() == [("bytes", sentence)]


def test_a_wrong_size_is_found():
    letter = first_letter(size=7)
    assert findings()[0][1].endswith(f"has {len(bytes(letter.content))} bytes, and its row says 7.")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "has lost its text"), ("Another text.", "was read from another text than that of Letter")],
)
def test_a_text_that_is_not_the_one_that_was_read_is_found(text, sentence):
    first_letter(text=text, spans={})
    ((code, said),) = findings()
    assert (code, sentence in said) == ("text", True)


def test_the_text_of_what_another_parser_version_has_read_is_not_judged():
    first_letter(text="Normalised otherwise.", parser_version="0.1", spans={})
    assert findings() == []


def test_a_letter_whose_determination_is_gone_is_found():
    Determination.objects.get(case_number="CM15-0000001").delete()
    ((code, said),) = findings()
    assert code == "letter-without-determination"
    assert "is current, and its determination is gone" in said


def test_a_determination_without_a_current_letter_is_found():
    first_letter(state="superseded")
    assert findings() == [("determination-incomplete", "Determination CM15-0000001 has no current letter.")]


def test_a_determination_that_lost_its_text_is_found():
    DeterminationText.objects.filter(determination__case_number="CM15-0000001").delete()
    assert findings() == [("determination-incomplete", "Determination CM15-0000001 has lost its text."), CHANGED]


def test_an_item_that_lost_its_text_is_found():
    DisputedItemText.objects.filter(item__determination__case_number="CM15-0000001").delete()
    assert findings() == [("item-incomplete", "Item 1 of Determination CM15-0000001 has lost its text."), CHANGED]


def test_a_record_that_its_last_revision_did_not_leave_is_found():
    Determination.objects.filter(case_number="CM15-0000001").update(worker_age=40)
    assert findings() == [CHANGED]


def test_an_outcome_that_does_not_follow_from_the_items_is_found():
    Determination.objects.filter(case_number="CM15-0000001").update(outcome="overturned")
    assert findings() == [
        CHANGED,
        ("revision", "Determination CM15-0000001 has another outcome than follows from its items."),
    ]


def test_a_run_whose_files_do_not_add_up_is_found():
    run = IngestRun.objects.get()
    IngestRunFile.objects.filter(run=run, name="1.txt").delete()
    assert findings() == [
        ("run-totals", f"Run {run.pk} says it read 4 files, and 3 are listed; or their states differ.")
    ]


def test_a_run_whose_errors_do_not_add_up_is_found():
    IngestRun.objects.update(errors={"not-a-determination": 2})
    ((code, said),) = findings()
    assert (code, "errors" in said) == ("run-totals", True)


def test_a_run_at_work_is_not_judged():
    IngestRun.objects.update(status="running", counts={}, errors={})
    assert findings() == []


@pytest.mark.parametrize("table", INDEXED_TABLES, ids=lambda table: table.index)
def test_an_index_that_lost_its_words_is_found_and_rebuilt(table):
    forget_all = {
        "sqlite": f"INSERT INTO {table.index}({table.index}) VALUES ('delete-all')",
        "postgresql": f"DELETE FROM {table.index}",
    }
    execute(forget_all[connection.vendor])
    assert [code for code, _ in findings()] == ["text-index"]
    status, said = command("--repair")
    assert status == 0
    assert "It was rebuilt.\nAll findings were repaired.\n" in said
    assert findings() == []


def test_an_index_that_was_rebuilt_finds_again():
    execute(
        {
            "sqlite": "INSERT INTO imr_archive_itemsearch(imr_archive_itemsearch) VALUES ('delete-all')",
            "postgresql": "DELETE FROM imr_archive_itemsearch",
        }[connection.vendor]
    )
    # A process that asks now holds on to what it found, until there is a new version of the facet index.
    assert not items_matching(parse_query("tramadol")).exists()
    command("--repair")
    assert items_matching(parse_query("tramadol")).count() == 1


def test_a_facet_index_that_drifted_is_found_and_rebuilt():
    rebuild()
    store_part("default", FacetIndex.objects.get().pk, "dimension:outcome", bitmaps_to_bytes({"upheld": BitMap([0])}))
    assert [code for code, _ in findings()] == ["facet-index"]
    status, said = command("--repair")
    assert (status, "The facet index has drifted: " in said) == (0, True)
    assert findings() == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda parts: parts.filter(name="items").update(payload=b"1234567"),
        lambda parts: parts.filter(name="dimension:outcome").delete(),
        lambda parts: FacetIndex.objects.update(items=7),
    ],
)
def test_a_damaged_part_of_the_facet_index_is_found_and_made_anew(damage):
    rebuild()
    damage(FacetIndexPart.objects.all())
    assert [code for code, _ in findings()] == ["facet-index"]
    assert command("--repair")[0] == 0
    assert findings() == []


def test_items_that_the_facet_index_does_not_know_are_counted():
    rebuild()
    IndexChange.objects.all().delete()
    DisputedItem.objects.first().delete()
    IndexChange.objects.all().delete()
    *others, (code, sentence) = findings()
    assert [other for other, _ in others] == ["revision", "revision"]
    assert code == "facet-index"
    assert "it has 1 that are gone" in sentence
    command("--repair")


@pytest.mark.parametrize(
    ("trigger", "table", "code"),
    [
        ("imr_archive_disputeditem_log_insert", "imr_archive_disputeditem", "facet-index-triggers"),
        ("imr_archive_itemsearch_update", "imr_archive_disputeditemtext", "text-index-triggers"),
    ],
)
def test_a_lost_trigger_is_found_and_restored(trigger, table, code):
    drop = f"DROP TRIGGER {trigger}"
    execute(drop if connection.vendor == "sqlite" else f"{drop} ON {table}")
    ((found, sentence),) = findings()
    assert found == code
    assert trigger in sentence
    assert command("--repair")[0] == 0
    assert findings() == []
