"""What a worker makes of one file, and that it knows no database."""

import pickle
import subprocess
import sys

from imr_archive.errors import NotADetermination, SourceUnreadable
from imr_archive.ingest.pipeline import worker
from imr_archive.ingest.pipeline.worker import ParserFailed, parse_content


def test_a_file_that_cannot_be_read_gives_the_reason():
    assert isinstance(parse_content(b""), SourceUnreadable)


def test_a_text_that_is_no_determination_gives_the_reason():
    assert isinstance(parse_content(b"Dear Sir or Madam,\n\nthank you for the flowers.\n"), NotADetermination)


def test_a_fault_of_the_parser_is_told_by_its_place_and_never_by_the_text_it_met(monkeypatch):
    def faulty(content):
        raise KeyError("the injured worker reports")

    monkeypatch.setattr(worker, "parse_letter", faulty)
    error = parse_content(b"")
    assert isinstance(error, ParserFailed)
    assert "KeyError, test_worker.py line" in str(error)
    assert "injured" not in str(error)


def test_errors_come_back_from_a_worker_as_they_were():
    error = pickle.loads(pickle.dumps(parse_content(b"")))
    assert (type(error), error.code, str(error)) == (SourceUnreadable, "source-unreadable", "The file is empty.")


def test_a_worker_loads_no_django():
    question = (
        "import sys, imr_archive.ingest.pipeline.pool; print(sorted(name for name in sys.modules if 'django' in name))"
    )
    done = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
