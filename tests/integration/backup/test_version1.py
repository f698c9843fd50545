"""An archive file of format version 1 is restored with its corrections, and what runs of reparse kept can be undone.

The file holds five letters that ``devtools.testing.handmade.printed_letter`` prints and a file that is not a letter,
ingested by the version before the table of revisions: run 2 read two of them again, run 3 undid it, run 4 read all
again. Case 2 was corrected before, case 3 after.
"""

import lzma
from pathlib import Path

import pytest

from imr_archive.backup.check import check_archive
from imr_archive.backup.export import archive_export
from imr_archive.backup.restore import archive_restore
from imr_archive.ingest.runs.runs import run_start
from imr_archive.ingest.runs.undo import run_to_undo, run_undo
from imr_archive.models import Correction, Determination, DisputedItem, Revision, SourceLetter
from imr_archive.vocabulary import RevisionKind

pytestmark = pytest.mark.django_db(transaction=True, reset_sequences=True)

FILE = Path(__file__).parent / "data" / "version1.tar.xz"
CASES = [f"CM15-000000{number}" for number in range(1, 6)]


@pytest.fixture
def restored(tmp_path):
    path = tmp_path / "version1.tar"
    path.write_bytes(lzma.decompress(FILE.read_bytes()))
    return archive_restore(path)


def ages():
    return dict(Determination.objects.order_by("pk").values_list("case_number", "worker_age"))


def undone(run):
    back = run_start(arguments={"undo": run}, started_by="tests")
    return {each.reference: each.reason for each in run_undo(run_to_undo(run), run=back) if each.status == "unchanged"}


def test_every_row_is_restored_and_every_revision_has_a_row_of_its_own(restored):
    assert (restored["determinations"], restored["letters"], restored["corrections"]) == (5, 6, 3)
    kinds = list(Revision.objects.values_list("kind", flat=True))
    assert restored["revisions"] == len(kinds) == 5 + 10 + 3
    assert kinds[:5] == [RevisionKind.INGEST] * 5
    assert kinds.count(RevisionKind.CORRECTION) == 3
    assert {*Revision.objects.values_list("run", flat=True)} == {None, 2, 3, 4}
    assert {*Revision.objects.filter(run=3).values_list("kind", flat=True)} == {RevisionKind.UNDO}
    assert list(check_archive()) == []


def test_runs_of_reparse_can_still_be_undone_one_after_the_other(restored):
    assert ages() == dict.fromkeys(CASES, 51) | {"CM15-0000003": 40}
    left_alone = undone(4)
    assert left_alone == {"CM15-0000003": "Left alone: a correction by somebody has changed it since."}
    assert ages() == dict.fromkeys(CASES, 51) | {"CM15-0000001": 99, "CM15-0000002": 99, "CM15-0000003": 40}
    assert undone(3) == {}
    assert ages()["CM15-0000001"] == 51
    assert undone(2) == {}
    assert ages() == dict.fromkeys(CASES, 51) | {"CM15-0000001": 99, "CM15-0000002": 99, "CM15-0000003": 40}
    case = Determination.objects.get(case_number="CM15-0000002")
    assert (case.worker_sex, DisputedItem.objects.get(determination=case).quantity) == ("M", 30)
    assert Correction.objects.count() == 3
    assert SourceLetter.objects.exclude(parser_version="1.0").count() == 1
    assert list(check_archive()) == []


def test_a_change_that_could_not_be_undone_lists_what_differed(restored):
    [change] = Revision.objects.filter(run=4, is_erased=True)
    assert (change.reference, change.before) == ("CM15-0000003", None)


def test_the_restored_archive_is_exported_in_the_format_of_today(restored, tmp_path):
    exported = archive_export(tmp_path / "now.tar")
    assert exported.counts == restored
