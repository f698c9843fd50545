"""What the parser prints is what the published schema says, for letters of every kind and for files that are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from devtools.schema import parse_output
from imr_archive.errors import NotADetermination
from imr_archive.parsing.parsed import failure_json
from imr_archive.parsing.parser import parse_letter

LETTERS = Path(__file__).parent / "letters"
SOURCES = sorted(path for path in LETTERS.iterdir() if not path.name.endswith(".expected.json"))


def printed(source: Path) -> dict[str, Any]:
    return parse_letter(source.read_bytes(), source.name).as_json(file=source.name, sha256="")


def check(found: dict[str, Any]) -> None:
    """Raise ``msgspec.ValidationError`` at a field that is missing, unknown or of another type."""
    msgspec.json.decode(json.dumps(found), type=parse_output())


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_golden_letter_has_the_published_form(source: Path) -> None:
    check(printed(source))


def test_a_file_that_is_no_letter_has_the_published_form() -> None:
    check(failure_json(NotADetermination("It is none."), file="a.txt", sha256=None, parser_version="1"))


@pytest.mark.parametrize(
    "fault",
    [{"layout": "round"}, {"outcome": "denied"}, {"dates": {}}, {"items": [{}]}, {"worker": None}, {"further": 1}],
    ids=lambda fault: next(iter(fault)),
)
def test_another_form_is_not_the_published_one(fault: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        check(printed(SOURCES[0]) | fault)
