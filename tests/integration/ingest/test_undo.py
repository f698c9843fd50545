"""A run that brought letters is undone: each case shows what it showed before, and what was new is taken back."""

import pytest

from devtools.testing.handmade import ingest, item, letter, printed_letter, stated, statuses
from imr_archive.backup.check import check_archive
from imr_archive.history.correcting import corrections_make
from imr_archive.history.withdrawals import determination_withdraw
from imr_archive.ingest.runs.held import held_publish, publishing_run
from imr_archive.ingest.runs.reinstating import reinstate
from imr_archive.ingest.runs.runs import run_start
from imr_archive.ingest.runs.undo import CannotUndo, run_to_undo, run_undo
from imr_archive.letters.reader import stored_records
from imr_archive.models import Determination, IngestRun, SourceLetter, Withdrawal
from imr_archive.vocabulary import Outcome, WithdrawalScope

pytestmark = pytest.mark.django_db

CASE, OTHER = "CM15-0000001", "CM15-0000002"


def public():
    """What the archive shows, by the key of the case."""
    return stored_records(Determination.objects.values_list("pk", flat=True))


def roles():
    return {each.name: (each.state, each.reason_code) for each in SourceLetter.objects.order_by("pk")}


def undone(run):
    back = run_start(arguments={"undo": run.pk}, started_by="tests")
    return back, list(run_undo(run_to_undo(run.pk), run=back))


def reasons(results):
    return [result.reason for result in results]


def replaced():
    """A case whose letter a second run replaces by one with the other outcome, beside a case that is new."""
    first = letter("First.", CASE)
    ingest([("first.pdf", b"first")], {b"first": first})
    before = public()
    second = letter("Second.", CASE, [item(outcome=Outcome.OVERTURNED)])
    new = letter("New.", OTHER)
    assert statuses(ingest([("second.pdf", b"second"), ("new.pdf", b"new")], {b"second": second, b"new": new})) == [
        "updated",
        "new",
    ]
    return before, IngestRun.objects.first()


def test_cases_show_what_they_showed_and_a_new_one_is_taken_back_with_its_file_kept():
    before, run = replaced()
    after = public()
    back, results = undone(run)
    assert public() == before
    assert sorted(reasons(results)) == [
        f"As it was before run {run.pk}.",
        f"Taken back: the case came with run {run.pk}. The file is kept, held.",
    ]
    assert roles() == {
        "first.pdf": ("current", ""),
        "second.pdf": ("held", "taken-back"),
        "new.pdf": ("held", "taken-back"),
    }
    assert list(check_archive()) == []
    undone(back)
    assert public() == after
    assert list(check_archive()) == []
    undone(IngestRun.objects.first())
    assert public() == before


def test_what_a_person_or_a_later_run_has_changed_since_is_left_alone_and_named():
    _, run = replaced()
    corrections_make(
        determination=Determination.objects.get(case_number=OTHER).pk,
        values=[(1, "quantity", 9)],
        reason="A slip.",
        made_by="anna",
    )
    ingest([("third.pdf", b"third")], {b"third": letter("Third.", CASE, [item(quantity=stated(5))])})
    third = IngestRun.objects.first()
    now = public()
    _, results = undone(run)
    assert sorted(reasons(results)) == [
        "Left alone: a correction by anna has changed it since.",
        f"Left alone: run {third.pk} has changed it since.",
    ]
    assert public() == now


def test_what_was_withdrawn_since_does_not_come_back():
    _, run = replaced()
    determination_withdraw(
        reference=CASE, reason="x", public_reason="x", scope=WithdrawalScope.HIDE, withdrawn_by="tests"
    )
    _, results = undone(run)
    assert "Left alone: its withdrawal has changed it since." in reasons(results)
    assert not Determination.objects.filter(case_number=CASE).exists()
    reinstate(Withdrawal.objects.get(), reinstated_by="tests")
    again = IngestRun.objects.first()
    with pytest.raises(CannotUndo, match="withdraw that again"):
        run_to_undo(again.pk)


def test_a_duplicate_and_a_held_letter_are_taken_back_without_touching_the_case():
    ingest([("a.txt", printed_letter(CASE))])
    before = public()
    ingest(
        [("b.txt", printed_letter(CASE) + b"\n\n"), ("named.txt", printed_letter(OTHER) + b"Employee: Maria Lopez\n")]
    )
    run = IngestRun.objects.first()
    assert run.counts == {"duplicate": 1, "held": 1}
    undone(run)
    assert public() == before
    assert roles() == {"a.txt": ("current", ""), "b.txt": ("held", "taken-back"), "named.txt": ("held", "taken-back")}


def test_a_letter_that_was_taken_back_stays_so_until_somebody_publishes_it():
    ingest([("a.txt", printed_letter(CASE))])
    undone(IngestRun.objects.first())
    assert statuses(ingest([("a.txt", printed_letter(CASE))])) == ["held"]
    publishing = publishing_run({"code": "taken-back"}, reason="It was right.", started_by="tests")
    assert statuses(held_publish(publishing, processes=0)) == ["new"]
    undone(publishing)
    assert roles() == {"a.txt": ("held", "taken-back")}
    assert not Determination.objects.exists()
