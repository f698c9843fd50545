"""Held letters: stored, counted, nowhere public, and published when somebody says so."""

import io

import pytest
from django.core.management import CommandError, call_command

from devtools.testing.handmade import ingest, printed_letter, statuses
from devtools.testing.letters import boxed_letter, item
from imr_archive.models import Determination, IngestRun, SourceLetter
from imr_archive.vocabulary import PublishHeld

pytestmark = pytest.mark.django_db

NAMED = printed_letter().replace(b"\n\nHOW", b"\nEmployee: Maria Lopez\n\nHOW", 1)
SECOND = item("Acupuncture 6 visits", outcome="Overturned")
WHOLE = boxed_letter(items=[item("Tramadol 50mg #60"), SECOND]).encode()
CUT = boxed_letter(items=[item("Tramadol 50mg #60")]).encode()
BETTER = WHOLE.replace(b"09/14/2016", b"09/15/2016")


def held(*arguments, **options):
    stdout = io.StringIO()
    call_command("held", *map(str, arguments), processes=0, stdout=stdout, **options)
    return stdout.getvalue()


def test_a_letter_that_names_a_person_is_stored_and_not_public(client):
    [result] = ingest([("named.txt", NAMED)])
    letter = SourceLetter.objects.get()
    assert (result.status.value, letter.state, letter.reason_code) == ("held", "held", "name")
    assert not Determination.objects.exists()
    assert "Lopez" not in result.reason
    assert letter.text[letter.findings[0]["start"] : letter.findings[0]["end"]] == "Employee: Maria Lopez"
    assert client.get("/determinations/CM15-0000001/").status_code == 404
    assert IngestRun.objects.get().count_files()[0] == {"held": 1}


def test_it_stays_held_when_it_comes_again_alone_or_twice():
    ingest([("named.txt", NAMED)])
    assert statuses(ingest([("named.txt", NAMED), ("again.txt", NAMED)])) == ["held", "held"]
    assert statuses(ingest([("named.txt", NAMED)], publish=PublishHeld.CLEAN)) == ["held"]
    assert SourceLetter.objects.count() == 1


def test_a_batch_stores_good_letters_and_holds_the_other():
    good = [(f"{number}.txt", printed_letter(f"CM15-000010{number}")) for number in range(3)]
    assert statuses(ingest([*good, ("named.txt", NAMED)])) == ["new", "new", "new", "held"]
    assert Determination.objects.count() == 3


def test_a_held_letter_is_listed_and_published_with_a_reason():
    ingest([("named.txt", NAMED)])
    letter = SourceLetter.objects.get()
    assert f"{letter.pk}  name" in held("list")
    with pytest.raises(CommandError, match="--reason"):
        held("publish", letter.pk)
    with pytest.raises(CommandError, match="Say which letters"):
        held("publish", reason="A made-up person.")
    held("publish", letter.pk, reason="A made-up person.")
    letter.refresh_from_db()
    assert (letter.state, letter.determination.case_number) == ("current", "CM15-0000001")
    assert IngestRun.objects.latest("pk").arguments["reason"] == "A made-up person."
    assert statuses(ingest([("named.txt", NAMED)])) == ["unchanged"]


def test_a_dropped_letter_does_not_come_back():
    ingest([("named.txt", NAMED)])
    held("drop", all=True)
    assert statuses(ingest([("named.txt", NAMED)])) == ["passed-over"]
    assert not SourceLetter.objects.exists()


def test_a_letter_that_reads_worse_does_not_replace_the_one_of_its_case():
    ingest([("whole.txt", WHOLE)])
    [result] = ingest([("cut.txt", CUT)])
    assert result.status.value == "held"
    assert result.reason == "Reads worse than whole.txt, the letter of its case: 1 of 2 items."
    assert Determination.objects.get().items.count() == 2
    held("publish", all=True, reason="The second page was a mistake.")
    assert Determination.objects.get().items.count() == 1
    assert SourceLetter.objects.get(name="whole.txt").state == "superseded"


def test_a_letter_that_loses_an_outcome_or_a_field_is_held_and_a_better_one_is_not():
    ingest([("whole.txt", WHOLE)])
    no_date = WHOLE.replace(b"Decision Date: 09/14/2016", b"")
    [result] = ingest([("no-date.txt", no_date)])
    assert (result.status.value, result.reason.endswith("no date of the decision.")) == ("held", True)
    assert statuses(ingest([("better.txt", BETTER)])) == ["updated"]


def test_each_letter_of_a_file_becomes_a_determination_of_its_own():
    other = boxed_letter(case_number="CM16-0900002", items=[item("Norco 10/325mg #60")]).encode()
    results = ingest([("two.txt", WHOLE + b"\n\f\n" + other)])
    assert statuses(results) == ["new", "new"]
    letters = SourceLetter.objects.order_by("pk")
    assert [each.determination.case_number for each in letters] == ["CM16-0900001", "CM16-0900002"]
    assert [each.determination.items.count() for each in letters] == [2, 1]
    assert b"Norco" not in bytes(letters[0].content)
    assert b"Tramadol" not in bytes(letters[1].content)
    assert statuses(ingest([("two.txt", WHOLE + b"\n\f\n" + other)])) == ["unchanged", "unchanged"]


def test_one_letter_of_a_file_may_be_held_alone():
    results = ingest([("two.txt", NAMED + b"\n\f\n" + WHOLE)])
    assert sorted(statuses(results)) == ["held", "new"]
    assert Determination.objects.get().case_number == "CM16-0900001"


def test_a_file_whose_letters_cannot_be_separated_is_held_whatever_the_policy():
    half = CUT.partition(b"IMR ISSUES")[0]
    for policy in PublishHeld:
        [result] = ingest([("joined.txt", half + b"\n\f\n" + WHOLE)], publish=policy)
        assert (result.status.value, "2 letters" in result.reason) == ("held", True)
    assert not Determination.objects.exists()
