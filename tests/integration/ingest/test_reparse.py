"""Stored letters read again: the plan, the change, and the way back."""

import io
import json
import os
import signal
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from devtools.testing.archive import items_matching
from devtools.testing.handmade import (
    Refused,
    all_rows,
    ingest,
    item,
    letter,
    printed_letter,
    reread,
    stated,
    statuses,
)
from imr_archive.backup.check import check_archive
from imr_archive.ingest.pipeline import runner, triage, writer
from imr_archive.ingest.reparse.comparison import letters_chosen
from imr_archive.ingest.reparse.plan import Plan, letters_compared, plan_lines
from imr_archive.ingest.runs import undo
from imr_archive.ingest.runs.runs import run_start
from imr_archive.ingest.runs.undo import run_to_undo, run_undo
from imr_archive.letters.reader import stored_records
from imr_archive.models import (
    Determination,
    DisputedItem,
    DisputedItemText,
    IngestRun,
    IngestRunFile,
    SourceLetter,
)
from imr_archive.parsing.parser import PARSER_VERSION
from imr_archive.parsing.results import LetterDates
from imr_archive.search.query.parser import parse_query
from imr_archive.vocabulary import Outcome, PublishHeld

pytestmark = pytest.mark.django_db

CASE, OTHER = "CM15-0000001", "CM15-0000002"
NEWER = "99.0"


def planned(parsed, **conditions):
    made = Plan()
    for comparison in letters_compared(letters_chosen(**conditions), processes=0, parse=parsed.__getitem__):
        made.add(comparison)
    return made


def undone(run):
    back = run_start(arguments={"undo": run.pk}, started_by="tests")
    return back, list(run_undo(run_to_undo(run.pk), run=back))


def archive_now():
    """What the archive says, without the keys, which are new for each rewritten row."""
    rows = all_rows()
    letters = rows["SourceLetter"]
    records = stored_records(Determination.objects.values_list("pk", flat=True))
    return records, [{name: bytes(v) if name == "content" else v for name, v in row.items()} for row in letters]


def verdicts(made):
    return {verdict.value: number for verdict, number in made.verdicts.items()}


# -- The plan ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def five():
    """Five letters: two that change, one that does not, one that becomes readable, and one that ceases to be."""
    before = {
        b"changed": letter("One.", CASE, items=[item(), item(2, "Acupuncture")]),
        b"shifted": letter("Two.", OTHER, items=[item(1, "MRI"), item(2, "Cane")]),
        b"same": letter("Three."),
        b"scan": Refused("The file is a scan."),
        b"lost": letter("Five."),
    }
    ingest([(f"{name.decode()}.pdf", name) for name in before], before)
    return {
        b"changed": letter(
            "One.",
            CASE,
            items=[item(outcome=Outcome.OVERTURNED), item(2, "Acupuncture", treatments=())],
            parser_version=NEWER,
            dates=LetterDates(decision=stated(date(2015, 4, 1))),
        ),
        b"shifted": letter(
            "Two.", OTHER, items=[item(1, "X-ray"), item(2, "MRI"), item(3, "Cane")], parser_version=NEWER
        ),
        b"same": letter("Three.", parser_version=NEWER),
        b"scan": letter("Four.", parser_version=NEWER),
        b"lost": Refused("The file is odd."),
    }


def test_the_plan_counts_letters_and_values_field_by_field_with_examples(five):
    made = planned(five)
    assert verdicts(made) == {"changed": 2, "unchanged": 1, "newly readable": 1, "no longer readable": 1}
    counts = {name: (each.letters, each.values) for name, each in made.fields.items()}
    assert counts["dates.decision"] == counts["items.outcome"] == counts["items.treatments"] == (1, 1)
    assert counts["items.position"] == (1, 2)
    assert counts["items"] == (1, 1)
    lines = [line.strip() for line in plan_lines(made)]
    assert f"{CASE}: nothing → 2015-04-01" in lines
    assert f"{CASE}, item 1: upheld → overturned" in lines
    assert f"{OTHER}, item 1: nothing → X-ray" in lines
    assert any(line.endswith(": The file is odd.") for line in lines)


