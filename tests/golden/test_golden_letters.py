"""Each made letter of ``letters/`` parses to exactly what the ``.expected.json`` beside it says.

The expected files were checked by hand. When the parser is meant to give something else, ``ACCEPT_GOLDEN=1`` writes the
new files and fails the run, so that nobody accepts a change without reading its diff.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from imr_archive.parsing.parser import parse_letter

LETTERS = Path(__file__).parent / "letters"
SOURCES = sorted(path for path in LETTERS.iterdir() if not path.name.endswith(".expected.json"))
NOT_COMPARED = ("file", "sha256", "parser_version", "spans")


def expected_path(source: Path) -> Path:
    return source.with_name(f"{source.stem}.expected.json")


def parsed(source: Path) -> dict[str, Any]:
    """Parse a letter to what is compared: the public form without versions and offsets, warnings by their codes."""
    found = parse_letter(source.read_bytes(), source.name).as_json(file=source.name, sha256="")
    found["warnings"] = [warning["code"] for warning in found["warnings"]]
    return {key: value for key, value in found.items() if key not in NOT_COMPARED}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_golden_letter_parses_to_its_expected_data(source: Path) -> None:
    found = json.dumps(parsed(source), indent=2, ensure_ascii=False) + "\n"
    path = expected_path(source)
    known = path.read_text(encoding="utf-8") if path.exists() else ""
    if os.environ.get("ACCEPT_GOLDEN") == "1" and found != known:
        path.write_text(found, encoding="utf-8")
        pytest.fail(f"{path.name} was written; read its diff, then run again without ACCEPT_GOLDEN")
    assert known, f"{path.name} is missing: ACCEPT_GOLDEN=1 writes it"
    assert json.loads(found) == json.loads(known)


def test_every_expected_file_has_its_letter() -> None:
    assert {path.name for path in LETTERS.glob("*.expected.json")} == {expected_path(path).name for path in SOURCES}
