"""Split a file that holds several letters into the letters, each with its own text and pages."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imr_archive.parsing.results import Diagnostic
from imr_archive.vocabulary import DiagnosticCode as Code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imr_archive.parsing.source.extraction import SourceText
    from imr_archive.parsing.spans import Range


@dataclass(frozen=True, slots=True)
class LetterPart:
    """One letter of a file: its text, [start, end) of the file's text, and its first and last page in the file.

    ``letters_in_file`` is how many letters the file holds, also where they could not be separated.
    """

    text: str
    start: int
    end: int
    first_page: int
    last_page: int
    letters_in_file: int = 1
    diagnostics: tuple[Diagnostic, ...] = ()


# What every letter prints once, near its beginning, at the start of a line.
_OPENING = re.compile(
    r"""
    (?: ^ | (?<=\f) ) [ \t]* (?: HOW \s+ THE \s+ IMR \s+ FINAL \s+ DETERMINATION \s+ WAS \s+ MADE
      | Notice \s+ of \s+ Independent \s+ Medical \s+ Review \s+ Determination \b
      | MEDICAL \s+ PROFESSIONAL \s+ REVIEW \b )
    """,
    re.VERBOSE | re.MULTILINE,
)

# What proves that a text is a letter as a whole: it decides something.
_DECIDES = re.compile(
    r"""
    IMR \s+ (?:ISSUES,?\s+)? DECISIONS?(?:\(S\))?,? \s+ (?:AND|&) \s+ RATIONALES?
    | Services,?(?:\s+Inc\.)? \s+ has \s+ determined | RATIONALE \s+ FOR \s+ WHY
    """,
    re.VERBOSE | re.IGNORECASE,
)

# A line that can stand between a letter's first line and its opening: letterhead, box labels and their values.
_HEADER_WORDS = re.compile(
    r"""
    \b (?: Case\s+Number | Date\s+Assigned | Date\s+of\s+Injury | Decision\s+Date | Denial\s+Date | UR\s+Decision
      | Dated? \s?: | Priority | Application | Received | Employee | Claim\s+Number | Employer | Claims\s+Administrator
      | MAXIMUS\s+FEDERAL | Independent\s+Medical\s+Review | Determination\s+Letter | P\.?O\.?\s+Box | Fax | Telephone
    ) \b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_HEADER_VALUE = re.compile(r"[\s\d/:-]+|CM.{2,16}|Standard|Expedited", re.IGNORECASE)
_LONGEST_HEADER_LINE = 90


def split_letters(source: SourceText) -> tuple[LetterPart, ...]:
    """Return the letters of a file, usually one; a second copy of the same letter is left out.

    The file is only split where each part opens and decides as a letter does. Otherwise it stays whole, with the
    diagnostic that it holds several letters.
    """
    starts = _starts(source.text)
    ranges = [*zip((0, *starts[1:]), (*starts[1:], len(source.text)), strict=True)]
    if len(ranges) < 2:
        return (_part(source, (0, len(source.text)), 1, source.diagnostics),)
    if not all(_DECIDES.search(source.text, *place) for place in ranges):
        message = f"The file holds {len(ranges)} letters that cannot be separated with certainty."
        remarks = (*source.diagnostics, Diagnostic(Code.SEVERAL_LETTERS, message))
        return (_part(source, (0, len(source.text)), len(ranges), remarks),)
    different = [*_different(source.text, ranges)]
    once = (Diagnostic(Code.TEXT_READ_ONCE, _READ_ONCE),) if len(different) < len(ranges) else ()
    parts = [_part(source, place, len(different), (*source.diagnostics, *once)) for place in different]
    return tuple(parts) if len(parts) == 1 else tuple(_numbered(part, number) for number, part in enumerate(parts, 1))


_READ_ONCE = "A letter stands more than once in the file; it was read once."


def _numbered(part: LetterPart, number: int) -> LetterPart:
    """Return a letter with the diagnostic that says which of the file's letters it is."""
    first, last = part.first_page, part.last_page
    pages = f"page {first}" if first == last else f"pages {first}–{last}"
    message = f"Letter {number} of {part.letters_in_file} in the file: {pages}."
    return replace(part, diagnostics=(*part.diagnostics, Diagnostic(Code.ONE_OF_SEVERAL_LETTERS, message)))


def _starts(text: str) -> list[int]:
    """Return where each letter begins: its opening, with the header above it."""
    starts: list[int] = []
    openings: set[str] = set()  # of the letter that began last
    floor = 0
    for found in _OPENING.finditer(text):
        opening = "".join(found[0].split())
        start = _header_start(text, floor, found.start())
        # A title and a heading that follow each other are of one letter, the same words again are of another.
        if not starts or opening in openings or _DECIDES.search(text, starts[-1], start):
            starts.append(start)
            openings.clear()
        openings.add(opening)
        floor = found.end()
    return starts


def _header_start(text: str, floor: int, opening: int) -> int:
    """Return where the header above an opening begins: the first of the lines that only a header has."""
    start = opening
    for line_start, line in _lines_before(text, floor, opening):
        printed = line.strip()
        is_header = _HEADER_WORDS.search(printed) or _HEADER_VALUE.fullmatch(printed)
        if printed and (len(printed) > _LONGEST_HEADER_LINE or not is_header):
            break
        if printed:
            start = line_start
    return start


def _lines_before(text: str, floor: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield the lines between two places, the nearest to the end first; a page break ends a line too."""
    while end > floor:
        start = max(text.rfind("\n", floor, end - 1), text.rfind("\f", floor, end - 1), floor - 1) + 1
        yield start, text[start:end]
        end = start


def _different(text: str, ranges: Sequence[Range]) -> Iterator[Range]:
    """Yield the ranges whose words no earlier range has."""
    seen = set()
    for start, end in ranges:
        words = "".join(character for character in text[start:end] if character.isalnum())
        if words not in seen:
            seen.add(words)
            yield start, end


def _part(source: SourceText, place: Range, letters: int, diagnostics: tuple[Diagnostic, ...]) -> LetterPart:
    start, end = place
    first, last = _page(source, start), _page(source, max(start, len(source.text[:end].rstrip()) - 1))
    return LetterPart(source.text[start:end], start, end, first, last, letters, diagnostics)


def _page(source: SourceText, at: int) -> int:
    return source.page_numbers[bisect_right(source.pages, at) - 1]
