"""``manage.py accuracy`` scores the parser on a gold folder, without a database."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from devtools.testing.letters import boxed_letter
from imr_archive.parsing.parser import parse_text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = boxed_letter()
    truth = parse_text(text).as_json(file="letter.txt", sha256="") | {"outcome": "overturned"}
    (tmp_path / "letter.txt").write_text(text)
    (tmp_path / "letter.expected.json").write_text(json.dumps(truth))
    return tmp_path


def accuracy(folder: Path, **options: Any) -> str:
    stdout = StringIO()
    call_command("accuracy", str(folder), stdout=stdout, **options)
    return stdout.getvalue()


def test_the_table_has_a_line_for_each_field(folder: Path) -> None:
    lines = accuracy(folder).splitlines()
    shares = {line.split()[0]: line.split()[-1] for line in lines[1:-2]}
    assert {"case_number", "item.description", "reviewer.citations.section"} <= shares.keys()
    assert [field for field, share in shares.items() if share != "100.0%"] == ["outcome"]


def test_every_shape_has_a_column(folder: Path) -> None:
    head = accuracy(folder, shape="all", markdown=True).splitlines()[0]
    assert "| original |" in head
    assert "| utf-16 |" in head


def test_machines_get_an_object_a_shape(folder: Path) -> None:
    (line,) = accuracy(folder, json=True, shape="utf-16").splitlines()
    score = json.loads(line)
    assert (score["shape"], score["letters"], score["worst"]) == ("utf-16", 1, 0.0)
    assert score["fields"]["outcome"] == {"right": 0, "found": 1, "wanted": 1, "share": 0.0}


def test_the_misses_of_a_field_are_told_with_what_was_read(folder: Path) -> None:
    assert "original, letter.txt: true 'overturned', read 'upheld'" in accuracy(folder, misses="outcome")


def test_a_field_below_what_is_required_fails_the_run(folder: Path) -> None:
    with pytest.raises(CommandError, match="less than 98 % of original") as failure:
        accuracy(folder, at_least=98)
    assert failure.value.returncode == 1
    assert accuracy(folder, at_least=0)


def test_a_folder_without_gold_is_bad_usage(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="holds no gold") as failure:
        accuracy(tmp_path)
    assert failure.value.returncode == 2