def test_the_plan_writes_nothing(five):
    before = all_rows()
    planned(five)
    assert all_rows() == before
    assert IngestRun.objects.count() == 1


def test_an_example_of_a_long_text_begins_where_it_differs():
    words = "Because " * 50
    ingest([("a.pdf", b"a")], {b"a": letter(items=[item(rationale=stated(f"{words}so."))])})
    made = planned({b"a": letter(items=[item(rationale=stated(f"{words}not."))])})
    [line] = [line for line in plan_lines(made) if "Because" in line]
    assert line.endswith("Because Because so. → …use Because Because not.")


# -- The change -------------------------------------------------------------------------------------------------------


def test_only_what_has_changed_is_written_and_the_rest_gets_the_new_version(five):
    keys = dict(DisputedItem.objects.values_list("determination__case_number", "pk"))
    same = DisputedItem.objects.get(determination__letters__name="same.pdf").pk
    run, results = reread(five)
    assert statuses(results) == ["updated", "updated", "unchanged", "quarantined", "new"]
    assert Determination.objects.get(case_number=CASE).outcome == "partially_overturned"
    assert Determination.objects.get(case_number=CASE).decision_date == date(2015, 4, 1)
    assert DisputedItem.objects.get(determination__letters__name="same.pdf").pk == same
    assert keys[CASE] not in DisputedItem.objects.values_list("pk", flat=True)
    versions = dict(SourceLetter.objects.values_list("name", "parser_version"))
    assert versions.pop("lost.pdf") == PARSER_VERSION
    assert set(versions.values()) == {NEWER}
    assert run.count_files()[0] == {"updated": 2, "unchanged": 1, "new": 1, "quarantined": 1}
    assert verdicts(planned(five)) == {"unchanged": 4, "no longer readable": 1}


def test_indexes_follow_the_change_and_the_way_back(five):
    run, _ = reread(five)
    assert items_matching(parse_query("x-ray")).count() == 1
    assert list(check_archive()) == []
    undone(run)
    assert items_matching(parse_query("x-ray")).count() == 0
    assert items_matching(parse_query("acupuncture")).count() == 1
    assert list(check_archive()) == []


def test_letters_that_do_not_speak_for_their_case_keep_their_role():
    files = [("a.pdf", b"a"), ("b.pdf", b"b")]
    ingest(files, {b"a": letter("First.", CASE), b"b": letter("Amended.", CASE)})
    again = {
        b"a": letter("First.", CASE, items=[item(outcome=Outcome.OVERTURNED)], parser_version=NEWER),
        b"b": letter("Amended.", CASE, parser_version=NEWER),
    }
    facts = archive_now()[0]
    made = planned(again)
    assert verdicts(made) == {"unchanged": 2}
    reread(again)
    assert archive_now()[0] == facts
    assert dict(SourceLetter.objects.values_list("name", "state")) == {"a.pdf": "superseded", "b.pdf": "current"}


def test_a_determination_that_was_deleted_by_hand_is_not_brought_back():
    ingest([("a.pdf", b"a")], {b"a": letter(case_number=CASE)})
    Determination.objects.get().delete()
    assert reread({})[1] == []


# -- The way back -----------------------------------------------------------------------------------------------------


def test_an_undone_run_leaves_the_archive_as_it_was(five):
    before = archive_now()
    run, _ = reread(five)
    after = archive_now()
    assert after != before
    back, results = undone(run)
    assert statuses(results) == ["updated"] * 4
    assert archive_now() == before
    undone(back)
    assert archive_now()[1] == after[1]
    assert sorted(map(str, archive_now()[0].values())) == sorted(map(str, after[0].values()))


MOVES = {
    "two cases become one": (
        {b"a": letter("One.", CASE), b"b": letter("Another.")},
        {b"a": letter("One.", CASE), b"b": letter("Another.", CASE, items=[item(), item(2)])},
    ),
    "two cases change their numbers": (
        {b"a": letter("One.", CASE), b"b": letter("Another.", OTHER)},
        {b"a": letter("One.", OTHER), b"b": letter("Another.", CASE)},
    ),
    "a case loses its number": ({b"a": letter("One.", CASE)}, {b"a": letter("One, better.")}),
    "a quarantined letter speaks for a case that is there": (
        {b"a": letter("One.", CASE), b"b": Refused("A scan.")},
        {b"a": letter("One.", CASE), b"b": letter("Amended.", CASE)},
    ),
    "two quarantined letters are one case": (
        {b"a": Refused("A scan."), b"b": Refused("A scan.")},
        {b"a": letter("One.", CASE), b"b": letter("Amended.", CASE)},
    ),
    "a quarantined letter is refused for another reason": ({b"a": Refused("A scan.")}, {b"a": Refused("Locked.")}),
}


