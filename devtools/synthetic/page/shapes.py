"""File shapes: the same letter as different extractors and editors write it.

Each shape turns a letter's text into the bytes of a file with the same content, and a parser must find the same data in
all of them. The text is a synthetic letter or PDFium's output for a PDF; form feeds separate pages.
"""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

PAGE_LINES = 44  # where a text without form feeds is divided
LAYOUT_WIDTH = 112
LAYOUT_INDENT = "        "
LAYOUT_COLUMNS = (8, 30, 60, 84)

HEADINGS = (
    "HOW THE IMR FINAL DETERMINATION WAS MADE",
    "DOCUMENTS REVIEWED",
    "CLINICAL CASE SUMMARY",
    "IMR ISSUES, DECISIONS AND RATIONALES",
    "IMR DECISION(S) AND RATIONALE(S)",
    "MEDICAL PROFESSIONAL REVIEW",
    "ISSUE AT DISPUTE:",
    "MAXIMUS FEDERAL SERVICES, INC.",
    "Independent Medical Review",
    "Notice of Independent Medical Review Determination",
    "INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE",
)
_BODY = re.compile(r"^[ \t]*(?:HOW THE IMR|ISSUE AT DISPUTE|CLINICAL CASE SUMMARY|1\))", re.MULTILINE)
_CELL = re.compile(
    r"""
    (?P<label> Case\ Number: | Date\ Assigned: | Date\ of\ Injury: | Decision\ Date: | UR\ Denial\ Date: | Priority:
             | Application\s+Received: )
    | (?P<value> \bCM\d\d-\d{7}\b | \b\d\d?/\d\d?/\d{4}\b | \b(?i:standard|expedited)\b )
    """,
    re.VERBOSE,
)
_CASE_NUMBER = re.compile(r"\bCM\d\d-\d{7}\b")

_CELLS = 7
_RIGHT = ("Date of Injury:", "UR Denial Date:", "Application Received:")

Pair = tuple[str, str]


def shapes() -> Mapping[str, Callable[[str], bytes]]:
    """Return every shape by its name: a function from a letter's text to the bytes of a file."""
    return {
        "label-then-value": _label_then_value,
        "labels-before-values": _labels_before_values,
        "columns-out-of-step": _columns_out_of_step,
        "no-blank-lines": _no_blank_lines,
        "blank-after-every-line": _blank_after_every_line,
        "columns-by-spaces": _columns_by_spaces,
        "windows-1252-crlf": _windows_1252,
        "utf-16": _utf_16,
        "utf-16-unmarked": _utf_16_unmarked,
        "running-lines": _running_lines,
        "running-lines-inside-paragraphs": _running_lines_inside,
    }


# --- the box ----------------------------------------------------------------------------------------------------------


def _label_then_value(text: str) -> bytes:
    """Put the label and the value of each cell on alternate lines."""
    return _reboxed(text, lambda pairs: (line for label, value in pairs for line in (*_cell_lines(label), value)))


def _labels_before_values(text: str) -> bytes:
    """Give all labels of the box and then all values."""

    def lines(pairs: list[Pair]) -> Iterator[str]:
        for label, _ in pairs:
            yield from _cell_lines(label)
        for _, value in pairs:
            yield value

    return _reboxed(text, lines)


def _columns_out_of_step(text: str) -> bytes:
    """Give the left column's labels, then its values, and of the right one some labels before and some after theirs.

    Only the box of seven cells has two columns; other headers stay as they are.
    """

    def lines(pairs: list[Pair]) -> Iterator[str]:
        right = {label: value for label, value in pairs if label in _RIGHT}
        for column in zip(*(pair for pair in pairs if pair[0] not in _RIGHT), strict=True):
            yield from (*column, "")
        yield from (right["Date of Injury:"], "Date of Injury:")
        yield f"UR Denial Date:   {right['UR Denial Date:']}"
        yield from (right["Application Received:"], *_cell_lines("Application Received:"))

    _, pairs, _ = box_of(_tidied(text))
    return _reboxed(text, lines) if len(pairs) == _CELLS else _tidied(text).encode()


def _reboxed(text: str, lines: Callable[[list[Pair]], Iterable[str]]) -> bytes:
    before, pairs, after = box_of(_tidied(text))
    box = "\n".join(lines(pairs))
    return f"{before}{box}{after}".encode()


def _cell_lines(label: str) -> list[str]:
    """Break the last label over two lines, as its narrow cell does."""
    return ["Application ", "Received: "] if label == "Application Received:" else [label]


