"""Runs: interrupted, killed, failed and taken up again, with every file in exactly one state."""

import io
import json
import os
import signal
import sqlite3
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from devtools.testing.handmade import ingest, letter, printed_letter, source, stated, write_letters
from imr_archive.ingest.pipeline import bulk, runner, triage, writer
from imr_archive.ingest.runs.runs import RunFailed, run_resume, run_start
from imr_archive.models import Determination, IngestRun, IngestRunFile, SourceLetter
from imr_archive.parsing.results import LetterDates


def command(name, *arguments, **options):
    stdout, error = io.StringIO(), None
    try:
        call_command(name, *map(str, arguments), stdout=stdout, **options)
    except CommandError as raised:
        error = raised
    return stdout.getvalue(), error


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "letters"
    place.mkdir()
    for number in range(6):
        (place / f"{number}.txt").write_bytes(printed_letter(f"CM15-000000{number}"))
    (place / "notes.json").write_bytes(b"{}")
    return place


class TotalsAddUp(TestCase):
    """However files are mixed, each ends in one state, and a resumed run ends as an uninterrupted one."""

    @settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(st.sampled_from([b"", b"no letter", b"\x89PNG", *(b"%d" % n for n in range(4))]), max_size=12),
        st.integers(0, 12),
    )
    def test_every_file_of_a_random_mix_ends_in_exactly_one_state(self, contents, stop_after):
        def parse(content):
            if content.isdigit():
                return letter(f"Text {content!r}", case_number=f"CM15-000000{int(content) % 2}")
            return runner.parse_received(content)

        sources = [source(f"{number}.txt", content) for number, content in enumerate(contents)]
        asked = 0

        def stopped():
            nonlocal asked
            asked += 1
            return asked > stop_after

        run = run_start(arguments={}, started_by="tests")
        first = list(runner.ingest_sources(sources, run=run, processes=0, parse=parse, stopped=stopped))
        rest = []
        if run.status == "cancelled":
            run = run_resume(run.pk)
            rest = list(runner.ingest_sources(sources, run=run, processes=0, parse=parse))
        assert [each.file for each in (*first, *rest)] == [each.label for each in sources]
        assert sum(run.count_files()[0].values()) == run.total == len(contents)
        assert run.count_files() == (run.counts, run.errors)
        assert run.status == "finished"
        assert Determination.objects.count() == SourceLetter.objects.filter(state="current").count()


@pytest.mark.django_db
def test_an_interrupted_run_says_how_to_go_on_and_does(folder, monkeypatch):
    add = runner.RunLog.count

    def interrupting(log, result):
        add(log, result)
        os.kill(os.getpid(), signal.SIGINT)

    for module in (triage, writer):
        monkeypatch.setattr(module, "_BATCH", 1)
    with monkeypatch.context() as patch:
        patch.setattr(runner.RunLog, "count", interrupting)
        _, error = command("ingest", folder, processes=0)
    run = IngestRun.objects.get()
    assert (error.returncode, run.status) == (130, "cancelled")
    assert str(error).endswith(f"manage.py ingest --resume {run.pk} processes the rest.")
    assert 0 < Determination.objects.count() < 6
    output, error = command("ingest", "--resume", processes=0, json=True)
    report = json.loads(output)
    assert (report["run"], report["status"], report["total"], report["counts"]["new"]) == (run.pk, "finished", 7, 6)
    assert error.returncode == 1
    _, error = command("ingest", "--resume", run.pk)
    assert (error.returncode, str(error)) == (2, f"Run {run.pk} is finished; there is nothing left to do.")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "how"),
    [
        ({"reparse": {}}, "manage.py reparse --resume {} processes the rest."),
        ({"paths": []}, "manage.py ingest --resume {} processes the rest."),
        ({"upload": []}, "its page in the administration resumes it."),
    ],
)
def test_a_run_whose_process_is_gone_is_told_as_interrupted(arguments, how):
    run = run_start(arguments=arguments, started_by="tests")
    assert command("ingest_report", run.pk)[0].startswith(f"Run {run.pk}: running, ")
    IngestRun.objects.update(process="elsewhere:1:1")
    assert json.loads(command("ingest_report", run.pk, json=True)[0])["status"] == "running"
    IngestRun.objects.update(process=f"{run.process}0")  # of that number, but begun at another time
    printed = command("ingest_report", run.pk)[0]
    assert printed.startswith(f"Run {run.pk}: interrupted, ")
    assert f"Its process is gone; {how.format(run.pk)}" in printed.splitlines()
    assert "  interrupted  " in command("ingest_report")[0]
    assert json.loads(command("ingest_report", run.pk, json=True)[0])["status"] == "interrupted"


@pytest.mark.django_db
def test_a_failing_database_ends_the_run_in_a_sentence_and_a_resume_repairs_it(folder, monkeypatch):
    def full(*_, **__):
        cause = sqlite3.OperationalError()
        cause.sqlite_errorname = "SQLITE_FULL"
        raise OperationalError from cause

    with monkeypatch.context() as patch:
        patch.setattr(bulk, "letters_add", full)
        _, error = command("ingest", folder, processes=0)
    run = IngestRun.objects.get()
    assert (error.returncode, run.status) == (3, "failed")
    assert str(error).startswith("The disk that holds the database is full. The results of 0 files are stored;")
    command("ingest", "--resume", run.pk, processes=0)
    assert Determination.objects.count() == 6


