"""Read the boxed header: case number, priority and five dates, in any order in which a PDF reader gives the cells."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from imr_archive.parsing.checks.missing import impossible_date
from imr_archive.parsing.letter.markers import find_dates, find_markers
from imr_archive.parsing.results import Stated
from imr_archive.parsing.source.normalise import RUNNING_HEAD
from imr_archive.parsing.spans import Span
from imr_archive.records import DATE_NAMES
from imr_archive.vocabulary import Priority

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from imr_archive.parsing.letter.sections import LetterSection
    from imr_archive.parsing.results import Diagnostic
    from imr_archive.parsing.source.normalise import NormalText
    from imr_archive.parsing.spans import Range


_KIND_OF_LABEL = dict.fromkeys(DATE_NAMES, "date") | {"case_number": "case", "priority": "priority"}


@dataclass(frozen=True, slots=True)
class Header:
    """What the box prints; an impossible date is left out of ``dates`` and gets a diagnostic."""

    case_number: Stated[str] | None
    priority: Stated[Priority] | None
    dates: Mapping[str, Stated[date]]
    remarks: tuple[Diagnostic, ...]
    claimed: tuple[Range, ...]


class _Cell(NamedTuple):
    """One label or one value of the box; ``content`` is the name of the label's field, or the value read."""

    is_label: bool
    kind: str
    content: Any
    start: int
    end: int


# "CM16-0213037", also in small letters, with any dash, an underscore, a space or nothing between its parts, and, from a
# scan, with spaces among the digits
_CASE_NUMBER = re.compile(
    r"\b[Cc][Mm][\s_\u2010-\u2015\u2212-]{0,3}(?P<year>\d\d)[\s_\u2010-\u2015\u2212\ufe58\ufe63\uff0d-]{0,3}"
    r"(?P<serial>\d(?:\s?\d){6})\b"
)

_PRIORITY = re.compile(r"\b(?=[se])(?:standard|expedited)\b", re.IGNORECASE)

# "Application 08/03/2016 Received:", where a PDF reader puts the value beside the first line of a two-line label
_SPLIT_LABEL = re.compile(r"\bApplication\s+(?P<value>\d\d?[/-]\d\d?[/-]\d{2,4})\s+Received:")

# The dates of a header in the order printed, by their number: the whole box; older headers, or the box's right column
_PRINTED_ORDERS = {
    5: ("assigned", "injury", "decision", "ur_decision", "received"),
    3: ("injury", "ur_decision", "received"),
}


def read_header(letter: NormalText, section: LetterSection, decided: Iterable[Range] = ()) -> Header:
    """Read the box from the text before the first heading; without a box, take the case number from running heads.

    ``decided`` holds the ranges of that text that decide requests, which may hold dates of their own.
    """
    pairs: dict[str, _Cell] = {}
    claimed = []
    for start, end in _ranges_outside(section, decided):
        cells = _cells(letter.text, start, end)
        pairs = _values_by_label(letter, cells) | pairs
        claimed += [(cell.start, cell.end) for cell in cells]
        claimed += [(found.start, found.end) for found in find_markers("letterhead", letter.text, start, end)]
    values: dict[str, Stated[Any]] = {}
    remarks = []
    for label, cell in pairs.items():
        stated = letter.stated(cell.content, cell.start, cell.end)
        if cell.content is None:
            remarks.append(impossible_date(stated.span))
        else:
            values[label] = stated
    return Header(
        case_number=values.pop("case_number", None) or _case_of_running_heads(letter.source),
        priority=values.pop("priority", None),
        dates=values,
        remarks=tuple(remarks),
        claimed=tuple(claimed),
    )


def _ranges_outside(section: LetterSection, decided: Iterable[Range]) -> Iterator[Range]:
    """Yield the ranges of a section outside the decided ones."""
    at = section.start
    for start, end in sorted(place for place in decided if place[0] < section.end):
        if at < start:
            yield at, start
        at = max(at, end)
    if at < section.end:
        yield at, section.end


def _cells(text: str, start: int, end: int) -> list[_Cell]:
    """Return all labels and values of a range, in the order printed."""
    span = (start, end)
    cells = [
        _Cell(True, _KIND_OF_LABEL[label.key], label.key, label.start, label.end)
        for label in find_markers("box", text, *span)
    ]
    cells += [_Cell(False, "date", day.value, day.start, day.end) for day in find_dates(text, *span)]
    for found in _CASE_NUMBER.finditer(text, *span):
        cells.append(_Cell(False, "case", _case_number(found), found.start(), found.end()))
    for found in _PRIORITY.finditer(text, *span):
        cells.append(_Cell(False, "priority", Priority(found[0].lower()), found.start(), found.end()))
    for found in _SPLIT_LABEL.finditer(text, *span):
        cells.append(_Cell(True, "date", "received", found.start(), found.start("value")))
        cells.append(_Cell(False, "rest of a label", None, found.end("value"), found.end()))
    return sorted(cells, key=lambda cell: cell.start)


