"""How far a run is: a bar on a terminal, plain lines elsewhere, events for machines."""

import fcntl
import io
import json
import os
import pty
import struct
import termios
from contextlib import suppress

import pytest

from devtools.testing.handmade import write_letters
from imr_archive.ingest.runs.report import FileResult
from imr_archive.management import progress
from imr_archive.vocabulary import FileStatus


def shown_on_a_terminal(archive, folder, *, columns):
    """What a run writes to a terminal of so many columns, and to a standard output that is not a terminal."""
    terminal, of_command = pty.openpty()
    fcntl.ioctl(of_command, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = archive.started("ingest", folder, "--processes=1", stderr=of_command)
    os.close(of_command)
    written = everything_on(terminal)
    output, _ = process.communicate(timeout=60)
    return written, output


def everything_on(terminal):
    """What is written to a terminal until nobody holds it any more, which is an error to who reads on."""
    written = b""
    with suppress(OSError):
        while chunk := os.read(terminal, 65536):
            written += chunk
    os.close(terminal)
    return written.decode()


@pytest.mark.parametrize("columns", [100, 0], ids=["", "of unknown width"])
def test_a_terminal_shows_a_bar_with_rate_time_left_and_counts(elsewhere, tmp_path, columns):
    shown, output = shown_on_a_terminal(elsewhere, write_letters(tmp_path / "letters", 40), columns=columns)
    states = shown.split("\r")
    assert any(state.startswith("  0% |") for state in states)
    assert any("% |█" in state and "/s, new " in state and state.endswith(" left]") for state in states)
    assert states[-2].strip() == "", "the bar is cleared away"
    assert output.splitlines()[-1].split() == ["Files", "40"]
    assert "\r" not in output


def test_a_terminal_shows_no_share_of_what_has_no_known_end(monkeypatch):
    now = 0.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    terminal, of_command = pty.openpty()
    with os.fdopen(of_command, "w") as stream:
        shown = progress.Progress(stream, size=None, done=lambda: 0)
        now = 2.0
        shown.add(FileResult("a.txt", FileStatus.NEW, "A reason."))
        shown.end(None)
    written = everything_on(terminal)
    assert "\r1 file, 0/s, new 1 [00:00]" in written


def test_a_pipe_gets_no_bar(elsewhere, tmp_path):
    status, output, said = elsewhere.ended("ingest", write_letters(tmp_path / "letters", 40), "--processes=1")
    assert status == 0
    # A busy machine may take long enough for a line.
    assert "\r" not in output + said


def test_what_is_no_terminal_gets_a_line_every_few_seconds(monkeypatch):
    now = 0.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    stream = io.StringIO()
    shown = progress.Progress(stream, size=400, done=lambda: 100)
    for now in (1.0, 4.0, 6.0, 8.0, 10.0, 12.0):
        shown.add(FileResult("a.txt", FileStatus.NEW if now < 10 else FileStatus.QUARANTINED, "A reason."))
    shown.end(None)
    assert stream.getvalue().splitlines() == [
        "3 files, 0/s, new 3; 25% read, 18 s left",
        "6 files, 0/s, new 4, quarantined 2; 25% read, 36 s left",
    ]


def test_machines_get_an_event_as_the_run_starts_for_each_file_and_as_it_ends(elsewhere, tmp_path):
    folder = write_letters(tmp_path / "letters", 2)
    (folder / "empty.pdf").touch()
    status, output, _ = elsewhere.ended("ingest", folder, "--processes=1", "--json-events")
    started, *files, ended = map(json.loads, output.splitlines())
    assert status == 1
    assert started == {"event": "started", "run": started["run"]}
    assert [(each["event"], each["status"]) for each in files] == [
        ("file", "new"),
        ("file", "new"),
        ("file", "quarantined"),
    ]
    counts = {"new": 2, "quarantined": 1}
    assert ended == {"event": "finished", "run": started["run"], "counts": counts, "failure": None}
