"""The boxed header: case number, priority and five dates, in whatever order the PDF reader gave the cells."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from imr_archive.parsing.checks.missing import impossible_date
from imr_archive.parsing.letter.markers import find_dates, find_markers
from imr_archive.parsing.results import DATE_NAMES, Stated
from imr_archive.parsing.source.normalise import RUNNING_HEAD
from imr_archive.parsing.spans import Span
from imr_archive.vocabulary import Priority

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from imr_archive.parsing.checks.missing import Range
    from imr_archive.parsing.letter.sections import Section
    from imr_archive.parsing.results import Diagnostic
    from imr_archive.parsing.source.normalise import NormalText


_KIND_OF_LABEL = dict.fromkeys(DATE_NAMES, "date") | {"case_number": "case", "priority": "priority"}


@dataclass(frozen=True, slots=True)
class Header:
    """What the box prints; a date that cannot be is left out of ``dates`` and remarked on."""

    case_number: Stated[str] | None
    priority: Stated[Priority] | None
    dates: Mapping[str, Stated[date]]
    remarks: tuple[Diagnostic, ...]
    claimed: tuple[Range, ...]


class _Cell(NamedTuple):
    """One label or one value of the box: its kind, and what the label asks for or the value says."""

    is_label: bool
    kind: str
    content: Any
    start: int
    end: int


# "CM16-0213037", also with a space at the hyphen or, from a scan, among the digits. A search is quickest that begins
# with fixed letters, so what must not stand before them is looked at after them, here and below.
_CASE_NUMBER = re.compile(r"CM(?<!\wCM)\s?(?P<year>\d\d)\s?-\s?(?P<serial>\d(?:\s?\d){6})\b")

# "Standard", "Expedited", in any letters: what all of them begin with makes the search quick
_PRIORITY = re.compile(r"[SsEe](?<!\w.)(?i:tandard|xpedited)\b")

# "Application 08/03/2016 Received:", where a reader that keeps columns gives the value beside the label's first line
_PARTED_LABEL = re.compile(r"Application(?<!\wApplication)\s+(?P<value>\d\d?[/-]\d\d?[/-]\d{2,4})\s+Received:")

# How many dates follow their labels, and which those are in the order printed: the box, and the older headers (or the
# box's right column).
_PRINTED = {5: ("assigned", "injury", "decision", "ur_decision", "received"), 3: ("injury", "ur_decision", "received")}


def read_header(letter: NormalText, section: Section, decided: Iterable[Range] = ()) -> Header:
    """Read the box from the text before the first heading; without a box, only running heads tell the case.

    ``decided`` is where that text decides requests, which may hold dates of their own.
    """
    pairs: dict[str, _Cell] = {}
    claimed = []
    for start, end in _between(section, decided):
        cells = _cells(letter.text, start, end)
        pairs = _all_paired(letter, cells) | pairs
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


def _between(section: Section, decided: Iterable[Range]) -> Iterator[Range]:
    """Yield the stretches of a section that decide nothing."""
    at = section.start
    for start, end in sorted(place for place in decided if place[0] < section.end):
        if at < start:
            yield at, start
        at = max(at, end)
    if at < section.end:
        yield at, section.end


def _cells(text: str, start: int, end: int) -> list[_Cell]:
    span = (start, end)
    cells = [
        _Cell(True, _KIND_OF_LABEL[label.key], label.key, label.start, label.end)
        for label in find_markers("box", text, *span)
    ]
    cells += [_Cell(False, "date", day.value, day.start, day.end) for day in find_dates(text, *span)]
    for found in _CASE_NUMBER.finditer(text, *span):
        case_number = f"CM{found['year']}-{''.join(found['serial'].split())}"
        cells.append(_Cell(False, "case", case_number, found.start(), found.end()))
    for found in _PRIORITY.finditer(text, *span):
        cells.append(_Cell(False, "priority", Priority(found[0].lower()), found.start(), found.end()))
    for found in _PARTED_LABEL.finditer(text, *span):
        cells.append(_Cell(True, "date", "received", found.start(), found.start("value")))
        cells.append(_Cell(False, "rest of a label", None, found.end("value"), found.end()))
    return sorted(cells, key=lambda cell: cell.start)


def _all_paired(letter: NormalText, cells: Sequence[_Cell]) -> dict[str, _Cell]:
    """Give each label its value, in the way that leaves the fewest labels without one."""
    paired = _paired(cells)
    labels = {cell.content for cell in cells if cell.is_label}
    if len(paired) == len(labels):
        return paired
    # A reader that gives the values before their labels pairs more of them the other way round.
    paired = max(paired, _paired([*reversed(cells)]), key=len)
    by_columns = _by_columns(letter, cells)
    return by_columns if len(by_columns) > len(paired) else paired


def _by_columns(letter: NormalText, cells: Sequence[_Cell]) -> dict[str, _Cell]:
    """Give each label its value where a reader goes by columns: all in one order, but for those that share a line.

    Labels and values may then stand in any turn, so this holds only if the dates come out in the order of a case.
    """
    alone = _alone_on_lines(letter, cells)
    pairs = {label.content: value for label, value in alone.items()}
    rest = [cell for cell in cells if cell not in alone and cell not in alone.values()]
    for kind in {cell.kind for cell in cells if cell.is_label}:
        asked = [cell.content for cell in rest if cell.is_label and cell.kind == kind]
        given = [cell for cell in rest if not cell.is_label and cell.kind == kind]
        if len(asked) == len(given):
            pairs |= zip(asked, given, strict=True)
        elif kind == "date" and len(given) == len(asked) + 1:
            pairs |= _without_one_label(asked, given, pairs)
    return pairs if _follow_each_other(pairs) else {}


def _without_one_label(asked: Sequence[str], given: Sequence[_Cell], known: Mapping[str, _Cell]) -> dict[str, _Cell]:
    """Pair dates of which one has lost its label: as there is but one way in which all follow each other."""
    dates = [name for name in known if name in DATE_NAMES]
    lost = {*_PRINTED.get(len(given) + len(dates), ())} - {*asked, *dates}
    if len(lost) != 1:
        return {}
    (without_label,) = lost
    ways = []
    for place, value in enumerate(given):
        others = [*given[:place], *given[place + 1 :]]
        way = dict(zip(asked, others, strict=True))
        if _follow_each_other({**known, **way, without_label: value}):
            ways.append(way)
    return ways[0] if len({tuple(cell.content for cell in way.values()) for way in ways}) == 1 else {}


def _alone_on_lines(letter: NormalText, cells: Sequence[_Cell]) -> dict[_Cell, _Cell]:
    """Return the labels that have a printed line to themselves, with the values that follow them there."""
    pairs: dict[_Cell, _Cell] = {}
    for _, line in groupby(cells, key=lambda cell: bisect_right(letter.breaks.places, cell.start)):
        label, *values = line
        if label.is_label and [(value.is_label, value.kind) for value in values] == [(False, label.kind)]:
            pairs[label] = values[0]
    return pairs


def _follow_each_other(pairs: Mapping[str, _Cell]) -> bool:
    """Tell whether the dates of a case are in the order in which things happen."""
    days = [pairs[name].content for name in DATE_NAMES if name in pairs]
    return None not in days and days == sorted(days)


def _paired(cells: Iterable[_Cell]) -> dict[str, _Cell]:
    """Give each label its value: within every run of labels and the run of values after it, in order.

    Where a run has fewer values than labels, one belongs to the nearest label, and several tell nothing. Where all
    dates of the box follow all labels but one, the order of the box tells which of them has no label.
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
            printed = _PRINTED.get(len(given), ()) if len(given) == len(asked) + 1 else ()
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
    heads = list(RUNNING_HEAD.finditer(source))
    if len({head["case"] for head in heads}) != 1:
        return None
    start, end = heads[0].span("case")
    return Stated(heads[0]["case"], source[start:end], Span(start, end))
