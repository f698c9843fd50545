"""Normalise the source text: undo line wraps, page breaks, running heads and odd white space.

Blank lines are not used as evidence: some files double every line break, others lose the blank lines. The end of a
paragraph is inferred from how full its last line is, so inserting blank lines anywhere changes nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from imr_archive.parsing.results import Stated
from imr_archive.parsing.source.furniture import recurring_lines
from imr_archive.parsing.source.lines import WORD, is_plain, printed_pages
from imr_archive.parsing.spans import PARAGRAPH, Span, Trace, TracedText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imr_archive.parsing.source.lines import PrintedLine
    from imr_archive.parsing.spans import Range

T = TypeVar("T")


class LineBreak(NamedTuple):
    """The offset ``at`` in the normalised text where a printed line begins, and how the line before it ended.

    ``room`` is the share of the text width that the line before left free after subtracting the next word. ``wraps``
    says whether that line ended with a space, as wrapped lines do in some files (None: this file gives no evidence).
    """

    at: int
    room: float
    wraps: bool | None


class LineBreaks:
    """The offsets in the normalised text where printed lines begin, except the first."""

    def __init__(self, places: list[int], lines: _PrintedLines) -> None:
        self.places = places
        self._lines = lines

    def begins_at(self, place: int) -> bool:
        """Return whether a printed line begins exactly at this offset."""
        number = bisect_left(self.places, place)
        return number < len(self.places) and self.places[number] == place

    def within(self, start: int, end: int) -> list[int]:
        """Return the offsets after ``start`` and before ``end`` where printed lines begin, in order."""
        return self.places[bisect_right(self.places, start) : bisect_left(self.places, end)]

    def before(self, place: int, floor: int) -> Iterator[LineBreak]:
        """Yield the breaks after ``floor`` and before ``place``, the nearest first."""
        first, last = bisect_right(self.places, floor), bisect_left(self.places, place)
        for number in range(last - 1, first - 1, -1):
            yield LineBreak(self.places[number], self._lines.room(number), self._lines.wraps(number))


@dataclass(frozen=True, slots=True)
class NormalText:
    """A letter's normalised text, traced to the source, with the offsets where printed lines began.

    ``left_out`` holds the source spans of recurring lines of others, such as stamps.
    """

    source: str
    body: TracedText
    breaks: LineBreaks
    left_out: tuple[Span, ...] = ()

    @property
    def text(self) -> str:
        """The normalised text: one space between words, paragraphs divided by blank lines."""
        return self.body.text

    @property
    def words(self) -> str:
        """The text with all white space folded to single spaces: the same for the same letter in any file."""
        return " ".join(self.text.split(PARAGRAPH))

    def begins_line(self, place: int) -> bool:
        """Return whether a printed line begins at this offset; the start and the end of the text count too."""
        return place in (0, len(self.text)) or self.breaks.begins_at(place)

    def stated(self, value: T, start: int, end: int) -> Stated[T]:
        """Return a value with its raw text and span; [start, end) is where the normalised text states it."""
        return self.stated_in(self.body, value, start, end)

    def stated_in(self, piece: TracedText, value: T, start: int, end: int) -> Stated[T]:
        """Return a value that [start, end) of a piece cut from the letter states."""
        span = piece.span(start, end)
        return Stated(value, self.source[span.start : span.end], span)

    def stated_text(self, start: int, end: int, *, flat: bool = False) -> Stated[str] | None:
        """Return the reflowed text of [start, end) as a value, or None if it is blank."""
        piece = self.piece(start, end, flat=flat)
        return self.stated_in(piece, piece.text, 0, len(piece.text)) if piece.text else None

    def piece(self, start: int, end: int, *, flat: bool = True) -> TracedText:
        """Return the text of [start, end) without surrounding white space; ``flat`` makes it one paragraph."""
        piece = self.body.cut(start, end)
        return piece.flattened() if flat else piece


class _PrintedLines:
    """The printed lines that hold words, as parallel lists: one entry a line in each of them."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.starts: list[int] = []  # the source offset of the first character
        self.spaced: list[bool] = []  # whether a space stood at the line's end
        # By line number: the places in the line where the source is not consecutive, with their source offsets.
        self.jumps: dict[int, list[tuple[int, int]]] = {}

    def end(self, number: int) -> int:
        """Return the source offset after a line's last character."""
        place, start = self.jumps[number][-1] if number in self.jumps else (0, self.starts[number])
        return start + len(self.texts[number]) - place

    @cached_property
    def width(self) -> int:
        """The number of characters in a full line: the 90th percentile, as a few lines may be unusually dense."""
        lengths = sorted(map(len, self.texts))
        return lengths[int(len(lengths) * 0.9)] if lengths else 0

    @cached_property
    def _spaces_mark_wraps(self) -> bool:
        """Whether spaces at line ends mark wrapped lines: most full lines have one, and not every line has."""
        if not any(self.spaced):
            return False
        full_length = 0.8 * self.width
        full = [spaced for text, spaced in zip(self.texts, self.spaced, strict=True) if len(text) > full_length]
        return sum(full) > 0.6 * len(full) and not all(self.spaced)

    def wraps(self, number: int) -> bool | None:
        """Return whether the space at a line's end marks it as wrapped; None where spaces are no evidence."""
        return self.spaced[number] if self._spaces_mark_wraps else None

    def room(self, number: int) -> float:
        """Return the share of the width that a line left free after subtracting the first word of the next line."""
        needed = len(self.texts[number]) + 1 + len(self.texts[number + 1].partition(" ")[0])
        return max(0.0, (self.width - needed) / self.width)


