"""Exported, restored, exported again: the same bytes, on either database and across both; and nothing by halves."""

import io
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, models

from devtools.testing.archive import items_matching
from devtools.testing.handmade import full_letter, ingest, item, letter, printed_letter, reread, stated
from devtools.testing.postgresql import NoServer, postgresql_url
from imr_archive.backup.bag import BagWriter, read_bag
from imr_archive.backup.check import check_archive
from imr_archive.backup.export import CannotExport, archive_export
from imr_archive.backup.restore import CannotRestore, archive_restore
from imr_archive.backup.sections import SECTIONS
from imr_archive.history.correcting import corrections_make
from imr_archive.history.reviews import review_accept
from imr_archive.history.withdrawals import determination_withdraw
from imr_archive.ingest.runs.quarantine import letters_drop, quarantined_letters
from imr_archive.letters.canonical import canonical_sync
from imr_archive.letters.tables import Table
from imr_archive.models import Determination, DisputedItem, IngestRun, SourceLetter, Treatment
from imr_archive.models.facet_index import FacetIndex, FacetIndexPart, IndexChange
from imr_archive.models.login_event import LoginEvent
from imr_archive.models.upload_preview import PreviewedLetter, PreviewFile, UploadPreview
from imr_archive.search.query.parser import parse_query
from imr_archive.vocabulary import PublishHeld, WithdrawalScope

ROOT = Path(__file__).resolve().parents[3]

AWKWARD = "10 \u00b5g, \u201cquoted\u201d, a \u2028 line, a\ttab, \U0001f4a1 and C:\\path"

pytestmark = pytest.mark.django_db(transaction=True, reset_sequences=True)


@pytest.fixture
def archive(tmp_path):
    """The file of an archive with something in every table, and with what is awkward to write down."""
    parsed = {
        b"first": full_letter(),
        b"again": full_letter(),
        b"amended": letter("Amended.", case_number="CM15-0000001", clinical_summary=stated(AWKWARD)),
        b"nameless": letter("Without a number."),
    }
    ingest([(f"{name.decode()}.pdf", name) for name in parsed], parsed, publish=PublishHeld.ALL)
    ingest([("real.txt", printed_letter("CM15-0000009")), ("no letter", b"A list."), ("\u00e9.bin", b"\0\xff")])
    ingest([("dropped.csv", b"Another list.")])
    ingest([("withdrawn.txt", printed_letter("CM15-0000008"))])
    reasons = {"reason": "A made-up request.", "public_reason": "At the request of the person concerned."}
    determination_withdraw(reference="CM15-0000008", scope=WithdrawalScope.HIDE, withdrawn_by="somebody", **reasons)
    letters_drop(quarantined_letters(keys=[SourceLetter.objects.get(name="dropped.csv").pk]))
    better = {b"nameless": letter("Without a number.", items=[item(description=AWKWARD)], parser_version="99.0")}
    reread(better, letters=[SourceLetter.objects.get(name="nameless.pdf").pk])
    case = Determination.objects.get(case_number="CM15-0000001").pk
    corrections_make(determination=case, values=[(1, "rationale", AWKWARD)], reason=AWKWARD, made_by="somebody")
    corrections_make(determination=case, values=[(None, "worker_age", 50)], reason="A slip.", made_by="somebody")
    review_accept(case, reviewed_by="somebody")
    return exported(tmp_path / "first.tar")


@pytest.fixture
def emptied(archive):
    """The same file; the database is as after ``migrate``."""
    empty_the_archive()
    return archive


def exported(path):
    archive_export(path)
    return path


def empty_the_archive():
    call_command("flush", interactive=False, verbosity=0)


def rows():
    return {section.name: section.model._base_manager.count() for section in SECTIONS}


def command(name, *arguments, **options):
    stdout = io.StringIO()
    try:
        call_command(name, *map(str, arguments), stdout=stdout, stderr=io.StringIO(), **options)
    except CommandError as error:
        return error.returncode, str(error)
    return 0, stdout.getvalue()


# -- What the file holds ----------------------------------------------------------------------------------------------


def test_every_table_of_the_archive_has_a_section():
    """A new model gets its row in SECTIONS, or stands here: it can be rebuilt, or is about accounts or expires."""
    left_out = {FacetIndex, FacetIndexPart, IndexChange, LoginEvent, PreviewFile, PreviewedLetter, UploadPreview}
    kept = {section.model for section in SECTIONS}
    assert set(apps.get_app_config("imr_archive").get_models()) - kept == left_out


def test_a_section_stands_below_those_that_it_refers_to():
    seen = set()
    for section in SECTIONS:
        seen.add(section.model)
        assert {column.related_model for column in section.columns if column.related_model} <= seen, section.name


def test_no_column_is_of_a_kind_that_cannot_be_written():
    unwritten = (models.FileField, models.DecimalField, models.DurationField, models.TimeField)
    assert [each for section in SECTIONS for each in section.columns if isinstance(each, unwritten)] == []


