"""Find the fixed marks of a letter: wordings of ``headings.toml``, dates, outcome words."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.parsing.tables import load
from imr_archive.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from re import Pattern


def wording(phrases: Iterable[str]) -> Pattern[str]:
    """Return a pattern that finds any of the phrases, their words broken over lines or glued together."""
    return re.compile("|".join(r"\s*".join(map(re.escape, phrase.split())) for phrase in phrases))


@cache
def markers(table: str) -> Mapping[str, Pattern[str]]:
    """Return the patterns of a table of ``headings.toml``, by the first word of their wordings; groups name the keys.

    One pattern a first word, because ``re`` searches fast for a literal prefix: a single alternation of all wordings
    takes 0.2 to 0.7 ms longer for each of the eight tables, that is more than a whole parse.
    """
    by_first_word: dict[str, dict[str, list[str]]] = {}
    for key, phrases in load("headings")[table].items():
        for phrase in phrases:
            first, *others = phrase.split()
            rest = "".join(rf"\s*{_perhaps_broken(other)}" for other in others)
            by_first_word.setdefault(first, {}).setdefault(key, []).append(rest)
    return {word: _pattern(word, rests_by_key) for word, rests_by_key in by_first_word.items()}


def _pattern(first_word: str, rests_by_key: Mapping[str, Iterable[str]]) -> Pattern[str]:
    rests = (f"(?P<{key}>{'|'.join(rests)})" for key, rests in rests_by_key.items())
    return re.compile(f"{re.escape(first_word)}(?:{'|'.join(rests)})")


_SHORTEST_BROKEN = 6


def _perhaps_broken(word: str) -> str:
    """Return a pattern for a word; PDF readers that keep columns by spaces sometimes put one into a long word."""
    return r"\s?".join(map(re.escape, word)) if len(word) >= _SHORTEST_BROKEN else re.escape(word)


class Marker(NamedTuple):
    """A fixed wording found in the text, by its key in the table."""

    key: str
    start: int
    end: int


def find_markers(table: str, text: str, start: int = 0, end: int | None = None) -> Iterator[Marker]:
    """Yield the wordings of one table of ``headings.toml`` that stand in the text, in order, without overlaps."""
    end = len(text) if end is None else end
    found = [match for pattern in markers(table).values() for match in pattern.finditer(text, start, end)]
    read = start
    for match in sorted(found, key=re.Match.start):
        if match.start() >= read:
            yield Marker(match.lastgroup or "", match.start(), match.end())
            read = match.end()


@cache
def _phrase(phrase: str) -> Pattern[str]:
    return wording([phrase])


def prints(text: str, phrase: str) -> bool:
    """Return whether a text prints a phrase, its words broken over lines or glued together."""
    return phrase in text or (all(word in text for word in phrase.split()) and bool(_phrase(phrase).search(text)))


class PrintedDate(NamedTuple):
    """A date as printed; ``value`` is None where no such day can be meant (the year 3015, a 13th month)."""

    value: date | None
    start: int
    end: int


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# The lookaheads at the start of both patterns make them fail fast: 0.08 ms, 5 % of a parse.
# "10/13/2016", "10-13-16", "11- 17-2016"; "June 20216" has a year of five digits, which is kept to be reported.
_NUMERIC_DATE = re.compile(
    r"""
    (?=\d) (?<![\d/-]) (?P<month>\d{1,2}) \s?[-/]\s? (?P<day>\d{1,2}) \s?[-/]\s? (?P<year>\d{4,5}|\d\d) (?![-/]?\d)
    """,
    re.VERBOSE,
)

# "October 13, 2016", "Oct. 13 2016"
_WORDY_DATE = re.compile(
    r"""
    \b (?=[jfmasond]) (?P<month>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec) [a-z]{0,6} \.? \s+
    (?P<day>\d{1,2}) (?:st|nd|rd|th)? \s?,?\s? (?P<year>\d{4,5}) (?!\d)
    """,
    re.VERBOSE | re.IGNORECASE,
)

# No injury under review is older than a working life before the first reviews.
_FIRST_YEAR, _LAST_YEAR = 1940, 2100
_PIVOT = 50  # two digits below it are a year of this century


def find_dates(text: str, start: int = 0, end: int | None = None) -> Iterator[PrintedDate]:
    """Yield the dates that name a day, month and year, in the American order."""
    end = len(text) if end is None else end
    numeric = (
        PrintedDate(_day(_year(found["year"]), int(found["month"]), int(found["day"])), *found.span())
        for found in _NUMERIC_DATE.finditer(text, start, end)
    )
    wordy = (
        PrintedDate(_day(int(found["year"]), _month(found["month"]), int(found["day"])), *found.span())
        for found in _WORDY_DATE.finditer(text, start, end)
    )
    yield from sorted([*numeric, *wordy], key=lambda date: date.start)


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < _PIVOT else 1900)
    return year


def _day(year: int, month: int, day: int) -> date | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


class PrintedOutcome(NamedTuple):
    """The word that decides an item, as ``: Upheld``; ``start`` is where its colon stands, if it has one.

    ``value`` is None where the words mean neither outcome, as "Partially Overturned".
    """

    value: Outcome | None
    start: int
    word: int
    end: int
    colon: bool


# "Upheld", "OVERTURNED", from scans "Upheid", "0verturned"; a label may be glued on: "UpheldClaims Administrator".
_OUTCOME = re.compile(
    r"""
    [UuOo0] (?<!\w.)  # looking behind the first letter is 0.1 ms faster than before it, 6 % of a parse
    (?: (?P<upheld> (?<=[Uu])pheld | (?<=U)(?:PHELD|pheid|phe1d) )
      | (?P<overturned> (?<=[Oo0])verturned | (?<=[O0])VERTURNED )
    )
    (?![a-z])
    """,
    re.VERBOSE,
)


# ": ", with what the normalised text may hold between it and the outcome
_COLON = re.compile(r":\s*$")
_FARTHEST_COLON = 4

# "Partially Overturned", "Overturned in part", "Upheld (modified)": neither the one outcome nor the other
_PARTLY_BEFORE = re.compile(
    r"\b(?:partial(?:ly)?|partly|in\spart,?|:\s?not|(?:upheld|overturned)\s?(?:/|and|or))\s*$", re.IGNORECASE
)
_PARTLY_AFTER = re.compile(
    r"[ ,(/-]{1,3}(?:[Ii]n\s[Pp]art|partial(?:ly)?|partly|modified|with\smodifications?)\b\)?"
    r"|\s?(?:/|and|or)\s?(?:[Uu]pheld|[Oo]verturned)\b"
)
_LONGEST_PARTLY = 16


def find_outcomes(text: str, start: int = 0, end: int | None = None) -> Iterator[PrintedOutcome]:
    """Yield every outcome word; most stand in sentences and decide nothing."""
    end = len(text) if end is None else end
    for found in _OUTCOME.finditer(text, start, end):
        value: Outcome | None = Outcome.UPHELD if found["upheld"] else Outcome.OVERTURNED
        word, last = found.span()
        before = _PARTLY_BEFORE.search(text, max(start, word - _LONGEST_PARTLY), word)
        after = _PARTLY_AFTER.match(text, last, end)
        if before or after:
            value, word, last = None, (before or found).start(), (after or found).end()
        colon = _COLON.search(text, max(start, word - _FARTHEST_COLON), word)
        yield PrintedOutcome(value, colon.start() if colon else word, word, last, colon is not None)
