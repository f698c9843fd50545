"""What a run reports."""

import pytest

from imr_archive.ingest.report import FileResult, FileStatus, IngestReport
from imr_archive.parsing.parser import PARSER_VERSION


@pytest.fixture
def report():
    report = IngestReport()
    for number in range(1200):
        report.add(FileResult(f"{number}.pdf", FileStatus.NEW, "A new determination.", sha256="ab", reference="7"))
    report.add(FileResult("scan.pdf", FileStatus.QUARANTINED, "The file is a scan.", code="source-unreadable"))
    return report


def test_a_terminal_gets_a_table_and_a_sentence_for_each_quarantined_file(report):
    assert list(report.lines()) == [
        "New         1,200",
        "Updated         0",
        "Unchanged       0",
        "Duplicate       0",
        "Quarantined     1",
        "Files       1,201",
        "",
        "scan.pdf: The file is a scan.",
    ]


def test_a_run_without_quarantine_ends_with_its_table():
    assert list(IngestReport().lines())[-1] == "Files       0"


def test_machines_get_every_file_with_its_status_and_reason(report):
    data = report.as_json()
    assert data["schema"] == "imr-ingest/1"
    assert data["parser_version"] == PARSER_VERSION
    assert data["counts"] == {"new": 1200, "updated": 0, "unchanged": 0, "duplicate": 0, "quarantined": 1}
    assert data["total"] == len(data["files"]) == 1201
    assert data["files"][-2:] == [
        {
            "file": "1199.pdf",
            "status": "new",
            "reason": "A new determination.",
            "code": None,
            "sha256": "ab",
            "determination": "7",
        },
        {
            "file": "scan.pdf",
            "status": "quarantined",
            "reason": "The file is a scan.",
            "code": "source-unreadable",
            "sha256": None,
            "determination": None,
        },
    ]
