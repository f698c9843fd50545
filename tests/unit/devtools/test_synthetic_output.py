"""The command that writes made letters, and the demo's letters that it wrote."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from devtools.synthetic.letters import Making, make_letters
from devtools.synthetic.page.files import write_folder, write_ndjson

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "fixtures"


def make(*arguments: str) -> str:
    out = io.StringIO()
    call_command("make_letters", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_writes_texts_pdfs_and_the_truth(tmp_path: Path) -> None:
    said = make("6", "--seed", "4", "--to", str(tmp_path / "new"), "--pdf", "3", "--truth")
    assert said == f"Wrote 4 text files and 2 PDFs to {tmp_path / 'new'}.\n"
    truth = json.loads((tmp_path / "new" / "expected.json").read_text(encoding="utf-8"))
    assert [Path(name).suffix for name in truth] == [".txt", ".txt", ".pdf"] * 2
    assert all((tmp_path / "new" / name).exists() and row["file"] == name for name, row in truth.items())


def test_pdf_alone_makes_every_letter_a_pdf(tmp_path: Path) -> None:
    make("2", "--to", str(tmp_path), "--pdf")
    assert {path.suffix for path in tmp_path.iterdir()} == {".pdf"}


def test_ndjson_goes_to_standard_output_or_to_a_file(tmp_path: Path) -> None:
    lines = make("5", "--ndjson")
    assert make("5", "--ndjson", "-") == lines
    assert make("5", "--ndjson", str(tmp_path / "five.ndjson")) == f"Wrote 5 letters to {tmp_path / 'five.ndjson'}.\n"
    assert (tmp_path / "five.ndjson").read_text(encoding="utf-8") == lines


def test_a_line_of_ndjson_is_a_name_and_a_text() -> None:
    out = io.StringIO()
    letters = list(make_letters(400, 8, Making("zipf", damage=0.5)))
    assert write_ndjson(out, letters) == 400
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert rows == [{"name": f"{letter.name}.txt", "text": letter.text} for letter in letters]


def test_every_character_that_json_escapes_is_escaped() -> None:
    (letter,) = make_letters(1, 8)
    letter.text = 'He said "no",\nand \\ was a slash.\fNext page: 40°.\n'
    out = io.StringIO()
    write_ndjson(out, [letter])
    assert json.loads(out.getvalue())["text"] == letter.text


def test_with_truth_each_line_holds_the_data_too() -> None:
    rows = [json.loads(line) for line in make("5", "--seed", "8", "--ndjson", "--truth").splitlines()]
    assert all(row["truth"]["file"] == row["name"] for row in rows)
    assert [row["truth"]["items"] for row in rows] == [
        letter.truth["items"] for letter in make_letters(5, 8, Making("zipf"))
    ]


def test_folders_get_readable_prose_and_ndjson_rare_words_unless_told_otherwise(tmp_path: Path) -> None:
    make("2", "--to", str(tmp_path))
    assert {path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {
        letter.text for letter in make_letters(2, 1)
    }
    assert make("2", "--ndjson") != make("2", "--ndjson", "--vocabulary", "plain")


def test_a_layout_can_be_chosen() -> None:
    rows = [json.loads(line) for line in make("4", "--ndjson", "--truth", "--layout", "notice").splitlines()]
    assert {row["truth"]["layout"] for row in rows} == {"notice"}


def test_a_reader_that_stops_early_is_no_error() -> None:
    command = f"{sys.executable} manage.py make_letters 3000 --ndjson | head -n 1"
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, env=os.environ, check=False
    )
    assert result.stderr == b""
    assert json.loads(result.stdout)["name"].endswith(".txt")


@pytest.mark.parametrize("count", ["0", "-3", "many", "2.5", "²"])
def test_a_count_that_is_none_is_refused(count: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"is not a whole number above zero|are required|expected"):
        make(count, "--to", str(tmp_path))


def test_more_letters_than_case_numbers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="6,000,000 letters are more than there are made case numbers"):
        make("6000000", "--to", str(tmp_path))


@pytest.mark.parametrize("level", ["-0.1", "1.5", "much", "nan"])
def test_a_level_of_damage_that_is_none_is_refused(level: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is not a number from 0 to 1"):
        make("1", "--to", str(tmp_path), f"--damage={level}")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "one of the arguments --to --ndjson is required"),
        (("--to", "x", "--ndjson"), "not allowed with argument"),
        (("--ndjson", "--pdf"), "--pdf goes with --to"),
        (("--ndjson", "--layout", "square"), "invalid choice: 'square'"),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        make("1", *arguments)


def test_without_reportlab_the_command_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "devtools.synthetic.page.pdf", None)
    with pytest.raises(CommandError, match="needs the package reportlab"):
        make("2", "--to", str(tmp_path), "--pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", ["--to", "--ndjson"])
def test_a_place_that_cannot_be_written_is_named(option: str, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(CommandError, match=r"Cannot write to .*taken.*: (File exists|Not a directory)"):
        make("1", option, str(tmp_path / "taken" / ("x" if option == "--ndjson" else "")))


def test_the_demo_letters_are_what_their_command_writes(tmp_path: Path) -> None:
    readme = (FIXTURES / "README.md").read_text(encoding="utf-8")
    assert "make_letters 120 --seed 2001 --to fixtures/letters --pdf 6" in readme
    write_folder(tmp_path, make_letters(120, 2001), pdf_every=6)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in (FIXTURES / "letters").iterdir()}
    assert sorted(kept) == sorted(made)
    assert kept == made
