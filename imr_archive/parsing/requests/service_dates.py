"""Read the dates of service a request names."""

from __future__ import annotations

import re
from datetime import date

from imr_archive.parsing.tables.terms import FoundTerm

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(
    r"""
    (?<![\d/.])
    (?: (?P<month>\d{1,2}) [ ]? (?P<mark>[/.-]) [ ]? (?P<day>\d{1,2}) [ ]? (?P=mark) [ ]? (?P<year>\d{4}|\d{2})
      | (?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) [a-z]{0,6} \.? \s{1,2}
        (?P<named_day>\d{1,2}) (?:st|nd|rd|th)? ,? \s{1,2} (?P<named_year>\d{4})
    )
    (?! \d | [/.]\d )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# What must stand before the first date to make it a date of service, and what makes it some other date.
_SERVICE = re.compile(
    r"""
    \b (?: dos | d\.o\.s\.? | dates? \s of \s service | dates? \s service | service \s dates? | between | from
         | (?:performed|provided|rendered|dispensed|administered|obtained|collected|done|received|completed|given
           |prescribed|service) (?:\s on)?
         | retro (?:spective(?:ly)?)? )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:doi|injury|rfa|report|dated|pr-?2|prescription|note|born|dob|birth|expires?|since|until|by|before|after)"
    r"\W{0,3}(?:date[d ]{0,2}|of|on)?\W{0,3}$",
    re.IGNORECASE,
)
# What may stand between the dates of one service.
_BETWEEN = re.compile(r"\W*(?:and|to|through|thru|until|till)?\W*", re.IGNORECASE)
_LONGEST_BETWEEN = 12
_FIRST_YEAR, _LAST_YEAR = 1990, 2049


def find_service_dates(text: str) -> FoundTerm[tuple[date, date]] | None:
    """Return the first and the last date of service, or None; a date that cannot be leaves none."""
    marker = _SERVICE.search(text) if _DATE.search(text) else None
    if marker is None:
        return None
    dates = list(_DATE.finditer(text, marker.end()))
    for place, first in enumerate(dates):
        if _OTHER.search(text, max(first.start() - 40, 0), first.start()):
            continue
        run = [first]
        for following in dates[place + 1 :]:
            between = text[run[-1].end() : following.start()]
            if len(between) > _LONGEST_BETWEEN or not _BETWEEN.fullmatch(between):
                break
            run.append(following)
        days = [_day(match) for match in run]
        if None in days or days != sorted(day for day in days if day):
            return None
        found = [day for day in days if day]
        return FoundTerm((found[0], found[-1]), first.start(), run[-1].end())
    return None


def without_dates(text: str) -> str:
    """Return the text with its dates blanked out and every other character in its place."""
    return _DATE.sub(lambda match: " " * len(match[0]), text)


def _day(match: re.Match[str]) -> date | None:
    if match["name"]:
        month, day, year = _MONTHS.index(match["name"].lower()) + 1, int(match["named_day"]), int(match["named_year"])
    else:
        month, day, year = int(match["month"]), int(match["day"]), int(match["year"])
    year = year + 2000 if year < 100 else year
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