def test_the_letters_lie_in_the_file_as_they_were_received(archive):
    with archive.open("rb") as stream:
        contents = [content for name, content in read_bag(stream) if name.startswith("originals/")]
    letters = SourceLetter.objects.order_by("pk")
    assert contents == [bytes(each.content) for each in letters]
    assert {each.state for each in letters} == {"current", "duplicate", "superseded", "quarantined", "withdrawn"}


# -- There and back ---------------------------------------------------------------------------------------------------


def test_the_same_archive_gives_the_same_bytes(archive, tmp_path):
    assert exported(tmp_path / "second.tar").read_bytes() == archive.read_bytes()


def test_what_was_restored_gives_the_same_bytes(archive, tmp_path):
    before = rows()
    assert 0 not in before.values()
    empty_the_archive()
    archive_restore(archive)
    assert rows() == before
    assert exported(tmp_path / "second.tar").read_bytes() == archive.read_bytes()


def test_the_way_over_the_other_database_and_back_changes_no_byte(emptied, tmp_path):
    there, back = tmp_path / "there.tar", tmp_path / "back.tar"
    with other_database(tmp_path) as address:
        for arguments in (["migrate"], ["restore_archive", emptied], ["export_archive", there], ["check_archive"]):
            subprocess.run(
                [sys.executable, "manage.py", *map(str, arguments), "--verbosity=0"],
                cwd=ROOT,
                env={**os.environ, "DATABASE_URL": address},
                check=True,
            )
    assert there.read_bytes() == emptied.read_bytes()
    archive_restore(there)
    assert exported(back).read_bytes() == emptied.read_bytes()


@contextmanager
def other_database(tmp_path):
    """The address of an empty database of the kind that this run of the tests does not use."""
    if connection.vendor == "postgresql":
        yield f"sqlite:///{tmp_path / 'other.sqlite3'}"
        return
    try:
        with postgresql_url() as server:
            name = f"imr_round_trip_{os.getpid()}"
            with psycopg.connect(server, autocommit=True) as session:
                session.execute(f"CREATE DATABASE {name}")
                try:
                    yield urlsplit(server)._replace(path=f"/{name}").geturl()
                finally:
                    session.execute(f"DROP DATABASE {name} WITH (FORCE)")
    except NoServer:
        pytest.skip("there is no PostgreSQL server on this machine to take the archive to")


def test_a_restored_archive_is_sound_searchable_and_takes_new_letters(emptied):
    archive_restore(emptied)
    assert list(check_archive()) == []
    assert items_matching(parse_query("tramadol")).exists()
    runs, letters = (model.objects.order_by("pk").last().pk for model in (IngestRun, SourceLetter))
    assert [each.status for each in ingest([("more.txt", printed_letter("CM15-0000010"))])] == ["new"]
    assert IngestRun.objects.order_by("pk").last().pk > runs
    assert SourceLetter.objects.order_by("pk").last().pk > letters


def test_canonical_rows_that_an_empty_archive_has_already_are_replaced(emptied, tmp_path):
    canonical_sync()
    Treatment.objects.create(slug="of-another-version", name="Not in the file", level=1, category="of-another-version")
    archive_restore(emptied)
    assert exported(tmp_path / "second.tar").read_bytes() == emptied.read_bytes()


# -- What is refused --------------------------------------------------------------------------------------------------


def changed(archive, change):
    """The file with its members changed by a function of name and content (None: left out), under a true manifest."""
    path = archive.with_name("changed.tar")
    with archive.open("rb") as source, path.open("wb") as target:
        bag = BagWriter(target)
        for name, content in read_bag(source):
            if (new := change(name, content)) is not None:
                bag.add(name, new)
        bag.close()
    return path


def replaced(member, old, new):
    return lambda name, content: content.replace(old, new) if name == member else content


def without(member):
    return lambda name, content: None if name == member else content