@pytest.mark.django_db
def test_a_name_that_another_process_wrote_first_ends_the_run_in_a_sentence():
    run = run_start(arguments={}, started_by="tests")
    results = runner.ingest_sources([source("a.txt", b"a")], run=run, processes=0, parse=lambda _: stealing(run))
    with pytest.raises(RunFailed, match="Another process works on the same run"):
        list(results)


def stealing(run):
    IngestRunFile.objects.create(run=run, name="a.txt", status="new", reason="Elsewhere.")
    return letter()


@pytest.mark.django_db
def test_an_older_letter_of_a_case_that_comes_late_is_superseded_at_once():
    newer = letter("A", "CM15-0000001", dates=LetterDates(decision=stated(date(2015, 5, 1))))
    older = letter("B", "CM15-0000001", dates=LetterDates(decision=stated(date(2015, 4, 1))))
    results = ingest([("new.txt", b"a"), ("old.txt", b"b")], {b"a": newer, b"b": older})
    assert [result.status for result in results] == ["new", "superseded"]
    assert Determination.objects.get().decision_date == date(2015, 5, 1)
    assert dict(SourceLetter.objects.values_list("name", "state")) == {"new.txt": "current", "old.txt": "superseded"}


@pytest.mark.django_db
def test_quarantined_files_are_listed_written_out_read_again_and_thrown_away(folder, tmp_path):
    (folder / "shopping.txt").write_text("bread")
    (folder / "other.md").write_bytes(printed_letter("CM15-0000009"))
    command("ingest", folder, processes=0)
    listed = [json.loads(line) for line in command("quarantine", "list", json=True)[0].splitlines()]
    assert {each["name"]: each["code"] for each in listed} == {
        "notes.json": "source-refused",
        "other.md": "source-refused",
        "shopping.txt": "not-a-determination",
    }
    command("quarantine", "export", to=tmp_path / "out", code="not-a-determination")
    assert [path.read_text() for path in (tmp_path / "out").iterdir()] == ["bread"]
    _, error = command("quarantine", "retry", code="source-refused", processes=0)
    assert error.returncode == 1
    assert Determination.objects.filter(case_number="CM15-0000009").exists()
    assert command("quarantine", "drop")[1].returncode == 2
    assert command("quarantine", "drop", all=True)[0] == "2 dropped.\n"
    assert not SourceLetter.objects.filter(state="quarantined").exists()
    assert IngestRunFile.objects.filter(status="quarantined", letter=None).exists()


@pytest.mark.django_db
def test_any_run_can_be_printed_later(folder):
    command("ingest", folder, processes=0)
    run = IngestRun.objects.get()
    assert "1 times: The file is not accepted (source-refused)" in command("ingest_report", run.pk)[0]
    assert json.loads(command("ingest_report", run.pk, json=True)[0])["total"] == 7
    assert "7 files, 1 quarantined" in command("ingest_report")[0]
    assert command("ingest_report", 0)[1].returncode == 2


@pytest.mark.django_db
def test_the_back_office_shows_runs_and_their_files(admin_client, folder):
    command("ingest", folder, processes=0)
    run = IngestRun.objects.get()
    for address in ("ingestrun/", f"ingestrun/{run.pk}/change/", f"ingestrunfile/?run__id__exact={run.pk}"):
        assert admin_client.get(f"/admin/imr_archive/{address}").status_code == 200
    assert "notes.json" in admin_client.get(f"/admin/imr_archive/ingestrunfile/?run__id__exact={run.pk}").text


@pytest.mark.django_db
def test_an_upload_that_was_interrupted_is_resumed_on_its_page():
    run = run_start(arguments={"upload": ["a.txt"]}, started_by="somebody")
    assert str(command("ingest", "--resume", run.pk)[1]) == (
        f"Run {run.pk} was an upload; resume it on its page in the administration."
    )
    assert str(command("ingest", "--resume")[1]) == "No run was interrupted."


@pytest.mark.django_db
def test_what_a_run_has_read_is_looked_up_by_its_bytes_however_many_files_it_has():
    """SQLite, asked for an order as well, would read every file of the run for each batch."""
    log = runner.RunLog(run_start(arguments={}, started_by="test"))
    plan = triage._files_before(log, ["0" * 64, "1" * 64]).explain()
    assert "(run_id=? AND sha256=?)" in plan if connection.vendor == "sqlite" else "Sort" not in plan


# -- Beside others ----------------------------------------------------------------------------------------------------


def test_eight_readers_beside_an_ingest_get_every_page(elsewhere, tmp_path):
    many, stop = write_letters(tmp_path / "many", 2000), tmp_path / "stop"
    readers = elsewhere.started_module("devtools.testing.readers", stop)
    try:
        _, output, said = elsewhere.ended("ingest", "--processes=2", many, "--json")
    finally:
        stop.touch()
    seen = json.loads(readers.communicate(timeout=60)[0])
    assert json.loads(output)["counts"]["new"] == 2000, said
    assert seen["said"] == []
    assert set(seen["statuses"]) == {"200"}
    assert seen["statuses"]["200"] > 8
