"""``manage.py ingest --watch``: files are read as they come into a folder, each once."""

import json
import os
import signal
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from devtools.testing.handmade import printed_letter
from imr_archive.ingest.pipeline import runner, triage, writer
from imr_archive.models import IngestRun


@pytest.fixture
def spool(tmp_path):
    place = tmp_path / "spool"
    place.mkdir()
    return place


def put(spool, name, content):
    """Let a file come into the folder, whole."""
    aside = spool.parent / name
    aside.write_bytes(content)
    aside.rename(spool / name)


def letters_in_a_zip(place, *case_numbers):
    with zipfile.ZipFile(place, "w") as archive:
        for number in case_numbers:
            archive.writestr(f"{number}.txt", printed_letter(number))
    return place.read_bytes()


def next_run(process):
    """The results of the files of the next run, by name."""
    became = {}
    assert json.loads(process.stdout.readline())["event"] == "started"
    while (event := json.loads(process.stdout.readline()))["event"] == "file":
        became[Path(event["file"]).name] = event["status"]
    assert event["event"] == "finished"
    return became


def test_files_are_read_as_they_come_until_ctrl_c(elsewhere, spool, tmp_path):
    put(spool, "1.txt", printed_letter("CM15-0000001"))
    put(spool, "notes.md", b"no letter")
    process = elsewhere.started("ingest", "--watch", spool, "--every=0.05", "--processes=1", "--json-events")
    assert next_run(process) == {"1.txt": "new", "notes.md": "quarantined"}
    put(spool, "2.zip", letters_in_a_zip(tmp_path / "made.zip", "CM15-0000002", "CM15-0000003"))
    assert next_run(process) == {"CM15-0000002.txt": "new", "CM15-0000003.txt": "new"}
    put(spool, "1.txt", printed_letter("CM15-0000001", "Acupuncture"))
    assert next_run(process) == {"1.txt": "updated"}
    process.send_signal(signal.SIGINT)
    output, said = process.communicate(timeout=60)
    assert (process.returncode, output, said) == (0, "", f"Watching {spool}; Ctrl-C ends it.\n")
    assert elsewhere.counts() == {"determinations": 3, "letters": 5, "files": 5}


def test_a_folder_that_vanishes_ends_it_in_a_sentence(elsewhere, spool):
    put(spool, "1.txt", printed_letter())
    process = elsewhere.started("ingest", "--watch", spool, "--every=0.05", "--processes=0", "--json-events")
    next_run(process)
    spool.rename(spool.parent / "elsewhere")
    _, said = process.communicate(timeout=60)
    sentence = f"CommandError: The folder '{spool}' cannot be watched: No such file or directory."
    assert (process.returncode, said.splitlines()[-1]) == (2, sentence)


@pytest.mark.django_db
def test_a_watched_run_that_was_interrupted_is_resumed_with_its_files_alone(spool, monkeypatch):
    for number in (1, 2, 3):
        (spool / f"{number}.txt").write_bytes(printed_letter(f"CM15-000000{number}"))
    (spool / "4.md").write_bytes(printed_letter("CM15-0000004"))
    add = runner.RunLog.count

    def interrupting(log, result):
        add(log, result)
        os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(runner.RunLog, "count", interrupting)
        patch.setattr(triage, "_BATCH", 1)
        patch.setattr(writer, "_BATCH", 1)
        with pytest.raises(CommandError, match="--resume") as error:
            call_command("ingest", watch=str(spool), every=0.01, processes=0)
    assert error.value.returncode == 130
    (spool / "5.txt").write_bytes(printed_letter("CM15-0000005"))
    with pytest.raises(CommandError, match="1 file was quarantined"):
        call_command("ingest", "--resume", processes=0)
    run = IngestRun.objects.get()
    assert (run.status, run.counts) == ("finished", {"new": 3, "quarantined": 1})


@pytest.mark.django_db(transaction=True)
def test_each_run_has_its_line_and_its_quarantined_files(spool, capsys, monkeypatch):
    (spool / "1.txt").write_bytes(printed_letter())
    (spool / "2.txt").write_bytes(b"no letter")
    save = runner.RunLog.end

    def ending(log, *arguments):
        save(log, *arguments)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(runner.RunLog, "end", ending)
    call_command("ingest", watch=str(spool), every=0.01, processes=0)
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"Run {IngestRun.objects.get().pk}: 2 files, new 1, quarantined 1"
    assert second.startswith(f"{spool / '2.txt'}: ")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"watch": "a", "paths": ["b"]}, "Name what to ingest, or --watch a folder, or --resume"),
        ({"watch": "a", "resume": 1}, "Name what to ingest, or --watch a folder, or --resume"),
        ({"watch": "a", "every": 0.0}, "--every must be more than 0"),
        ({"watch": "a", "every": float("nan")}, "--every must be more than 0"),
        ({"watch": "nowhere"}, "The folder 'nowhere' cannot be watched: No such file or directory"),
    ],
)
def test_what_cannot_be_watched_is_bad_usage(arguments, says):
    with pytest.raises(CommandError, match=says) as error:
        call_command("ingest", *arguments.pop("paths", []), **arguments)
    assert error.value.returncode == 2


@pytest.mark.django_db
def test_a_name_that_is_no_text_is_read_and_found_again_by_a_resume(spool):
    name = os.fsencode(spool) + b"/\xff.txt"
    Path(os.fsdecode(name)).write_bytes(printed_letter())
    call_command("ingest", os.fsdecode(name), processes=0)
    run = IngestRun.objects.get()
    assert run.arguments["paths"] == [{"bytes": name.hex()}]
    run.status = "cancelled"
    run.save()
    run.files.all().delete()
    call_command("ingest", "--resume", processes=0)
    assert list(run.files.values_list("name", "status")) == [(f"{spool}/\ufffd.txt", "unchanged")]
