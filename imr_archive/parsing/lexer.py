"""The cheap markers that everything else is anchored on: fixed wordings, dates, outcomes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from imr_archive.parsing.tables import load
from imr_archive.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from re import Pattern


def wording(phrases: Iterable[str]) -> Pattern[str]:
    """Return a pattern that finds any of the phrases, their words broken over lines or glued together."""
    return re.compile("|".join(r"\s*".join(map(re.escape, phrase.split())) for phrase in phrases))


@cache
def markers(table: str) -> Pattern[str]:
    """Return a pattern for every wording in a table of ``headings.toml``, a named group for each key."""
    keys = load("headings")[table]
    return re.compile("|".join(rf"(?P<{key}>{wording(phrases).pattern})" for key, phrases in keys.items()))


@dataclass(frozen=True, slots=True)
class Marker:
    """A fixed wording found in the text, by its key in the table."""

    key: str
    start: int
    end: int


def find_markers(table: str, text: str, start: int = 0, end: int | None = None) -> Iterator[Marker]:
    """Yield the wordings of one table of ``headings.toml`` as they stand in the text."""
    for found in markers(table).finditer(text, start, len(text) if end is None else end):
        yield Marker(found.lastgroup or "", found.start(), found.end())


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date as printed; ``value`` is None where no such day can be meant (the year 3015, a 13th month)."""

    value: date | None
    start: int
    end: int


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# "10/13/2016", "10-13-16", "11- 17-2016"; "June 20216" has a year of five digits, which is kept to be reported.
_NUMERIC_DATE = (
    r"(?<![\d/-]) (?P<month>\d{1,2}) \s?[-/]\s? (?P<day>\d{1,2}) \s?[-/]\s? (?P<year>\d{4,5}|\d\d) (?![-/]?\d)"
)

# "October 13, 2016", "Oct. 13 2016"
_WORDY_DATE = r"""
    \b(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec) [a-z]{0,6} \.? \s+
    (?P<monthday>\d{1,2}) (?:st|nd|rd|th)? \s?,?\s? (?P<fullyear>\d{4,5}) (?!\d)
"""
_DATE = re.compile(f"{_NUMERIC_DATE} | {_WORDY_DATE}", re.VERBOSE | re.IGNORECASE)

# No case is older than a working life before the first reviews; two digits mean a year up to the pivot's century.
_FIRST_YEAR, _LAST_YEAR, _PIVOT = 1940, 2100, 50


def find_dates(text: str, start: int = 0, end: int | None = None) -> Iterator[PrintedDate]:
    """Yield the dates that name a day, month and year, in the American order."""
    for found in _DATE.finditer(text, start, len(text) if end is None else end):
        if found["name"]:
            month = _MONTHS.index(found["name"][:3].lower()) + 1
            value = _day(int(found["fullyear"]), month, int(found["monthday"]))
        else:
            value = _day(_year(found["year"]), int(found["month"]), int(found["day"]))
        yield PrintedDate(value, found.start(), found.end())


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


@dataclass(frozen=True, slots=True)
class PrintedOutcome:
    """The word that decides an item, as ``: Upheld``; ``start`` is where its colon stands, if it has one."""

    value: Outcome
    start: int
    word: int
    end: int
    colon: bool


# "Baclofen 10mg #3: Upheld", the colon perhaps lost, the next label perhaps glued on: "UpheldClaims Administrator".
_OUTCOME = re.compile(r"(?P<colon>:\s*)?\b(?P<word>[Uu]pheld|UPHELD|[Oo]verturned|OVERTURNED)(?![a-z])")


def find_outcomes(text: str, start: int = 0, end: int | None = None) -> Iterator[PrintedOutcome]:
    """Yield every word for an outcome; most stand in sentences and decide nothing."""
    for found in _OUTCOME.finditer(text, start, len(text) if end is None else end):
        colon = found["colon"] is not None
        yield PrintedOutcome(Outcome(found["word"].lower()), found.start(), found.start("word"), found.end(), colon)