FORGERIES = {
    "another version of the format": (replaced("format.json", b"2\n", b"3\n"), "version 3"),
    "no word on its format": (without("format.json"), "no archive that export_archive wrote"),
    "a column of a newer version": (
        replaced("runs/000001.ndjson", b'"seconds"', b'"colour":1,"seconds"'),
        "newer version: runs have colour",
    ),
    "lines that are no JSON": (replaced("runs/000001.ndjson", b"{", b"["), "A line of runs"),
    "an invalid date": (replaced("determinations/000001.ndjson", b"2015-04-01", b"soon"), "line of determinations"),
    "a slug that it does not have": (
        replaced("citations/000001.ndjson", b'"guideline":"', b'"guideline":"x'),
        "line of",
    ),
    "fewer rows than it says": (without("mentions/000001.ndjson"), "not hold as many rows"),
    "no count of its rows": (without("counts.json"), "not hold as many rows"),
    "a letter without its bytes": (without("originals/1.txt"), "bytes of a letter are missing"),
    "rows that refer to none": (replaced("run-files/000001.ndjson", b'"letter":1,', b'"letter":99,'), "contradict"),
    "two rows of one key": (replaced("runs/000001.ndjson", b'"id":2,', b'"id":1,'), "contradict"),
    "a number beyond all measure": (replaced("runs/000001.ndjson", b'"id":2,', b'"id":%d,' % 10**30), "cannot hold"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_file_is_refused_that_has(forgery, emptied):
    change, sentence = FORGERIES[forgery]
    forged = changed(emptied, change)
    assert forged.read_bytes() != emptied.read_bytes()
    status, said = command("restore_archive", forged)
    assert (status, sentence in said) == (2, True), said
    assert said.endswith("Nothing was restored.")
    assert set(rows().values()) == {0}


def test_a_section_of_a_newer_version_is_refused(emptied):
    path = emptied.with_name("newer.tar")
    with emptied.open("rb") as source, path.open("wb") as target:
        bag = BagWriter(target)
        for name, content in read_bag(source):
            bag.add(name, content)
            if name == "format.json":
                bag.add("verdicts/000001.ndjson", b"{}\n")
        bag.close()
    assert command("restore_archive", path) == (
        2,
        "The file is of a newer version: this one knows no verdicts. Nothing was restored.",
    )


def test_a_file_that_an_older_version_wrote_without_a_column_is_taken(emptied):
    change = replaced("items/000001.ndjson", b'"doubts":["guideline-mismatch"],', b"")
    archive_restore(changed(emptied, lambda name, content: change(name, content).replace(b'"doubts":[],', b"")))
    assert {tuple(item.doubts) for item in DisputedItem.objects.all()} == {()}


@pytest.mark.parametrize("share", [0, 0.3, 0.9, 0.999])
def test_a_file_that_was_cut_short_is_refused_before_anything_is_written(share, emptied, monkeypatch):
    whole = emptied.read_bytes()
    emptied.write_bytes(whole[: int(len(whole) * share)])
    monkeypatch.setattr(Table, "insert", None)  # a restore that gets so far fails
    assert command("restore_archive", emptied)[0] == 2


def test_a_changed_byte_is_refused_and_the_sentence_names_the_part(emptied):
    emptied.write_bytes(emptied.read_bytes().replace(b"quoted", b"Quoted", 1))
    status, said = command("restore_archive", emptied)
    assert status == 2
    assert said.startswith("The file is damaged: data/determination-texts/000001.ndjson is not what the manifest says.")
    assert set(rows().values()) == {0}


def test_a_file_that_is_not_there_is_refused_in_a_sentence(emptied, tmp_path):
    status, said = command("restore_archive", tmp_path / "none.tar")
    assert status == 2
    assert "none.tar cannot be read: No such file or directory." in said


def test_an_archive_that_holds_something_is_not_restored_into(archive):
    before = rows()
    status, said = command("restore_archive", archive)
    assert (status, said) == (
        2,
        "The archive is not empty: it holds reviewers. Restore into a new database. Nothing was restored.",
    )
    assert rows() == before


def test_a_database_without_tables_is_told_from_an_empty_one(emptied, monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", list)
    with pytest.raises(CannotRestore, match=r"run manage\.py migrate first"):
        archive_restore(emptied)


def test_a_database_that_fails_keeps_nothing(emptied, monkeypatch):
    insert = Table.insert

    def fail_late(table, inserted):
        if table.model is IngestRun:
            raise OperationalError("gone")
        insert(table, inserted)

    monkeypatch.setattr(Table, "insert", fail_late)
    status, said = command("restore_archive", emptied)
    assert (status, said) == (3, "The connection to the database was lost. Nothing was restored.")
    assert set(rows().values()) == {0}


# -- The commands -----------------------------------------------------------------------------------------------------


def test_the_commands_say_what_they_did(archive, tmp_path):
    status, said = command("export_archive", tmp_path / "again.tar")
    assert (status, said.startswith("Wrote 8 letters to ")) == (0, True)
    empty_the_archive()
    assert command("restore_archive", archive) == (0, "Restored 8 letters, 3 determinations and 5 runs.\n")


def test_a_kept_archive_is_not_written_over(archive):
    before = archive.read_bytes()
    with pytest.raises(CannotExport, match="exists already"):
        archive_export(archive)
    assert archive.read_bytes() == before


def test_a_disk_that_is_full_leaves_no_half_of_a_file(archive, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    folder = tmp_path / "folder"
    folder.mkdir()
    status, said = command("export_archive", folder / "second.tar")
    assert (status, "No space left on device" in said) == (2, True)
    assert list(folder.iterdir()) == []


def test_a_letter_that_the_database_has_damaged_is_kept_as_it_is_and_named(archive, tmp_path):
    SourceLetter.objects.filter(pk=SourceLetter.objects.first().pk).update(content=b"other bytes")
    key = SourceLetter.objects.first().pk
    status, said = command("export_archive", tmp_path / "second.tar")
    assert (status, said.startswith(f"The bytes of 1 letters are not those that were received ({key});")) == (1, True)
    empty_the_archive()
    archive_restore(tmp_path / "second.tar")
    assert bytes(SourceLetter.objects.get(pk=key).content) == b"other bytes"
