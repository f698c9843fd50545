"""The source text without the accidents of its file: wrapped lines, page breaks, running heads, odd spaces.

Blank lines are no evidence here: some files double every line break and others lose the blank lines. Where a
paragraph ends is told from how full its last line is, so blank lines inserted anywhere change nothing.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from imr_archive.parsing.results import Stated
from imr_archive.parsing.spans import PARAGRAPH, TracedText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LineBreak:
    """The point ``at`` of the normalised text where a printed line begins, and how the line before it ended.

    ``room`` is the share of the text width that the line before left free although the next word was to follow;
    ``wraps`` says whether that line ended with a space, as wrapped lines do in some files (None: no telling here).
    """

    at: int
    room: float
    wraps: bool | None


@dataclass(frozen=True, slots=True)
class NormalText:
    """A letter's normalised text with its way back to the source, and the places where printed lines began."""

    source: str
    body: TracedText
    breaks: tuple[LineBreak, ...]

    @property
    def text(self) -> str:
        """The normalised text: one space between words, paragraphs divided by blank lines."""
        return self.body.text

    @property
    def words(self) -> str:
        """The text with every white space folded to one space: the same for the same letter in any file."""
        return " ".join(self.text.split())

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
        return self.stated_in(piece, piece.text, 0, len(piece)) if piece.text else None

    def piece(self, start: int, end: int, *, flat: bool = True) -> TracedText:
        """Return the text of [start, end) without white space around it; ``flat`` makes it one paragraph."""
        piece = self.body.cut(start, end).stripped()
        return piece.flattened() if flat else piece


@dataclass(frozen=True, slots=True)
class _Line:
    """One printed line: its words with their trace, and whether a space stood at its end."""

    text: str
    origin: array[int]
    spaced: bool


# "Cold therapy: Upheld", the words apart; zero-width characters and leftover control characters are no part of a word.
_WORD = re.compile(r"[^\s\u200b-\u200d\u2060\ufeff\x00-\x1f\x7f]+")

# Any of the ends a printed line can have, "\r\n" or "\f"; kept short of str.splitlines so that offsets stay plain.
_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")

# "Final Determination Letter for IMR Case Number CM15-0012345 3", which mailed copies print on every page.
RUNNING_HEAD = re.compile(
    r"""
    Final\s+Determination\s+Letter\s+for\s+IMR\s+Case\s+Number:?\s+
    (?P<case>CM\d\d-\d{7}) (?:\s+ (?:Page\s+)? \d{1,3} (?=\s|$))?
    """,
    re.VERBOSE,
)

# "Page 3 of 5", "Page 3", "- 3 -", "3": a whole line of a page's edge.
_PAGE_NUMBER = re.compile(
    r"(?: Page\s+(?P<page>\d{1,3}) (?:\s+of\s+\d{1,3})? | -?\s?(?P<bare>\d{1,3})\s?-? )", re.VERBOSE
)


def normalise(source: str) -> NormalText:
    """Return the letter's text as it was before it was laid out on pages."""
    lines = list(_printed_lines(source))
    width = _text_width(lines)
    spaces_tell = _spaces_tell(lines, width)
    text: list[str] = []
    origin = array("l")
    breaks: list[LineBreak] = []
    length = 0
    for number, line in enumerate(lines):
        if number:
            before = lines[number - 1]
            room = _room(before, line, width)
            wraps = before.spaced if spaces_tell else None
            glue = _glue(before.text, line.text, room, wraps)
            text.append(glue)
            origin.extend([before.origin[-1] + 1] * len(glue))
            length += len(glue)
            breaks.append(LineBreak(length, room, wraps))
        text.append(line.text)
        origin.extend(line.origin)
        length += len(line.text)
    return NormalText(source, TracedText("".join(text), origin), tuple(breaks))


def _printed_lines(source: str) -> Iterator[_Line]:
    start = 0
    for page_number, page in enumerate(source.split("\f"), start=1):
        lines = [(start + found.start(), found[0]) for found in _LINE.finditer(page) if _WORD.search(found[0])]
        start += len(page) + 1
        while lines and _is_page_number(lines[0][1], page_number):
            del lines[0]
        while lines and _is_page_number(lines[-1][1], page_number):
            del lines[-1]
        for at, printed in lines:
            line = _line(at, printed)
            if line.text:
                yield line


def _is_page_number(printed: str, page_number: int) -> bool:
    found = _PAGE_NUMBER.fullmatch(printed.strip())
    # A bare number at a page's edge may belong to a sentence, unless it is that page's own.
    return found is not None and (found["page"] is not None or int(found["bare"]) == page_number)


def _line(at: int, printed: str) -> _Line:
    if "Final" in printed:
        printed = RUNNING_HEAD.sub(lambda head: " " * len(head[0]), printed)
    origin = array("l")
    pieces: list[str] = []
    read = 0
    for word in _WORD.finditer(printed):
        gap = printed[read : word.start()]
        if pieces and any(map(str.isspace, gap)):
            pieces.append(" ")
            origin.append(at + word.start() - 1)
        pieces.append(word[0])
        origin.extend(range(at + word.start(), at + word.end()))
        read = word.end()
    return _Line("".join(pieces), origin, printed[-1:].isspace())


def _text_width(lines: Iterable[_Line]) -> int:
    """Return how many characters a full line holds; nearly the longest, as a few lines may be unusually dense."""
    lengths = sorted(len(line.text) for line in lines)
    return lengths[int(len(lengths) * 0.9)] if lengths else 0


def _spaces_tell(lines: list[_Line], width: int) -> bool:
    """Tell whether spaces at line ends mark wrapped lines: most full lines have one, and not every line has."""
    full = [line.spaced for line in lines if len(line.text) > 0.8 * width]
    return sum(full) > 0.6 * len(full) and not all(line.spaced for line in lines)


def _room(before: _Line, line: _Line, width: int) -> float:
    needed = len(before.text) + 1 + len(line.text.partition(" ")[0])
    return max(0.0, (width - needed) / width)


# "medically necessary.", '..."stable."', "the following:"
_SENTENCE_END = re.compile(r"[.?!:][\"')\]”’]*$")

# "non-" before "certified", but not "two-" before "and three-level" nor the dash of "Low Back -".
_HYPHEN_END = re.compile(r"\w[-/]$")
_SUSPENDED = re.compile(r"(?:and|or|to)\b")

_SHORT_WITHOUT_SPACE = 0.03
_SHORT = 0.15


def _glue(before: str, after: str, room: float, wraps: bool | None) -> str:
    """Return what stands between two printed lines: a space, nothing after a hyphen, or a paragraph's end."""
    if _HYPHEN_END.search(before) and not _SUSPENDED.match(after):
        return ""
    short = room > (_SHORT_WITHOUT_SPACE if wraps is False else _SHORT)
    if short and wraps is not True and not after[0].islower() and _SENTENCE_END.search(before):
        return PARAGRAPH
    return " "