@pytest.mark.parametrize("move", MOVES)
def test_an_undone_run_leaves_the_archive_as_it_was_when(move):
    before, again = MOVES[move]
    ingest([(f"{name.decode()}.pdf", name) for name in before], before)
    was = archive_now()
    run, _ = reread(again)
    changed = archive_now()
    assert changed != was
    assert list(check_archive()) == []
    back, results = undone(run)
    assert set(statuses(results)) == {"updated"}
    assert archive_now() == was
    assert list(check_archive()) == []
    undone(back)
    assert archive_now() == changed


def test_what_another_run_has_changed_since_is_left_alone_and_named(five):
    run, _ = reread(five)
    later, _ = reread(
        {**five, b"changed": letter("One.", CASE, items=[item(description="Cane")], parser_version=NEWER)}
    )
    _, results = undone(run)
    [alone] = [each for each in results if each.status == "unchanged"]
    assert (alone.reference, alone.reason) == (CASE, f"Left alone: run {later.pk} has changed it since.")
    assert DisputedItemText.objects.get(item__determination__case_number=CASE).description == "Cane"


def test_what_somebody_has_changed_since_is_left_alone(five):
    run, _ = reread(five)
    Determination.objects.filter(case_number=CASE).update(worker_age=40)
    _, results = undone(run)
    assert [each.reason for each in results if each.reference == CASE] == ["Left alone: somebody has changed it since."]
    assert Determination.objects.get(case_number=CASE).worker_age == 40


def test_a_number_that_another_case_has_taken_since_leaves_the_letter_alone():
    ingest([("a.pdf", b"a")], {b"a": letter("One.", CASE)})
    run, _ = reread({b"a": letter("One.", OTHER, parser_version=NEWER)})
    ingest([("b.pdf", b"b")], {b"b": letter("Another.", CASE)})
    _, [result] = undone(run)
    assert (result.status, "has its case number or text now" in result.reason) == ("unchanged", True)
    assert set(Determination.objects.values_list("case_number", flat=True)) == {CASE, OTHER}


# -- The command ------------------------------------------------------------------------------------------------------


def command(name, *arguments, **options):
    stdout, error = io.StringIO(), None
    try:
        call_command(name, *map(str, arguments), stdout=stdout, stderr=io.StringIO(), **options)
    except CommandError as raised:
        error = raised
    return stdout.getvalue(), error


def reparse(*arguments):
    return command("reparse", "--processes", 0, *arguments)


@pytest.fixture
def old(five):
    """Three printed letters that an older parser has read badly, beside a file that is not a letter."""
    SourceLetter.objects.all().delete()
    Determination.objects.all().delete()
    ingest([(f"{n}.txt", printed_letter(f"CM15-000000{n}")) for n in (1, 2, 3)] + [("list.txt", b"bread")])
    SourceLetter.objects.exclude(name="3.txt").update(parser_version="1.0")
    Determination.objects.filter(case_number=CASE).update(worker_age=99)


def test_a_plan_for_machines_is_one_json_object_and_its_status_tells_of_unreadable_letters(old):
    output, error = reparse("--all", "--json")
    report = json.loads(output)
    assert (error.returncode, report["letters"], report["verdicts"]["unchanged"]) == (1, 4, 2)
    assert report["fields"]["worker.age"]["examples"] == [
        {"letter": CASE, "field": "worker.age", "item": None, "before": 99, "after": 51}
    ]
    assert reparse("--older-than", "--layout", "boxed")[1] is None


