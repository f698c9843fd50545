"""A letter of a preview as a value: what was read of it, field by field, beside the text that it was read from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imr_archive.admin.uploading.wording import change_in_words, field_in_words, sentence_case, value_in_words
from imr_archive.ingest.previews.readings import reading_unpacked
from imr_archive.letters.difference import ITEMS, plain
from imr_archive.search.passages import Piece
from imr_archive.vocabulary import DiagnosticCode, PreviewVerdict, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imr_archive.admin.uploading.wording import ChangeInWords
    from imr_archive.letters.reading import Reading
    from imr_archive.models import PreviewedLetter

# Longer values are cut: the text stands beside.
_SHOWN = 240


@dataclass(frozen=True)
class LetterRemark:
    """What speaks against a reading, and the place in the text that it is about, if it is about one."""

    message: str
    start: int | None
    end: int | None

    def touches(self, start: int, end: int) -> bool:
        """Return whether it is about a part of the text."""
        return self.start is not None and self.end is not None and self.start < end and start < self.end


@dataclass(frozen=True)
class FieldRead:
    """A field that was read: its name, its value in words, and what speaks against it."""

    name: str
    value: str
    doubts: Sequence[str]


@dataclass(frozen=True)
class PreviewedLetterPage:
    """A letter of a preview."""

    letter: PreviewedLetter
    label: str
    changes: Sequence[ChangeInWords]
    remarks: Sequence[str]
    fields: Sequence[FieldRead]
    pieces: Sequence[Piece]


def previewed_letter_page(letter: PreviewedLetter) -> PreviewedLetterPage:
    """Make the page of a letter; of one that is published, the preview keeps no text."""
    reading = reading_unpacked(letter.reading)
    remarks = [*_remarks(reading)] if reading else []
    return PreviewedLetterPage(
        letter=letter,
        label=PreviewVerdict(letter.verdict).label,
        changes=[change_in_words(change) for change in letter.changes],
        remarks=[each.message for each in remarks],
        fields=sorted(_fields(reading, remarks), key=lambda each: not each.doubts) if reading else (),
        pieces=_marked(reading.source_text, remarks) if reading else (),
    )


def _remarks(reading: Reading) -> Iterator[LetterRemark]:
    """Yield what the screen has found, and the warnings of the parser."""
    for finding in reading.findings:
        yield LetterRemark(finding.message, finding.start, finding.end)
    for each in json.loads(reading.diagnostics):
        if DiagnosticCode(each["code"]).severity is Severity.WARNING:
            yield LetterRemark(each["message"], each["start"], each["end"])


def _fields(reading: Reading, remarks: Sequence[LetterRemark]) -> Iterator[FieldRead]:
    record = plain(reading.record)
    for path, (start, end) in json.loads(reading.spans).items():
        doubts = [each.message for each in remarks if each.touches(start, end)]
        value = _value(record, path) or reading.source_text[start:end]
        short = " ".join(value.split())
        yield FieldRead(
            _name(path), short if len(short) <= _SHOWN else f"{short[:_SHOWN]}…", tuple(dict.fromkeys(doubts))
        )


def _value(record: Any, path: str) -> str:
    """Return the value at a path in words; the empty text where the record has none there."""
    *above, last = path.split(".")
    value = record
    for step in (*above, last):
        if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return ""
    return value_in_words(above[-1] if last.isdecimal() and above else last, value)


def _name(path: str) -> str:
    """Say a path in words: "Item 1: outcome"."""
    steps = path.split(".")
    field = ".".join(step for step in steps if not step.isdecimal())
    words = field_in_words(field)
    return f"Item {int(steps[1]) + 1}: {words}" if steps[0] == ITEMS and len(steps) > 2 else sentence_case(words)


def _marked(text: str, remarks: Sequence[LetterRemark]) -> list[Piece]:
    """Split a text at the places that remarks are about."""
    pieces, done = [], 0
    places = sorted((each.start, each.end) for each in remarks if each.start is not None and each.end is not None)
    for start, end in places:
        if end > done:
            pieces += [
                Piece(text[done : max(start, done)], marked=False),
                Piece(text[max(start, done) : end], marked=True),
            ]
            done = end
    pieces.append(Piece(text[done:], marked=False))
    return [piece for piece in pieces if piece.text]
