"""Gold folders: letters with their expected data.

The expected data has the form ``imr-parse/1``. Long texts may be given by their beginning and end (``summary_begins``,
``rationale_ends``…), a citation by a part of its printed text (``text_has``), and fields that the annotators doubted
are listed under ``unsure``. It is stored in one ``expected.json`` (an object by file name), as ``make_letters --truth``
writes it, or in ``*.expected.json`` files beside the letters.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imr_archive.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_ONE_FILE = "expected.json"
_BESIDE = ".expected.json"


class GoldUnreadable(ArchiveError):
    """A gold folder that holds no truth, or not the letters that its truth is about."""


@dataclass(frozen=True, slots=True)
class GoldLetter:
    """One letter's file and what is true of it."""

    path: Path
    truth: Mapping[str, Any]


def read_gold(gold: Path, letters: Path | None = None) -> list[GoldLetter]:
    """Return the letters of a gold folder or file, with the truth of each; ``letters`` is where their files are.

    Raise ``GoldUnreadable``, with a sentence for a person, if a file is missing or is not what it should be.
    """
    try:
        found = [GoldLetter((letters or folder) / name, truth) for folder, name, truth in _truths(gold)]
    except OSError as error:
        raise GoldUnreadable(f"{error.filename} cannot be read: {error.strerror}.") from error
    except (ValueError, AttributeError) as error:
        raise GoldUnreadable(f"{gold} holds no gold annotations in a form that is known.") from error
    if not found or not all(isinstance(letter.truth, dict) and "items" in letter.truth for letter in found):
        raise GoldUnreadable(f"{gold} holds no gold annotations.")
    missing = next((letter.path for letter in found if not letter.path.is_file()), None)
    if missing:
        raise GoldUnreadable(f"The letter {missing} is missing.")
    return found


def _truths(gold: Path) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    """Yield the folder, the file name and the truth of each letter."""
    if not gold.is_dir():
        yield from _of_one_file(gold)
    elif (gold / _ONE_FILE).exists():
        yield from _of_one_file(gold / _ONE_FILE)
    else:
        names = {path.name for path in gold.iterdir()}
        for name in sorted(name for name in names if name.endswith(_BESIDE)):
            truth = json.loads((gold / name).read_text(encoding="utf-8"))
            yield gold, _letter_beside(name.removesuffix(_BESIDE), names), truth


def _of_one_file(path: Path) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    for name, truth in json.loads(path.read_text(encoding="utf-8")).items():
        yield path.parent, name, truth


def _letter_beside(stem: str, names: Iterable[str]) -> str:
    return next((f"{stem}{suffix}" for suffix in (".txt", ".pdf") if f"{stem}{suffix}" in names), f"{stem}.txt")
