"""``manage.py quarantine``: quarantined files are listed, exported, retried and dropped, each as asked."""

import errno
import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from devtools.testing.handmade import printed_letter
from imr_archive.ingest.runs import quarantine as quarantine_of_ingest
from imr_archive.ingest.runs.quarantine import quarantined_letters
from imr_archive.models import Determination, IngestRun, IngestRunFile, SourceLetter

pytestmark = pytest.mark.django_db


def quarantine(*arguments, **options):
    """Run the command; return the lines of its output, and the status and sentence it ended with, if not with 0."""
    stdout = io.StringIO()
    try:
        call_command("quarantine", *map(str, arguments), stdout=stdout, **options)
    except CommandError as error:
        return stdout.getvalue().splitlines(), (error.returncode, str(error))
    return stdout.getvalue().splitlines(), None


def quarantined(name, content=None, **facts):
    content = content or f"A list called {name}.".encode()
    facts = {"kind": "text", "parser_version": "1.0", "reason_code": "source-refused", "reason": "A list."} | facts
    sha256 = hashlib.sha256(content).hexdigest()
    return SourceLetter.objects.create(
        name=name, sha256=sha256, size=len(content), content=content, state="quarantined", **facts
    )


AWKWARD = [
    "../../etc/passwd",
    "..",
    "a/b.txt",
    "same.txt",
    "same.txt",
    "C:\\x\ny.txt",
    "字" * 255,
    "",
    "x" * 250 + ".pdf",
]


def test_files_are_written_under_names_that_are_safe_and_their_own(tmp_path):
    kept = {quarantined(name, f"{number}".encode()).pk: number for number, name in enumerate(AWKWARD)}
    lines, error = quarantine("export", to=tmp_path / "out")
    written = sorted((tmp_path / "out").iterdir(), key=lambda path: int(path.name.partition("-")[0]))
    assert (error, sorted(lines)) == (None, sorted(map(str, written)))
    assert {int(path.name.partition("-")[0]): int(path.read_bytes()) for path in written} == kept
    assert sorted(tmp_path.iterdir()) == [tmp_path / "out"]
    assert written[2].name.endswith("-a_b.txt")
    assert written[-1].suffix == ".pdf"


def test_a_second_export_leaves_what_the_first_has_written(tmp_path):
    quarantined("a.txt")
    first, _ = quarantine("export", to=tmp_path)
    assert quarantine("export", to=tmp_path) == (first, None)
    Path(first[0]).write_bytes(b"mine")
    sentence = f"The files cannot be written: File exists ({first[0]})."
    assert quarantine("export", to=tmp_path) == ([], (2, sentence))
    assert Path(first[0]).read_bytes() == b"mine"


def test_an_export_that_finds_no_room_leaves_no_half_of_a_file(tmp_path, monkeypatch):
    letter = quarantined("a.txt")
    opened = Path.open

    def full(path, *arguments, **options):
        if not path.is_relative_to(tmp_path):
            return opened(path, *arguments, **options)
        opened(path, *arguments, **options).close()
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        _, error = quarantine("export", to=tmp_path)
    path = tmp_path / f"{letter.pk}-a.txt"
    assert error == (2, f"The files cannot be written: No space left on device ({path}).")
    assert not path.exists()


def test_files_that_are_dropped_while_others_are_written_are_left_out(tmp_path, monkeypatch):
    first, second = quarantined("a.txt"), quarantined("b.txt")
    write = quarantine_of_ingest._write

    def dropping(path, content):
        second.delete()
        write(path, content)

    monkeypatch.setattr(quarantine_of_ingest, "_write", dropping)
    assert quarantine("export", to=tmp_path) == ([str(tmp_path / f"{first.pk}-a.txt")], None)


def test_a_retry_that_succeeds_empties_the_quarantine_and_one_that_fails_says_why_again(tmp_path):
    good = quarantined("letter.md", printed_letter("CM15-0000009"))
    bad = quarantined("list.txt", b"bread")
    lines, error = quarantine("retry", processes=0, json=True)
    report = json.loads("\n".join(lines))
    assert error == (1, "1 file was quarantined.")
    assert [(each["file"], each["status"]) for each in report["files"]] == [
        (f"quarantine/{good.pk}/letter.md", "new"),
        (f"quarantine/{bad.pk}/list.txt", "quarantined"),
    ]
    assert Determination.objects.get().case_number == "CM15-0000009"
    assert [(each.pk, each.reason_code) for each in quarantined_letters()] == [(bad.pk, "not-a-determination")]
    assert quarantine("retry", good.pk) == (
        [],
        (2, f"Not among the quarantined files that were asked for: {good.pk}."),
    )
    assert quarantine("retry", bad.pk, processes=0)[1] == (1, "1 file was quarantined.")
    assert IngestRun.objects.count() == IngestRunFile.objects.filter(status="quarantined").count() == 2


def test_a_retry_of_nothing_starts_no_run():
    assert quarantine("retry", code="parser-failed") == (["There is nothing to retry."], None)
    assert not IngestRun.objects.exists()


def test_more_files_than_one_look_takes_are_all_read_again():
    for number in range(1001):
        quarantined(f"{number}.txt", b"list %d" % number)
    _, error = quarantine("retry", processes=0)
    assert error == (1, "1,001 files were quarantined.")


def test_drop_asks_which_files_are_meant_and_takes_those_alone():
    first, second, _ = (quarantined(name, reason_code=code) for name, code in zip("abc", "xxy", strict=True))
    assert quarantine("drop") == ([], (2, "Say which files to drop, or --all of them."))
    assert quarantine("drop", first.pk, all=True) == ([], (2, "--all is for drop, and for all of the files."))
    assert quarantine("drop", first.pk, 999_999)[1] == (
        2,
        "Not among the quarantined files that were asked for: 999999.",
    )
    assert quarantined_letters().count() == 3
    assert quarantine("drop", first.pk) == (["1 dropped."], None)
    assert quarantine("drop", code="y") == (["1 dropped."], None)
    assert list(quarantined_letters()) == [second]
    assert quarantine("drop", all=True) == (["1 dropped."], None)


def test_letters_that_became_determinations_are_never_dropped(tmp_path):
    (tmp_path / "1.txt").write_bytes(printed_letter())
    call_command("ingest", str(tmp_path), processes=0, stdout=io.StringIO())
    letter = SourceLetter.objects.get()
    assert quarantine("drop", letter.pk)[1][0] == 2
    assert quarantine("drop", all=True) == (["0 dropped."], None)
    assert SourceLetter.objects.get() == letter


def test_a_database_that_fails_is_told_in_a_sentence(monkeypatch):
    def failing(*_):
        raise DatabaseError

    monkeypatch.setattr("imr_archive.management.commands.quarantine.missing_keys", failing)
    assert quarantine("list") == ([], (3, "The database cannot be reached."))


def test_quarantined_files_out_of_an_archive_keep_their_own_names(tmp_path):
    with zipfile.ZipFile(tmp_path / "letters.zip", "w") as archive:
        for name in ("2015/list.txt", "2016/list.txt"):
            archive.writestr(name, f"A list of {name}.")
    with pytest.raises(CommandError):
        call_command("ingest", str(tmp_path / "letters.zip"), processes=0, stdout=io.StringIO())
    lines, _ = quarantine("export", to=tmp_path / "out")
    assert [Path(line).read_text() for line in lines] == ["A list of 2015/list.txt.", "A list of 2016/list.txt."]