def _values_by_label(letter: NormalText, cells: Sequence[_Cell]) -> dict[str, _Cell]:
    """Pair labels with values in the way that leaves the fewest labels without a value."""
    paired = _paired_in_runs(cells)
    labels = {cell.content for cell in cells if cell.is_label}
    if len(paired) == len(labels):
        return paired
    # Some PDF readers give the values before their labels.
    paired = max(paired, _paired_in_runs([*reversed(cells)]), key=len)
    by_columns = _by_columns(letter, cells)
    return by_columns if len(by_columns) > len(paired) else paired


def _by_columns(letter: NormalText, cells: Sequence[_Cell]) -> dict[str, _Cell]:
    """Pair labels with values where a PDF reader goes by columns: in one common order, except those on one line.

    Labels and values can then alternate in any way, so the result counts only if the dates are in the order of a case.
    """
    alone = _pairs_on_one_line(letter, cells)
    pairs = {label.content: value for label, value in alone.items()}
    rest = [cell for cell in cells if cell not in alone and cell not in alone.values()]
    for kind in {cell.kind for cell in cells if cell.is_label}:
        asked = [cell.content for cell in rest if cell.is_label and cell.kind == kind]
        given = [cell for cell in rest if not cell.is_label and cell.kind == kind]
        if len(asked) == len(given):
            pairs |= zip(asked, given, strict=True)
        elif kind == "date" and len(given) == len(asked) + 1:
            pairs |= _without_one_label(asked, given, pairs)
    return pairs if _in_order_of_a_case(pairs) else {}


def _without_one_label(asked: Sequence[str], given: Sequence[_Cell], known: Mapping[str, _Cell]) -> dict[str, _Cell]:
    """Pair dates of which one lost its label, if only one way of pairing puts all of them in the order of a case."""
    dates = [name for name in known if name in DATE_NAMES]
    lost = {*_PRINTED_ORDERS.get(len(given) + len(dates), ())} - {*asked, *dates}
    if len(lost) != 1:
        return {}
    (without_label,) = lost
    ways = []
    for place, value in enumerate(given):
        others = [*given[:place], *given[place + 1 :]]
        way = dict(zip(asked, others, strict=True))
        if _in_order_of_a_case({**known, **way, without_label: value}):
            ways.append(way)
    return ways[0] if len({tuple(cell.content for cell in way.values()) for way in ways}) == 1 else {}


def _pairs_on_one_line(letter: NormalText, cells: Sequence[_Cell]) -> dict[_Cell, _Cell]:
    """Return each label and value that stand on a printed line with no other cell."""
    pairs: dict[_Cell, _Cell] = {}
    for _, line in groupby(cells, key=lambda cell: bisect_right(letter.breaks.places, cell.start)):
        label, *values = line
        if label.is_label and [(value.is_label, value.kind) for value in values] == [(False, label.kind)]:
            pairs[label] = values[0]
    return pairs


def _in_order_of_a_case(pairs: Mapping[str, _Cell]) -> bool:
    """Return whether the dates are in the order in which a case proceeds, and none is impossible."""
    days = [pairs[name].content for name in DATE_NAMES if name in pairs]
    return None not in days and days == sorted(days)


def _paired_in_runs(cells: Iterable[_Cell]) -> dict[str, _Cell]:
    """Pair each run of labels with the run of values after it, in order.

    A single value after several labels belongs to the nearest one; several values, but fewer than labels, are left out.
    Where all dates of the box follow all labels but one, the order of the box says which date has no label.
    """
    pairs: dict[str, _Cell] = {}
    labels: list[_Cell] = []
    for is_label, run in groupby(cells, key=lambda cell: cell.is_label):
        if is_label:
            labels = list(run)
            continue
        values = list(run)
        for kind in {cell.kind for cell in labels}:
            asked = [cell for cell in labels if cell.kind == kind]
            given = [cell for cell in values if cell.kind == kind]
            printed = _PRINTED_ORDERS.get(len(given), ()) if len(given) == len(asked) + 1 else ()
            if {label.content for label in asked} < {*printed}:
                asked_for = {label.content for label in asked}
                given = [value for name, value in zip(printed, given, strict=True) if name in asked_for]
            elif len(given) == 1:
                asked = asked[-1:]
            elif len(asked) == 1:
                given = given[:1]
            if len(asked) == len(given):
                for label, value in zip(asked, given, strict=True):
                    pairs.setdefault(label.content, value)
    return pairs


def _case_of_running_heads(source: str) -> Stated[str] | None:
    """Return the case number of the running heads, if they all print the same one."""
    found = [
        case for head in RUNNING_HEAD.finditer(source) if (case := _CASE_NUMBER.search(source, *head.span("case")))
    ]
    if len({_case_number(case) for case in found}) != 1:
        return None
    return Stated(_case_number(found[0]), found[0][0], Span(*found[0].span()))


def _case_number(found: re.Match[str]) -> str:
    """Return a case number in its canonical form, "CM16-0213037"."""
    return f"CM{found['year']}-{''.join(found['serial'].split())}"
