"""The source text without the accidents of its file: wrapped lines, page breaks, running heads, odd spaces.

Blank lines are no evidence here: some files double every line break and others lose the blank lines. Where a
paragraph ends is told from how full its last line is, so blank lines inserted anywhere change nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar, overload

from imr_archive.parsing.results import Stated
from imr_archive.parsing.spans import PARAGRAPH, Trace, TracedText

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")

# The text holds it only within the paragraphs' marks; one character is searched for many times as fast as two.
_HALF_OF_PARAGRAPH = PARAGRAPH[:1]


class LineBreak(NamedTuple):
    """The point ``at`` of the normalised text where a printed line begins, and how the line before it ended.

    ``room`` is the share of the text width that the line before left free although the next word was to follow;
    ``wraps`` says whether that line ended with a space, as wrapped lines do in some files (None: no telling here).
    """

    at: int
    room: float
    wraps: bool | None


class Breaks(Sequence[LineBreak]):
    """The places where printed lines begin, but for the first; each is measured only when it is asked for."""

    def __init__(self, places: list[int], lines: _Lines) -> None:
        self.places = places
        self._lines = lines

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, number: int) -> LineBreak: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[LineBreak]: ...
    def __getitem__(self, number: int | slice) -> LineBreak | Sequence[LineBreak]:
        """Return the break of a number, or the breaks of a slice."""
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        line = range(len(self))[number]
        return LineBreak(self.places[line], self._lines.room(line), self._lines.wraps(line))

    def begins(self, place: int) -> bool:
        """Tell whether a printed line begins just at this place."""
        number = bisect_left(self.places, place)
        return number < len(self) and self.places[number] == place

    def within(self, start: int, end: int) -> list[int]:
        """Return the places after ``start`` and before ``end`` where printed lines begin, in order."""
        return self.places[bisect_right(self.places, start) : bisect_left(self.places, end)]

    def before(self, place: int, floor: int) -> Iterator[LineBreak]:
        """Yield the breaks after ``floor`` and before ``place``, the nearest first."""
        first, last = bisect_right(self.places, floor), bisect_left(self.places, place)
        return (self[number] for number in range(last - 1, first - 1, -1))


@dataclass(frozen=True, slots=True)
class NormalText:
    """A letter's normalised text with its way back to the source, and the places where printed lines began."""

    source: str
    body: TracedText
    breaks: Breaks

    @property
    def text(self) -> str:
        """The normalised text: one space between words, paragraphs divided by blank lines."""
        return self.body.text

    @property
    def words(self) -> str:
        """The text with every white space folded to one space: the same for the same letter in any file."""
        return " ".join(filter(None, self.text.split(_HALF_OF_PARAGRAPH)))

    def begins_line(self, place: int) -> bool:
        """Tell whether a printed line begins just at this place, the text ends there, or it begins there."""
        return place in (0, len(self.text)) or self.breaks.begins(place)

    def stated(self, value: T, start: int, end: int) -> Stated[T]:
        """Return a value with its raw text and span; [start, end) is where the normalised text states it."""
        return self.stated_in(self.body, value, start, end)

    def stated_in(self, piece: TracedText, value: T, start: int, end: int) -> Stated[T]:
        """Return a value that [start, end) of a piece cut from the letter states."""
        span = piece.span(start, end)
        return Stated(value, self.source[span.start : span.end], span)

    def stated_text(self, start: int, end: int, *, flat: bool = False) -> Stated[str] | None:
        """Return the reflowed text of [start, end) as a value, or None if nothing stands there."""
        piece = self.piece(start, end, flat=flat)
        return self.stated_in(piece, piece.text, 0, len(piece.text)) if piece.text else None

    def piece(self, start: int, end: int, *, flat: bool = True) -> TracedText:
        """Return the text of [start, end) without white space around it; ``flat`` makes it one paragraph."""
        piece = self.body.cut(start, end)
        return piece.flattened() if flat else piece


