"""``manage.py parse``: letters as JSON lines, without a database."""

import io
import json
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from devtools.testing.handmade import printed_letter
from devtools.testing.letters import boxed_letter
from tests.architecture.source import ROOT

NOT_A_LETTER = b"Dear Sir or Madam,\n\nthank you for the flowers.\n"


@pytest.fixture
def files(tmp_path):
    contents = {"letter.txt": printed_letter(), "flowers.txt": NOT_A_LETTER, "empty.pdf": b""}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: str(tmp_path / name) for name in (*contents, "nowhere.pdf")}


def run(*paths):
    """Run the command; return its lines as objects, and the exit status."""
    stdout, status = io.StringIO(), 0
    try:
        call_command("parse", *paths, stdout=stdout, stderr=io.StringIO())
    except CommandError as error:
        status = error.returncode
    return [json.loads(line) for line in stdout.getvalue().splitlines()], status


def test_a_letter_is_one_line_of_the_schema(files):
    [line], status = run(files["letter.txt"])
    assert status == 0
    assert (line["schema"], line["file"], line["layout"]) == ("imr-parse/1", files["letter.txt"], "boxed")
    assert (line["case_number"], line["items"][0]["outcome"]) == ("CM15-0000001", "upheld")


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        (["flowers.txt"], 1),
        (["empty.pdf"], 2),
        (["nowhere.pdf"], 2),
        (["nowhere.pdf", "flowers.txt"], 2),
    ],
)
def test_other_files_are_still_printed_and_the_worst_decides_the_status(files, others, expected):
    lines, status = run(*(files[name] for name in others), files["letter.txt"])
    assert status == expected
    assert [line["layout"] for line in lines] == [None] * len(others) + ["boxed"]


def test_a_file_that_is_no_determination_says_so_and_is_otherwise_absent(files):
    [line], _ = run(files["flowers.txt"])
    assert (line["layout"], line["items"]) == (None, [])
    assert [warning["code"] for warning in line["warnings"]] == ["not-a-determination"]
    assert len(line["sha256"]) == 64


def test_a_file_that_is_not_there_has_no_hash_and_a_sentence(files):
    [line], _ = run(files["nowhere.pdf"])
    assert line["sha256"] is None
    assert line["warnings"][0]["message"] == "The file cannot be opened: No such file or directory."


def test_a_folder_is_no_file(tmp_path):
    [line], status = run(str(tmp_path))
    assert (status, line["warnings"][0]["code"]) == (2, "source-unreadable")


def test_a_fault_of_the_parser_costs_only_its_file(files, monkeypatch):
    def faulty(content):
        raise ZeroDivisionError

    monkeypatch.setattr("imr_archive.ingest.pipeline.worker.parse_letters", faulty)
    [line], status = run(files["letter.txt"])
    assert (status, line["warnings"][0]["code"]) == (2, "parser-failed")


def test_the_command_needs_no_database(files):
    done = subprocess.run(
        [sys.executable, "manage.py", "parse", files["letter.txt"], files["flowers.txt"]],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:9/nowhere"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert [json.loads(line)["layout"] for line in done.stdout.splitlines()] == ["boxed", None]
    assert files["flowers.txt"] in done.stderr
    assert "Traceback" not in done.stderr


def test_each_letter_of_a_file_has_a_line(tmp_path):
    file = tmp_path / "two.txt"
    file.write_text("\f".join([boxed_letter(case_number="CM16-0000001"), boxed_letter(case_number="CM16-0000002")]))
    lines, status = run(str(file))
    assert ([line["case_number"] for line in lines], status) == (["CM16-0000001", "CM16-0000002"], 0)
