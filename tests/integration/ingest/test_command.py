"""``manage.py ingest``: from the command line to the rows and back to the report."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from reportlab.pdfgen.canvas import Canvas

from devtools.testing.handmade import all_rows, printed_letter
from imr_archive.ingest.pipeline import writer
from imr_archive.ingest.pipeline.runner import default_processes
from imr_archive.management.progress import Progress
from imr_archive.models import Determination, SourceLetter

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "letters").mkdir()
    for number in (1, 2, 3):
        (tmp_path / f"letters/{number}.txt").write_bytes(printed_letter(f"CM15-000000{number}"))
    return tmp_path / "letters"


def pdf(draw, **options):
    """The bytes of a PDF of one page."""
    stream = io.BytesIO()
    page = Canvas(stream, **options)
    draw(page)
    page.save()
    return stream.getvalue()


def run(*arguments, **options):
    """Run the command; return its standard output, and the error it ended with, if any."""
    stdout, error = io.StringIO(), None
    try:
        call_command("ingest", *map(str, arguments), stdout=stdout, **({"processes": 0} | options))
    except CommandError as raised:
        error = raised
    return stdout.getvalue(), error


def counts(output):
    return {
        label: int(count) for label, count in (line.rsplit(None, 1) for line in output.split("\n\n")[0].splitlines())
    }


def test_a_folder_of_letters_becomes_determinations(folder):
    output, error = run(folder)
    assert error is None
    assert {label: number for label, number in counts(output).items() if number} == {"New": 3, "Files": 3}
    assert list(Determination.objects.order_by("case_number").values_list("case_number", flat=True)) == [
        "CM15-0000001",
        "CM15-0000002",
        "CM15-0000003",
    ]


def test_worker_processes_give_the_same_rows_as_none(folder):
    output, error = run(folder, processes=2)
    assert (error, counts(output)["New"]) == (None, 3)
    assert Determination.objects.filter(items__treatments__slug="pharmaceuticals/opioid/tramadol").count() == 3
    before = all_rows()
    output, error = run(folder)
    assert counts(output)["Unchanged"] == 3
    assert all_rows() == before


def test_files_that_are_no_letters_are_named_with_the_reason_and_stop_nothing(folder):
    (folder / "0-empty.pdf").write_bytes(b"")
    (folder / "0-foreign.png").write_bytes(PNG)
    (folder / "0-damaged.pdf").write_bytes(b"%PDF-1.7 and no more")
    (folder / "0-flowers.txt").write_bytes(b"Dear Sir or Madam,\n\nthank you for the flowers.\n")
    output, error = run(folder)
    assert (error.returncode, str(error)) == (1, "3 files were quarantined.")
    assert (counts(output)["New"], counts(output)["Quarantined"], counts(output)["Passed over"]) == (3, 3, 1)
    sentences = dict(line.split(": ", 1) for part in output.split("\n\n")[1:] for line in part.splitlines())
    assert sentences[str(folder / "0-empty.pdf")] == "The file is empty."
    assert sentences[str(folder / "0-damaged.pdf")] == "The file is a damaged or truncated PDF."
    assert sentences[str(folder / "0-foreign.png")].startswith("Not a letter but an image (PNG) of 48 bytes")
    assert sentences[str(folder / "0-flowers.txt")].endswith(".")
    assert SourceLetter.objects.filter(state="quarantined").exclude(reason="").count() == 3


def test_scans_and_locked_files_are_named_with_the_reason(tmp_path):
    (tmp_path / "1-scan.pdf").write_bytes(pdf(lambda page: page.rect(10, 10, 100, 100)))
    (tmp_path / "2-locked.pdf").write_bytes(pdf(lambda page: page.drawString(10, 10, "Text"), encrypt="secret"))
    output, _ = run(tmp_path)
    assert [line.split(": ", 1)[1] for line in output.split("\n\n")[1].splitlines()] == [
        "The file is a PDF without text, probably a scan.",
        "The file is a PDF protected by a password.",
    ]


@pytest.mark.parametrize(
    "content",
    [
        printed_letter().replace(b"made-up", b"made\x00up \x07"),
        printed_letter().decode().replace("made-up", "made–up ®").encode("utf-16"),
        printed_letter().decode().replace("made-up", "made–up °").encode("cp1252"),
        printed_letter().replace(b"\n", b"\r\n").replace(b"CLINICAL", b"\x0cCLINICAL"),
        printed_letter() + "\U0001f600\ud800".encode(errors="surrogatepass"),
    ],
    ids=["control characters", "UTF-16", "Windows-1252", "CRLF", "lone surrogate"],
)
def test_characters_of_all_kinds_are_stored(tmp_path, content):
    (tmp_path / "letter.txt").write_bytes(content)
    output, error = run(tmp_path)
    assert (error, counts(output)["New"]) == (None, 1)
    assert Determination.objects.get().case_number == "CM15-0000001"
    assert SourceLetter.objects.get().kind == "text"


def test_one_quarantined_file_is_told_in_the_singular(tmp_path):
    (tmp_path / "empty.pdf").write_bytes(b"")
    _, error = run(tmp_path)
    assert str(error) == "1 file was quarantined."


def test_the_report_for_machines_is_one_json_object(folder):
    (folder / "empty.pdf").write_bytes(b"")
    output, error = run(folder, json=True)
    report = json.loads(output)
    assert error.returncode == 1
    assert {status: count for status, count in report["counts"].items() if count} == {"new": 3, "quarantined": 1}
    assert (report["total"], report["status"], report["errors"]) == (4, "finished", {"source-unreadable": 1})
    assert report["files"][0]["determination"] == "CM15-0000001"
    assert report["files"][-1]["reason"] == "The file is empty."


def test_a_list_of_paths_comes_on_standard_input(folder, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{folder / '1.txt'}\n\n{folder / '2.txt'}\n"))
    output, error = run("-")
    assert (error, counts(output)["New"]) == (None, 2)


def test_an_empty_folder_is_all_well(tmp_path):
    output, error = run(tmp_path)
    assert (error, counts(output)["Files"]) == (None, 0)


def test_a_path_that_is_not_there_is_bad_usage_and_nothing_is_ingested(folder):
    output, error = run(folder, folder / "nowhere")
    assert error.returncode == 2
    assert str(error) == f"There is no file or folder '{folder / 'nowhere'}'."
    assert (output, Determination.objects.count()) == ("", 0)


def test_a_negative_number_of_processes_is_bad_usage(folder):
    _, error = run(folder, processes=-1)
    assert (error.returncode, str(error)) == (2, "--processes must be 0 or more.")


def test_as_many_letters_are_parsed_at_a_time_as_there_are_processors():
    assert default_processes() >= 1


@pytest.mark.django_db(transaction=True)
def test_a_letter_is_committed_before_its_result_is_told(folder, monkeypatch):
    add = Progress.add
    seen = []

    def watched(progress, result):
        assert not connection.in_atomic_block
        seen.append(Determination.objects.count())
        add(progress, result)

    monkeypatch.setattr(Progress, "add", watched)
    monkeypatch.setattr(writer, "_BATCH", 2)
    run(folder)
    assert seen == [2, 2, 3]
