"""What a run reports of its files."""

from imr_archive.ingest.runs.report import FileResult, Tally, count_lines
from imr_archive.vocabulary import FileStatus


def test_a_terminal_gets_a_table_of_all_states_that_adds_up():
    assert list(count_lines({"new": 1200, "quarantined": 1})) == [
        "New         1,200",
        "Updated         0",
        "Unchanged       0",
        "Duplicate       0",
        "Superseded      0",
        "Held            0",
        "Quarantined     1",
        "Passed over     0",
        "Files       1,201",
    ]


def test_machines_get_a_file_with_null_for_what_is_absent():
    result = FileResult(
        "scan.pdf", FileStatus.QUARANTINED, "The file is a scan.", code="source-unreadable", stage="read"
    )
    assert result.as_json() == {
        "file": "scan.pdf",
        "status": "quarantined",
        "reason": "The file is a scan.",
        "code": "source-unreadable",
        "stage": "read",
        "sha256": None,
        "determination": None,
        "conflicts": [],
    }


def test_files_are_counted_by_status_and_the_quarantined_ones_by_code():
    tally = Tally()
    for status, code in ((FileStatus.NEW, ""), (FileStatus.QUARANTINED, "source-unreadable"), (FileStatus.NEW, "")):
        tally.add(FileResult("a.pdf", status, "A reason.", code=code))
    assert (tally.counts, tally.errors, tally.total) == ({"new": 2, "quarantined": 1}, {"source-unreadable": 1}, 3)
