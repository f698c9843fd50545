"""A tray as a file: text, RTF for word processors, RIS for reference managers, XLSX."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils import timezone

from imr_archive.search.facets.selection import Selection, Unit
from imr_archive.web.exports.about import About, codebook_rows
from imr_archive.web.exports.columns import COLUMNS, ExportColumn, usual_columns
from imr_archive.web.exports.rows import item_rows
from imr_archive.web.exports.workbook import workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imr_archive.web.tray.entries import TrayEntry

    Address = Callable[[str], str]

_NOTE = "A determination binds its own case only; it is no precedent."
_NOTE_COLUMN = ExportColumn("note", "The note of the reader who collected the item.")


class TrayLine(NamedTuple):
    """A line of the printed tray; headings begin an item."""

    text: str
    is_heading: bool = False


def as_text(entries: Sequence[TrayEntry], address: Address) -> bytes:
    """Return the tray as plain text, an item a paragraph."""
    lines = [f"\n{each.text}" if each.is_heading else f"   {each.text}" for each in _paragraphs(entries, address)]
    return ("\n".join(lines).strip() + f"\n\n{_made()}\n{_NOTE}\n").encode()


def as_rtf(entries: Sequence[TrayEntry], address: Address) -> bytes:
    """Return the tray as Rich Text."""
    parts = [r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Calibri;}}\f0\fs22 "]
    for each in _paragraphs(entries, address):
        style = r"\pard\sb240\b " if each.is_heading else r"\pard\li360\b0 "
        parts.append(f"{style}{_rtf(each.text)}\\par\n")
    parts.append(f"\\pard\\sb240\\b0\\i {_rtf(_made())}\\line {_rtf(_NOTE)}\\i0\\par\n}}")
    return "".join(parts).encode("ascii")


def as_ris(entries: Sequence[TrayEntry], address: Address) -> bytes:
    """Return a record of RIS for each item, with its note."""
    return "".join(each.citation.ris(address(each.path), note=each.note) for each in entries).encode()


def as_xlsx(entries: Sequence[TrayEntry], address: Address) -> bytes:
    """Return a workbook with the usual columns of downloads, the rationale and the notes."""
    everything = Selection.of_everything()
    columns = [*usual_columns(Unit.ITEMS), COLUMNS[Unit.ITEMS]["rationale"]]
    notes = {each.item.pk: each.note for each in entries}
    rows = item_rows(everything, [*notes], columns, address)
    noted = [[*row, notes[key]] for key, row in rows.items()]
    columns.append(_NOTE_COLUMN)
    facts = [
        ("What it is", f"A tray of {len(noted)} disputed items"),
        ("Address", address(reverse("web:tray")) + "?items=" + ",".join(each.reference for each in entries)),
        ("Data version", everything.snapshot.data_version),
        ("Made", f"{timezone.now():%Y-%m-%d %H:%M} UTC"),
        ("Outcomes", "Upheld: the denial stands. Overturned: the treatment is approved."),
        ("Binding", _NOTE),
    ]
    about = About(facts, [*codebook_rows(columns)])
    return b"".join(workbook("Tray", [each.name for each in columns], [noted], about))


def _paragraphs(entries: Sequence[TrayEntry], address: Address) -> Iterator[TrayLine]:
    for number, each in enumerate(entries, 1):
        yield TrayLine(f"{number}. {each.citation.text}", is_heading=True)
        yield TrayLine(f"Request: {' '.join(each.item.text.description.split())}")
        yield TrayLine(f"Outcome: {each.meaning}")
        if each.treatments:
            yield TrayLine(f"Treatment: {'; '.join(each.treatments)}")
        if each.guidelines:
            yield TrayLine(f"Reviewer relied on: {'; '.join(each.guidelines)}")
        yield TrayLine(address(each.path))
        for line in filter(None, map(str.strip, each.note.splitlines())):
            yield TrayLine(f"Note: {line}")


def _made() -> str:
    version = Selection.of_everything().snapshot.data_version
    return f"From the IMR Archive, {timezone.localdate():%Y-%m-%d}, data version {version}."


def _rtf(text: str) -> str:
    """Escape a text: other characters than ASCII are written as signed UTF-16 units."""
    escaped = []
    for char in text:
        if char in "\\{}":
            escaped.append(f"\\{char}")
        elif " " <= char <= "~":
            escaped.append(char)
        else:
            units = char.encode("utf-16-le", errors="replace")
            numbers = (int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2))
            escaped += [f"\\u{number}?" for number in numbers]
    return "".join(escaped)