class _Lines:
    """The printed lines that hold words, each at the same place of every list."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.starts: list[int] = []  # the source offset of the first character
        self.spaced: list[bool] = []  # whether a space stood at the line's end
        # where a line doesn't read on in the source, by its number: a place in the line with its source offset
        self.jumps: dict[int, list[tuple[int, int]]] = {}

    def end(self, number: int) -> int:
        """Return the source offset after a line's last character."""
        place, start = self.jumps[number][-1] if number in self.jumps else (0, self.starts[number])
        return start + len(self.texts[number]) - place

    @cached_property
    def width(self) -> int:
        """How many characters a full line holds; nearly the longest, as a few lines may be unusually dense."""
        lengths = sorted(map(len, self.texts))
        return lengths[int(len(lengths) * 0.9)] if lengths else 0

    @cached_property
    def _spaces_tell(self) -> bool:
        """Whether spaces at line ends mark wrapped lines: most full lines have one, and not every line has."""
        if not any(self.spaced):
            return False
        full_length = 0.8 * self.width
        full = [spaced for text, spaced in zip(self.texts, self.spaced, strict=True) if len(text) > full_length]
        return sum(full) > 0.6 * len(full) and not all(self.spaced)

    def wraps(self, number: int) -> bool | None:
        """Say whether the space at a line's end marks it as wrapped; None where spaces tell nothing."""
        return self.spaced[number] if self._spaces_tell else None

    def room(self, number: int) -> float:
        """Return the share of the width that a line left free although the first word of the next was to follow."""
        needed = len(self.texts[number]) + 1 + len(self.texts[number + 1].partition(" ")[0])
        return max(0.0, (self.width - needed) / self.width)


# "Cold therapy: Upheld", the words apart; zero-width characters and leftover control characters are no part of a word.
_WORD = re.compile(r"[^\s\u200b-\u200d\u2060\ufeff\x00-\x1f\x7f]+")

# Any of the ends a printed line can have, "\r\n" or "\v"; kept short of str.splitlines so that offsets stay plain.
_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]*")

# Other white space than spaces, line feeds and form feeds, and what is no part of a word; most sources hold none. Each
# is looked for alone, which is many times as fast as one search for all of them.
_ODD = tuple(
    chr(code)
    for first, last in ((0x00, 0x09), (0x0B, 0x0B), (0x0D, 0x1F), (0x7F, 0x7F), (0x85, 0x85), (0xA0, 0xA0))
    for code in range(first, last + 1)
)
_ODD_BEYOND_LATIN = (*"\u1680\u2028\u2029\u202f\u205f\u2060\u3000\ufeff", *map(chr, range(0x2000, 0x200E)))

# "Final Determination Letter for IMR Case Number CM15-0012345 3", which mailed copies print on every page.
RUNNING_HEAD = re.compile(
    r"""
    Final\s+Determination\s+Letter\s+for\s+IMR\s+Case\s+Number:?\s+
    (?P<case>CM\d\d-\d{7}) (?:\s+ (?:Page\s+)? \d{1,3} (?=\s|$))?
    """,
    re.VERBOSE,
)

_BEGINS_RUNNING_HEAD = "Final Determination Letter"

# "Page 3 of 5", "Page 3", "- 3 -", "3": a whole line of a page's edge.
_PAGE_NUMBER = re.compile(
    r"(?: Page\s+(?P<page>\d{1,3}) (?:\s+of\s+\d{1,3})? | -?\s?(?P<bare>\d{1,3})\s?-? )", re.VERBOSE
)