@pytest.mark.parametrize(
    ("conditions", "letters"),
    [
        (["--all"], 4),
        (["--quarantined"], 1),
        (["--older-than"], 3),
        (["--older-than", "1.0"], 0),
        (["--older-than", "1.1", "--quarantined"], 1),
        (["--layout", "notice"], 0),
        (["--with-diagnostic", "not-a-determination"], 1),
        (["--with-diagnostic", "unclaimed-text"], 0),
        ([CASE, OTHER], 2),
        ([CASE, "--older-than", "1.0"], 0),
    ],
)
def test_letters_are_chosen_by(conditions, letters, old):
    assert json.loads(reparse("--json", *conditions)[0])["letters"] == letters


def test_letters_are_chosen_by_what_the_parser_remarked(old):
    odd = printed_letter("CM15-0000009").replace(b": Upheld", b"")
    ingest([("odd.txt", odd)], publish=PublishHeld.CLEAN)
    code = SourceLetter.objects.get(name="odd.txt").diagnostics[0]["code"]
    assert json.loads(reparse("--json", "--with-diagnostic", code)[0])["letters"] == 1


def test_a_determination_is_named_by_its_number_too_and_a_quarantined_file_by_its_own(old):
    key = Determination.objects.get(case_number=CASE).pk
    assert json.loads(reparse("--json", key)[0])["letters"] == 1
    quarantined = SourceLetter.objects.get(state="quarantined").pk
    assert json.loads(reparse("--json", "--quarantined", quarantined)[0])["letters"] == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Say which letters to read again, or --all of them."),
        (["--all", "--quarantined"], "Say which letters to read again, or --all of them."),
        (["--quarantined", "--layout", "boxed"], "A quarantined file has no layout."),
        (["--older-than", "soon"], "'soon' is no parser version; one is such as 1.2."),
        (["CM15-9999999"], "There is no determination CM15-9999999."),
        (["--quarantined", "x"], "There is no quarantined file x."),
        (["--resume", "--all"], "A run knows which letters are its own; name none."),
        (["--resume"], "No run was interrupted."),
        (["--all", "--json-events"], "--json-events reports a run, and --plan starts none."),
        (["--all", "--processes", "-1"], "--processes must be 0 or more."),
    ],
)
def test_bad_usage_is_told_in_a_sentence(arguments, sentence):
    _, error = reparse(*arguments)
    assert (error.returncode, str(error)) == (2, sentence)


def test_what_is_applied_is_a_run_that_can_be_printed_and_undone(old):
    before = archive_now()
    _, error = reparse("--older-than", "--apply")
    run = IngestRun.objects.first()
    assert (error.returncode, run.counts) == (1, {"updated": 1, "unchanged": 1, "quarantined": 1})
    assert Determination.objects.get(case_number=CASE).worker_age == 51
    assert command("ingest_report", run.pk)[0].splitlines()[0] == (
        f"Run {run.pk}: finished, parser version {PARSER_VERSION}"
    )
    assert json.loads(reparse("--older-than", "--json")[0])["letters"] == 0
    assert command("undo", run.pk)[1] is None
    assert archive_now() == before


def test_an_undo_that_leaves_letters_alone_names_them_and_fails(old):
    reparse(CASE, OTHER, "--apply")
    run = IngestRun.objects.first()
    Determination.objects.filter(case_number=CASE).update(worker_age=40)
    output, error = command("undo", run.pk)
    assert (error.returncode, str(error)) == (1, "1 letters were left alone.")
    key = SourceLetter.objects.get(name="1.txt").pk
    assert f"letter/{key}/1.txt: Left alone: somebody has changed it since." in output
    assert "Left alone" in command("ingest_report", IngestRun.objects.first().pk)[0]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["999"], "There is no run 999."),
        (["999", "--forget"], "There is no run 999."),
        ([], "Name the run to undo, or --resume an undo."),
        (["999", "--resume"], "Name the run to undo, or --resume an undo."),
        (["--resume"], "No run was interrupted."),
    ],
)
def test_bad_usage_of_undo_is_told_in_a_sentence(arguments, sentence):
    _, error = command("undo", *arguments)
    assert (error.returncode, str(error)) == (2, sentence)


def test_a_run_that_changed_nothing_cannot_be_undone():
    run = run_start(arguments={}, started_by="tests")
    run.process = ""
    run.save()
    assert str(command("undo", run.pk)[1]) == f"Run {run.pk} changed nothing."