# "Final Determination Letter for IMR Case Number CM15-0012345 3", which mailed copies print on every page.
RUNNING_HEAD = re.compile(
    r"""
    Final\s+Determination\s+Letter\s+for\s+IMR\s+Case\s+Number:?\s+
    (?P<case>(?i:CM)[\s_\u2010-\u2015-]?\d\d[\s_\u2010-\u2015\u2212-]{0,3}\d{7}) (?:\s+ (?:Page\s+)? \d{1,3} (?=\s|$))?
    """,
    re.VERBOSE,
)
_RUNNING_HEAD_BEGINS = "Final Determination Letter"

# "Page 3 of 5", "Page 3", "- 3 -", "3": a whole line at the top or bottom of a page.
_PAGE_NUMBER = re.compile(
    r"(?: Page\s+(?P<page>\d{1,3}) (?:\s+of\s+\d{1,3})? | -?\s?(?P<bare>\d{1,3})\s?-? )", re.VERBOSE
)


def normalise(source: str) -> NormalText:
    """Return the letter's text as it was before it was laid out on pages."""
    plain = is_plain(source)
    pages = [*printed_pages(source, plain=plain)]
    recurring = recurring_lines(pages)
    lines = _printed_lines(pages, recurring, plain=plain)
    pieces: list[str] = []
    breaks: list[int] = []
    places: list[int] = []
    sources: list[int] = []
    length = 0
    for number, text in enumerate(lines.texts):
        if number > 0:
            glue = " " if lines.texts[number - 1][-1].isalpha() else _glue(lines, number - 1, text)
            if glue == PARAGRAPH:  # both characters of the paragraph mark map to the one line end
                places.append(length + 1)
                sources.append(lines.end(number - 1))
            pieces.append(glue)
            length += len(glue)
            breaks.append(length)
        places.append(length)
        sources.append(lines.starts[number])
        for place, offset in lines.jumps.get(number, ()):
            places.append(length + place)
            sources.append(offset)
        pieces.append(text)
        length += len(text)
    body = TracedText("".join(pieces), Trace(places, sources))
    return NormalText(source, body, LineBreaks(breaks, lines), tuple(Span(*place) for place in recurring))


def _printed_lines(pages: Sequence[list[PrintedLine]], left_out: Sequence[Range], *, plain: bool) -> _PrintedLines:
    """Return the lines that hold words, without page numbers, running heads and the lines to leave out."""
    lines = _PrintedLines()
    starts = {start for start, _ in left_out}
    for page_number, page in enumerate(pages, start=1):
        printed = page
        if starts:
            printed = [(at, line) for at, line in page if at + len(line) - len(line.lstrip()) not in starts]
        while printed and _is_page_number(printed[0][1], page_number):
            del printed[0]
        while printed and _is_page_number(printed[-1][1], page_number):
            del printed[-1]
        for at, line in printed:
            if not plain or "  " in line or _RUNNING_HEAD_BEGINS in line:
                _add_word_by_word(lines, at, line)
            else:
                lines.texts.append(line.strip())
                lines.starts.append(at + (line[0] == " "))
                lines.spaced.append(line[-1] == " ")
    return lines


def _is_page_number(printed: str, page_number: int) -> bool:
    found = _PAGE_NUMBER.fullmatch(printed.strip())
    # A bare number at the edge of a page may belong to a sentence, unless it is the number of that page.
    return found is not None and (found["page"] is not None or int(found["bare"]) == page_number)


def _add_word_by_word(lines: _PrintedLines, at: int, printed: str) -> None:
    """Add a line with its white space folded; a line that holds only a running head is left out."""
    printed = RUNNING_HEAD.sub(lambda head: " " * len(head[0]), printed)
    text = ""
    first = read = 0
    jumps: list[tuple[int, int]] = []
    for word in WORD.finditer(printed):
        gap = printed[read : word.start()]
        if not text:
            first = word.start()
        elif gap == " ":
            text += gap
        else:
            space = any(map(str.isspace, gap))
            jumps.append((len(text), at + word.start() - space))
            text += " " * space
        text += word[0]
        read = word.end()
    if not text:
        return
    if jumps:
        lines.jumps[len(lines.texts)] = jumps
    lines.texts.append(text)
    lines.starts.append(at + first)
    lines.spaced.append(printed[-1:].isspace())


# "non-" before "certified", but not "two-" before "and three-level" nor the dash of "Low Back -".
_HYPHENS = ("-", "/")
_SUSPENDED = re.compile(r"(?:and|or|to)\b")

# "medically necessary.", '..."stable."', "the following:"
_FULL_STOPS = (".", "?", "!", ":")
_CLOSING = "\"')]”’"

# The share of the width that the last line of a paragraph leaves free, at least.
_ROOM_WITHOUT_SPACE = 0.03  # where the lack of a space at the line's end is evidence too
_ROOM = 0.15


def _glue(lines: _PrintedLines, number: int, after: str) -> str:
    """Return what joins a line that ends with no letter to the next one: a space, nothing (after a hyphen), or a
    paragraph mark.
    """
    before = lines.texts[number]
    if before.endswith(_HYPHENS):
        follows_word = before[-2:-1].isalnum() or before[-2:-1] == "_"
        suspended = not follows_word or _SUSPENDED.match(after)
        return " " if suspended else ""
    if after[0].islower() or not before.rstrip(_CLOSING).endswith(_FULL_STOPS):
        return " "
    wraps = lines.wraps(number)
    if wraps is True:
        return " "
    needed = _ROOM_WITHOUT_SPACE if wraps is False else _ROOM
    return PARAGRAPH if lines.room(number) > needed else " "