def normalise(source: str) -> NormalText:
    """Return the letter's text as it was before it was laid out on pages."""
    lines = _printed_lines(source)
    pieces: list[str] = []
    places: list[int] = []
    runs: list[int] = []
    sources: list[int] = []
    length = 0
    before = ""
    for number, text in enumerate(lines.texts):
        if before:
            glue = _glue(lines, number - 1, text) if before[-1] in _ENDINGS else " "
            if len(glue) > 1:  # both characters of a paragraph's mark stand for the one end of a line
                runs.append(length + 1)
                sources.append(lines.end(number - 1))
            pieces.append(glue)
            length += len(glue)
            places.append(length)
        runs.append(length)
        sources.append(lines.starts[number])
        if number in lines.jumps:
            for place, offset in lines.jumps[number]:
                runs.append(length + place)
                sources.append(offset)
        pieces.append(text)
        length += len(text)
        before = text
    return NormalText(source, TracedText("".join(pieces), Trace(runs, sources)), Breaks(places, lines))


def _printed_lines(source: str) -> _Lines:
    """Return the lines that hold words, without page numbers and running heads."""
    lines = _Lines()
    odd = any(map(source.__contains__, _ODD)) or (
        not source.isascii() and any(map(source.__contains__, _ODD_BEYOND_LATIN))
    )
    start = 0
    for page_number, page in enumerate(source.split("\f"), start=1):
        printed = _lines_of_page(page, start, odd=odd)
        start += len(page) + 1
        while printed and _is_page_number(printed[0][1], page_number):
            del printed[0]
        while printed and _is_page_number(printed[-1][1], page_number):
            del printed[-1]
        for at, line in printed:
            if odd or "  " in line or _BEGINS_RUNNING_HEAD in line:
                _add_word_by_word(lines, at, line)
                continue
            lines.texts.append(line.strip())
            lines.starts.append(at + 1 if line[0] == " " else at)
            lines.spaced.append(line[-1] == " ")
    return lines


def _lines_of_page(page: str, start: int, *, odd: bool) -> list[tuple[int, str]]:
    """Return the lines of a page that hold words, each with its source offset."""
    if odd:
        return [(start + found.start(), found[0]) for found in _LINE.finditer(page) if _WORD.search(found[0])]
    lines = []
    for line in page.split("\n"):
        if line and not line.isspace():
            lines.append((start, line))
        start += len(line) + 1
    return lines


def _is_page_number(printed: str, page_number: int) -> bool:
    found = _PAGE_NUMBER.fullmatch(printed.strip())
    # A bare number at a page's edge may belong to a sentence, unless it is that page's own.
    return found is not None and (found["page"] is not None or int(found["bare"]) == page_number)


def _add_word_by_word(lines: _Lines, at: int, printed: str) -> None:
    """Add a line that may hold more than words and single spaces; one that was only a running head is none."""
    if "Final" in printed:
        printed = RUNNING_HEAD.sub(lambda head: " " * len(head[0]), printed)
    text = ""
    first = read = 0
    jumps: list[tuple[int, int]] = []
    for word in _WORD.finditer(printed):
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
_HYPHENS = "-/"
_SUSPENDED = re.compile(r"(?:and|or|to)\b")

# "medically necessary.", '..."stable."', "the following:"
_FULL_STOPS = (".", "?", "!", ":")
_CLOSING = "\"')]”’"
# the last characters of the lines after which something else than a space may stand: most lines have none of them
_ENDINGS = frozenset((*_HYPHENS, *_FULL_STOPS, *_CLOSING))

_SHORT_WITHOUT_SPACE = 0.03
_SHORT = 0.15


def _glue(lines: _Lines, number: int, after: str) -> str:
    """Return what stands between a line with such an ending and the next: a space, nothing, or a paragraph's end."""
    before = lines.texts[number]
    if before[-1] in _HYPHENS:
        follows_word = before[-2:-1].isalnum() or before[-2:-1] == "_"
        suspended = not follows_word or _SUSPENDED.match(after)
        return " " if suspended else ""
    if after[0].islower() or not before.rstrip(_CLOSING).endswith(_FULL_STOPS):
        return " "
    wraps = lines.wraps(number)
    if wraps is True:
        return " "
    return PARAGRAPH if lines.room(number) > (_SHORT_WITHOUT_SPACE if wraps is False else _SHORT) else " "