def box_of(text: str) -> tuple[str, list[Pair], str]:
    """Divide a letter into what stands before its box, the labels with their values, and the rest.

    In every run of labels and the run of values after it, the first label owns the first value, and so on. A letter
    without a box, or with other words inside it, gives no pairs, and itself as the rest.
    """
    body = _BODY.search(text)
    cells = list(_CELL.finditer(text, 0, body.start() if body else 0))
    first = next((number for number, cell in enumerate(cells) if cell["label"]), None)
    if first is None:
        return "", [], text
    cells = cells[first:]
    if any(text[one.end() : other.start()].strip() for one, other in pairwise(cells)):
        return "", [], text
    pairs: list[Pair] = []
    labels: list[str] = []
    for is_label, run in groupby(cells, key=lambda cell: cell["label"] is not None):
        printed = [" ".join(cell[0].split()) for cell in run]
        if is_label:
            labels = printed
        else:
            pairs += zip(labels, printed, strict=False)
    return text[: cells[0].start()], pairs, text[cells[-1].end() :]


# --- lines ------------------------------------------------------------------------------------------------------------


def _no_blank_lines(text: str) -> bytes:
    """Leave out every blank line and every space at a line's end: only the lines' lengths tell the paragraphs."""
    return "\n".join(line.rstrip(" ") for line in _tidied(text).split("\n") if line.strip()).encode()


def _blank_after_every_line(text: str) -> bytes:
    """End every line with a space and a blank line, and a page with three line ends."""
    pages = [
        "\n\n".join(f"{line.rstrip(' ')} " for line in page.split("\n") if line.strip())
        for page in _tidied(text).split("\f")
    ]
    return ("\n\n\n".join(pages) + "\n").encode()


def _columns_by_spaces(text: str) -> bytes:
    """Keep every line at its place on the page by spaces, with the cells of the box in columns."""
    before, pairs, after = box_of(_tidied(text))
    box = "\n".join(_box_rows(pairs))
    return f"{_placed(before)}{box}{_placed(after)}".encode()


def _placed(text: str) -> str:
    """Indent the lines to the margin and centre the headings."""
    return re.sub(r"[^\n\f]+", lambda line: _placed_line(line[0].strip(" ")), text)


def _placed_line(line: str) -> str:
    if line in HEADINGS:
        return line.center(LAYOUT_WIDTH).rstrip()
    return LAYOUT_INDENT + line if line else ""


def _box_rows(pairs: list[Pair]) -> list[str]:
    rows = [_row(pair) for pair in pairs if pair[0] == "Case Number:"]
    rest = [pair for pair in pairs if pair[0] != "Case Number:"]
    for start in range(0, len(rest), 2):
        row = [text for pair in rest[start : start + 2] for text in pair]
        broken = row[-2] == "Application Received:"
        if broken:
            row[-2] = "Application"
        rows.append(_row(row))
        if broken:
            rows.append(" " * LAYOUT_COLUMNS[len(row) - 2] + "Received:")
    return rows


def _row(cells: Iterable[str]) -> str:
    row = ""
    for column, cell in zip(LAYOUT_COLUMNS, cells, strict=False):
        row = f"{row:<{column}}{cell}"
    return row


# --- encodings --------------------------------------------------------------------------------------------------------


def _windows_1252(text: str) -> bytes:
    """Save as Windows does, with CRLF line ends; what the code page lacks becomes a question mark."""
    return _tidied(text).replace("\n", "\r\n").encode("cp1252", errors="replace")


def _utf_16(text: str) -> bytes:
    return b"\xff\xfe" + _tidied(text).replace("\n", "\r\n").encode("utf-16-le")


def _utf_16_unmarked(text: str) -> bytes:
    return _tidied(text).encode("utf-16-be")


# --- pages ------------------------------------------------------------------------------------------------------------


def _running_lines(text: str) -> bytes:
    """Print a running line at the foot and a page number at the head of every page, pages divided by form feeds."""
    pages = _pages(text)
    head = _running_head(text)
    printed = [
        f"Page {number} of {len(pages)}\n{page}\n{head} {number}" if head else f"{page}\n{number}"
        for number, page in enumerate(pages, start=1)
    ]
    return "\n\f".join(printed).encode()


def _running_lines_inside(text: str) -> bytes:
    """Print a running line between pages, the form feeds lost, so that it stands in the middle of a paragraph."""
    pages = _pages(text)
    head = _running_head(text)
    if not head:
        return "\n".join(pages).encode()
    return "".join(f"{page}\n{head} {number}\n" for number, page in enumerate(pages, start=1)).encode()


def _running_head(text: str) -> str:
    number = _CASE_NUMBER.search(text)
    return f"Final Determination Letter for IMR Case Number {number[0]}" if number else ""


def _pages(text: str) -> list[str]:
    text = _tidied(text)
    if "\f" in text:
        return [page.strip("\n") for page in text.split("\f")]
    lines = text.rstrip("\n").split("\n")
    return ["\n".join(lines[start : start + PAGE_LINES]) for start in range(0, len(lines), PAGE_LINES)]


def _tidied(text: str) -> str:
    """Give line feeds for all line ends, and for the mark PDFium sets for a hyphen at a line's end, both of them."""
    return text.replace("\r\n", "\n").replace("\ufffe", "-\n")
