"""Runs that meet a fault in mid-run, for real: a clear sentence, and a resumption after which nothing tells of it."""

import re
import sqlite3

import pytest
from django.conf import settings
from django.db import OperationalError
from psycopg import errors
from psycopg_pool import PoolTimeout

from devtools.testing.faults.archives import ArchiveProcess, NoDisk, new_archives
from devtools.testing.faults.runs import LETTERS, faults_of, rereading_of, story_of, undisturbed
from devtools.testing.handmade import write_letters
from devtools.testing.postgresql import NoServer
from imr_archive.database_errors import database_failure

pytestmark = pytest.mark.django_db
DATABASE = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2].removesuffix("3")


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    try:
        with new_archives(DATABASE, tmp_path_factory.mktemp("archives")) as found:
            yield found
    except NoServer:
        pytest.skip("a server that may be stopped needs PostgreSQL's programs on this machine")


@pytest.fixture(scope="module")
def letters(tmp_path_factory):
    return write_letters(tmp_path_factory.mktemp("letters"), LETTERS)


@pytest.fixture(scope="module")
def expected(archives, letters):
    return undisturbed(archives, letters)


@pytest.mark.parametrize("fault", faults_of(DATABASE), ids=lambda fault: fault.name)
def test_a_run_says_what_happened_and_a_resume_leaves_the_rows_of_an_undisturbed_run(
    fault, archives, letters, expected
):
    try:
        story = story_of(fault, archives, letters)
    except NoDisk:
        pytest.skip("a small disk needs an account that may mount one")
    assert (story.status, "Traceback" in story.said) == (fault.status, False), story.said
    assert re.search(fault.says, (story.said.splitlines() or [""])[-1] if fault.says else "")
    assert 0 < story.before["determinations"] == story.before["letters"] == story.before["files"]
    assert story.before["files"] < LETTERS or fault.status == 0
    assert story.told <= story.before["files"]
    assert story.resumed_status == (0 if fault.status else 2), story.resumed_said
    assert story.rows == expected
    (run,) = story.rows["runs"]
    assert (run["status"], sum(run["counts"].values())) == ("finished", story.after["files"])
    assert story.after["files"] == LETTERS
    assert story.rows["findings"] == []


def test_a_rereading_that_is_killed_goes_on_and_leaves_every_row_as_before_when_it_is_undone(archives, letters):
    story = rereading_of(archives, letters)
    heading, _, asked_for, *_ = report = story.report.splitlines()
    assert (heading.split(",")[0], "reparse" in asked_for) == ("Run 2: interrupted", True)
    assert "Its process is gone; manage.py reparse --resume 2 processes the rest." in report
    told = {line.split()[0]: line.split()[1:] for line in report if line.startswith(("Updated", "worker.age"))}
    assert 0 < int(told["Updated"][0].replace(",", "")) < LETTERS
    assert told["worker.age"] == told["Updated"] * 2
    assert [status for status, _, _ in story.ended] == [0, 0], story.ended
    assert f"worker.age{LETTERS:>28,}{LETTERS:>10,}" in story.ended[0][1]
    assert story.applied["runs"][1] == {"status": "finished", "counts": {"updated": LETTERS}}
    assert story.applied["sha256 but for files"] != story.before["sha256 but for files"]
    assert story.after["sha256 but for files"] == story.before["sha256 but for files"]
    assert story.applied["findings"] == story.after["findings"] == []


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite:///{}/nowhere/archive.sqlite3", "The database's file cannot be opened."),
        ("sqlite:///{}/empty.sqlite3", "The database lacks tables of this version; manage.py migrate makes them."),
    ],
)
def test_a_database_that_cannot_be_asked_is_told_before_anything_is_read(tmp_path, url, says):
    status, _, said = ArchiveProcess(url.format(tmp_path)).ended("ingest", tmp_path)
    assert (status, said) == (3, f"CommandError: {says}")


@pytest.mark.parametrize(
    ("cause", "says"),
    [
        (PoolTimeout(), "The connection to the database was lost."),
        (errors.AdminShutdown(), "The connection to the database was lost."),
        (errors.UndefinedTable(), "The database lacks tables of this version; manage.py migrate makes them."),
        (errors.OutOfMemory(), "The database server has run out of memory or connections."),
        (errors.ReadOnlySqlTransaction(), "The database cannot be written to."),
        (errors.InternalError_(), "The database failed (XX000)."),
        (sqlite3.OperationalError(), "The connection to the database was lost."),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else "",
)
def test_each_kind_of_failure_has_its_sentence(cause, says):
    error = OperationalError()
    error.__cause__ = cause
    assert database_failure(error) == says
    lost = "The connection to the database was lost."
    assert database_failure(error, was_connected=False) == ("The database cannot be reached." if says == lost else says)


def test_a_server_that_cannot_be_reached_is_told_before_a_run_begins(tmp_path):
    url = "postgres://nobody@127.0.0.1:1/nothing?connect_timeout=1"
    status, _, said = ArchiveProcess(url).ended("ingest", tmp_path)
    assert (status, said) == (3, "CommandError: The database cannot be reached.")