def test_what_was_applied_is_reported_field_by_field_as_it_was_planned(five):
    """Whether its letters went together or one by one."""
    made = planned(five)
    run, _ = reread(five)
    expected = {name: {"letters": each.letters, "values": each.values} for name, each in made.fields.items()}
    assert IngestRun.objects.get(pk=run.pk).changes == run.changes == expected
    printed = command("ingest_report", run.pk)[0].splitlines()
    assert f"items.position{1:>24}{2:>10}" in printed
    assert json.loads(command("ingest_report", run.pk, json=True)[0])["fields"] == expected


def test_a_letter_that_cannot_be_stored_is_not_among_the_changes():
    letters = {b"a": letter("One.", CASE), b"b": letter("Another.", OTHER)}
    ingest([("a.pdf", b"a"), ("b.pdf", b"b")], letters)
    run, results = reread(
        {
            b"a": letter("One.", CASE, items=[item(1, "Cane")]),
            b"b": letter("Another.", OTHER, items=[item(1), item(1, "the same place")]),
        }
    )
    assert statuses(results) == ["updated", "quarantined"]
    assert run.changes == {"items.description": {"letters": 1, "values": 1}}


def test_what_is_kept_of_a_run_can_be_let_go_of_after_which_it_cannot_be_undone(old):
    reparse(CASE, OTHER, "--apply")
    run = IngestRun.objects.first()
    now = archive_now()
    output, error = command("undo", run.pk, "--forget")
    assert error is None
    assert output.startswith(f"What run {run.pk} changed is forgotten (2 letters, 0.0 MB); ")
    assert not run.history.filter(before__isnull=False).exists()
    for again in ([], ["--forget"]):
        _, error = command("undo", run.pk, *again)
        assert error.returncode == 2
        assert str(error).startswith(f"What run {run.pk} changed was forgotten at 20")
    assert archive_now() == now


@pytest.fixture
def one_by_one(monkeypatch):
    for module in (triage, writer, undo):
        monkeypatch.setattr(module, "_BATCH", 1)


@pytest.fixture
def interrupted(monkeypatch, one_by_one):
    """Run a command, and interrupt it after its first letter."""
    count = runner.RunLog.count

    def interrupting(log, result):
        count(log, result)
        os.kill(os.getpid(), signal.SIGINT)

    def run(*arguments):
        with monkeypatch.context() as patch:
            patch.setattr(runner.RunLog, "count", interrupting)
            return command(*arguments)

    return run


def test_an_interrupted_run_and_its_undoing_say_how_to_go_on_and_do(old, interrupted):
    before = archive_now()
    _, error = interrupted("reparse", "--older-than", "--apply", "--processes", "0")
    run = IngestRun.objects.first()
    assert (error.returncode, run.total) == (130, 1)
    assert str(error).endswith(f"manage.py reparse --resume {run.pk} processes the rest.")
    _, error = command("ingest", "--resume", run.pk)
    assert (
        str(error) == f"Run {run.pk} was started by another command; resume it by manage.py reparse --resume {run.pk}."
    )
    reparse("--resume")
    assert IngestRun.objects.first().total == 3
    assert SourceLetter.objects.filter(parser_version="1.0").count() == 0
    _, error = interrupted("undo", run.pk)
    assert error.returncode == 130
    assert archive_now() != before
    assert command("undo", "--resume")[1] is None
    assert archive_now() == before
    assert IngestRunFile.objects.filter(run=IngestRun.objects.first()).count() == run.history.count()


def test_an_interrupted_plan_says_that_nothing_was_written(old, monkeypatch):
    add = Plan.add

    def interrupting(made, comparison):
        if not made.verdicts:
            os.kill(os.getpid(), signal.SIGINT)
        add(made, comparison)

    monkeypatch.setattr(Plan, "add", interrupting)
    _, error = reparse("--all")
    assert (error.returncode, str(error)) == (130, "Interrupted; nothing was written.")


def test_worker_processes_give_the_same_plan_as_none(old):
    alone = reparse("--all", "--json")[0]
    assert command("reparse", "--all", "--json", "--processes", 2)[0] == alone
