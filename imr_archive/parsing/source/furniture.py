"""Find the lines of others that recur on the pages of a letter: Bates numbers, fax lines, browser lines, watermarks.

They are looked for among the first and last lines of the pages, because a stamp is printed at the same place of each
page. A line counts if its numbers go up with the pages, if its form says what it is, or if it recurs unchanged and is
not prose.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imr_archive.parsing.source.lines import PrintedLine
    from imr_archive.parsing.spans import Range


class Line(NamedTuple):
    """A printed line with its page and its range in the source text, without white space around it."""

    text: str
    page: int
    start: int
    end: int


_EDGE = 4  # how many lines at the top and at the bottom of a page are looked at
_LONGEST = 160
_MOST_PAGES_WITHOUT = 0.4

# "DEF-IMR-001200", "SCIF 000345", "EXHIBIT A-0012"
_BATES = re.compile(
    r"""
    [ \t]* (?=.{6,40}$) (?P<stamp> [A-Z][A-Z.&]* (?:[ _.-]{1,3}[A-Z][A-Z.&]*){0,3} [ _.#-]{0,3} (?P<number>\d{3,10}) )
    [ \t]* $
    """,
    re.VERBOSE,
)

_DATE = r"(?: \d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} | [A-Z][a-z]{2,8}\.?\s\d{1,2},?\s\d{2,4} )"
_TIME = r"\d{1,2}:\d{2}"
_DATE_AND_TIME = re.compile(rf"{_DATE} ,? \s+ {_TIME}", re.VERBOSE)
_COUNT = re.compile(r"\bP(?:AGE|age|g)?\.?\s?:?\s?\d{1,3}\b|\b\d{1,3}\s?(?:/|of)\s?\d{1,3}$")
_FAX = re.compile(r"\bF(?:AX|ax)\b")
_PHONE = re.compile(r"\d{3}[\s.)-]{0,3}\d{3,4}")
_ADDRESS_AND_COUNT = re.compile(r"(?:https?://|file:///|www\.)\S{1,150}\s{1,50}\d{1,3}\s?(?:/|of)\s?\d{1,3}")
_STAMP = re.compile(r"COPY|DRAFT|CONFIDENTIAL|SAMPLE|VOID|DUPLICATE|UNOFFICIAL(?:\sCOPY)?|FILED|RECEIVED")

# Every such line has a time, a count of pages, or nothing but capitals.
_TIME_OR_COUNT = re.compile(r"\d(?::\d\d|\s?/\s?\d|\sof\s\d)")

_NUMBER = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"[.?!:;,][\"')\]”’]*$")
_LIST_NUMBER = re.compile(r"\d{1,2}\s?[.)]\s")
_MOST_LOWER_CASE_WORDS = 6
_LETTER = re.compile(r"[A-Za-z]")
_LOWER_CASE_WORD = re.compile(r"\b[a-z]{3,}")

# What a letter itself prints on top of a page, or at the end of one.
_OWN = re.compile(
    r"""
    (?:Case\s+Number|Date\s+Assigned|Date\s+of\s+Injury|Decision\s+Date|Denial\s+Date|Priority|Received)\s*:
    | \b(?:Upheld|Overturned)\b | guidelines?\s?: | rationale\s?: | \bmedically\b | \bMTUS\b | Licensure | Specialty
    | ^Final\sDetermination\sLetter\sfor\sIMR | \bDETERMINATION\sWAS\sMADE\b | \bCASE\sSUMMARY\b | \bRATIONALES?\b
    """,
    re.VERBOSE | re.IGNORECASE,
)


def recurring_lines(pages: Sequence[Sequence[PrintedLine]]) -> list[Range]:
    """Return the ranges of the source text that hold recurring lines of others, in order.

    ``pages`` are the lines of each page that hold words.
    """
    groups: dict[str, list[Line]] = defaultdict(list)
    for number, page in enumerate(pages):
        for line in _edge_lines(page, number):
            groups[_NUMBER.sub("#", line.text)].append(line)
    found = {line for group in groups.values() if _is_furniture(group, len(pages)) for line in group}
    if len(pages) == 1:
        found.update(_numbered_stamps(pages[0]))
    return sorted((line.start, line.end) for line in found)


def _edge_lines(page: Sequence[PrintedLine], number: int) -> Iterator[Line]:
    """Yield the first and the last lines of a page."""
    edges = page if len(page) <= 2 * _EDGE else [*page[:_EDGE], *page[-_EDGE:]]
    for at, line in edges:
        if len(line) < _LONGEST:
            text = line.strip()
            start = at + len(line) - len(line.lstrip())
            yield Line(text, number, start, start + len(text))


def _is_furniture(group: Sequence[Line], page_count: int) -> bool:
    """Return whether the lines, alike but for their numbers, are a stamp of the pages."""
    text = group[0].text
    if _has_known_form(text):
        return not _OWN.search(text)
    if len(group) < 2:
        return False
    pages = {line.page for line in group}
    recurs = len(pages) >= 2 and page_count - len(pages) <= _MOST_PAGES_WITHOUT * page_count
    if not recurs or len(pages) < len(group) or not _LETTER.search(text) or _OWN.search(text):
        return False
    words = len(_LOWER_CASE_WORD.findall(text))
    if _SENTENCE_END.search(text) or _LIST_NUMBER.match(text) or words > _MOST_LOWER_CASE_WORDS:
        return False
    is_constant = len({line.text for line in group}) == 1
    return _counts_pages(group) or (is_constant and (words == 0 or (len(pages) > 2 and not text[0].islower())))


def _has_known_form(text: str) -> bool:
    """Return whether a line is a stamp, a fax line or a browser line by its form, even on a single page."""
    if not (text.isupper() or _TIME_OR_COUNT.search(text)):
        return False
    if _STAMP.fullmatch(text) or _ADDRESS_AND_COUNT.fullmatch(text):
        return True
    if _DATE_AND_TIME.match(text):  # "12/3/24, 10:05 AM   Final Determination Letter"
        return True
    # "From: 916-555-0100  01/12/2017 10:32AM  Page: 2/5", "FAX 916-555-0100 Page 2"
    has_origin = _DATE_AND_TIME.search(text) or (_FAX.search(text) and _PHONE.search(text))
    return bool(has_origin and _COUNT.search(text))


def _counts_pages(group: Sequence[Line]) -> bool:
    """Return whether a number in the lines goes up by one with each page."""
    numbered = [(line.page, [int(number[0]) for number in _NUMBER.finditer(line.text)]) for line in group]
    columns = zip(*(numbers for _, numbers in numbered), strict=True)
    steps = [later - earlier for (earlier, _), (later, _) in pairwise(numbered)]
    return any([later - earlier for earlier, later in pairwise(column)] == steps for column in columns)


def _numbered_stamps(page: Sequence[PrintedLine]) -> Iterator[Line]:
    """Yield the Bates numbers of a text whose page breaks were lost: lines whose numbers follow each other."""
    stamps = [(at, stamp) for at, line in page if line.rstrip()[-1].isdigit() and (stamp := _BATES.match(line))]
    for pair in pairwise(stamps):
        first, second = (int(stamp["number"]) for _, stamp in pair)
        if second == first + 1:
            for at, stamp in pair:
                yield Line(stamp["stamp"], 0, at + stamp.start("stamp"), at + stamp.end("stamp"))
