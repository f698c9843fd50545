"""The cheap markers that everything else is anchored on: fixed wordings, dates, outcomes."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.parsing.tables import load
from imr_archive.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from re import Match, Pattern


def wording(phrases: Iterable[str]) -> Pattern[str]:
    """Return a pattern that finds any of the phrases, their words broken over lines or glued together."""
    return re.compile("|".join(r"\s*".join(map(re.escape, phrase.split())) for phrase in phrases))


@cache
def markers(table: str) -> Mapping[str, Pattern[str]]:
    """Return patterns for every wording in a table of ``headings.toml``, each with a named group for each key.

    They stand by the first word that their wordings share: whatever else is lost, glued or broken, it is printed,
    and a pattern that begins with a fixed word is searched for far faster than the alternation of all wordings.
    """
    by_first_word: dict[str, dict[str, list[str]]] = {}
    for key, phrases in load("headings")[table].items():
        for phrase in phrases:
            first, *others = phrase.split()
            rest = "".join(rf"\s*{_perhaps_broken(other)}" for other in others)
            by_first_word.setdefault(first, {}).setdefault(key, []).append(rest)
    return {
        word: re.compile(
            f"{re.escape(word)}(?:" + "|".join(rf"(?P<{key}>{'|'.join(rests)})" for key, rests in keys.items()) + ")"
        )
        for word, keys in by_first_word.items()
    }


_SHORTEST_BROKEN = 6


def _perhaps_broken(word: str) -> str:
    """Return a pattern for a word; extractors that keep columns by spaces put one into a long word here and there."""
    return r"\s?".join(map(re.escape, word)) if len(word) >= _SHORTEST_BROKEN else re.escape(word)


class Marker(NamedTuple):
    """A fixed wording found in the text, by its key in the table."""

    key: str
    start: int
    end: int


def find_markers(table: str, text: str, start: int = 0, end: int | None = None) -> Iterator[Marker]:
    """Yield the wordings of one table of ``headings.toml`` as they stand in the text."""
    end = len(text) if end is None else end
    found = [match for pattern in markers(table).values() for match in pattern.finditer(text, start, end)]
    read = start
    for match in sorted(found, key=re.Match.start):
        first, last = match.span()
        if first >= read:
            yield Marker(match.lastgroup or "", first, last)
            read = last


@cache
def _printed(phrase: str) -> Pattern[str]:
    return wording([phrase])


@cache
def _longest_words_first(phrase: str) -> list[str]:
    """Return a phrase's words, the one first that a text without the phrase is likeliest to lack."""
    return sorted(phrase.split(), key=len, reverse=True)


def prints(text: str, phrase: str) -> bool:
    """Tell whether a text prints a phrase, its words broken over lines or glued together."""
    if phrase in text:
        return True
    return all(word in text for word in _longest_words_first(phrase)) and _printed(phrase).search(text) is not None


class PrintedDate(NamedTuple):
    """A date as printed; ``value`` is None where no such day can be meant (the year 3015, a 13th month)."""

    value: date | None
    start: int
    end: int


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# "10/13/2016", "10-13-16", "11- 17-2016"; "June 20216" has a year of five digits, which is kept to be reported. What
# must not stand before it is looked at after its first digits, as a search is quickest that begins with a digit.
_NUMERIC_DATE = r"""
    (?P<month> \d (?: \d(?<![\d/-]\d\d) | (?<![\d/-]\d) ) )
    \s?[-/]\s? (?P<day>\d{1,2}) \s?[-/]\s? (?P<year>\d{4,5}|\d\d) (?![-/]?\d)
"""

# "October 13, 2016", "Oct. 13 2016"
_WORDY_DATE = r"""
    (?P<name>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec) [a-z]{0,6} \.? \s+
    (?P<monthday>\d{1,2}) (?:st|nd|rd|th)? \s?,?\s? (?P<fullyear>\d{4,5}) (?!\d)
"""
_WORDY = re.compile(rf"\b{_WORDY_DATE}", re.VERBOSE | re.IGNORECASE)
_NUMERIC = re.compile(_NUMERIC_DATE, re.VERBOSE)

# No case is older than a working life before the first reviews; two digits mean a year up to the pivot's century.
_FIRST_YEAR, _LAST_YEAR, _PIVOT = 1940, 2100, 50


def find_dates(text: str, start: int = 0, end: int | None = None) -> Iterator[PrintedDate]:
    """Yield the dates that name a day, month and year, in the American order."""
    end = len(text) if end is None else end
    dates = []
    for found in _NUMERIC.finditer(text, start, end):
        year, month, day = found.group("year", "month", "day")
        dates.append(PrintedDate(_day(_year(year), int(month), int(day)), *found.span()))
    lowered = text[start:end].lower()
    if len(lowered) == end - start:  # as it is but for a few letters of other alphabets
        for month in _MONTHS:
            at = lowered.find(month)
            while at >= 0:
                if wordy := _WORDY.match(text, start + at, end):
                    dates.append(_wordy_date(wordy))
                at = lowered.find(month, at + 1)
    else:
        dates += map(_wordy_date, _WORDY.finditer(text, start, end))
    dates.sort(key=lambda day: day.start)
    return iter(dates)


def _wordy_date(found: Match[str]) -> PrintedDate:
    month = _MONTHS.index(found["name"][:3].lower()) + 1
    value = _day(int(found["fullyear"]), month, int(found["monthday"]))
    return PrintedDate(value, found.start(), found.end())


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
    """The word that decides an item, as ``: Upheld``; ``start`` is where its colon stands, if it has one."""

    value: Outcome
    start: int
    word: int
    end: int
    colon: bool


# The rest of each word after its first letter, large or small, by which it is found: "UpheldClaims Administrator".
# Scans take "l" and "O" for other signs: "Upheid", "0verturned".
_OUTCOMES = {
    "pheld": ("Uu", Outcome.UPHELD),
    "pheid": ("U", Outcome.UPHELD),
    "phe1d": ("U", Outcome.UPHELD),
    "PHELD": ("U", Outcome.UPHELD),
    "verturned": ("Oo0", Outcome.OVERTURNED),
    "VERTURNED": ("O0", Outcome.OVERTURNED),
}


def find_outcomes(text: str, start: int = 0, end: int | None = None) -> Iterator[PrintedOutcome]:
    """Yield every word for an outcome; most stand in sentences and decide nothing."""
    end = len(text) if end is None else end
    found = []
    for rest, (firsts, value) in _OUTCOMES.items():
        at = text.find(rest, start + 1, end)
        while at >= 0:
            after = at + len(rest)
            if text[at - 1] in firsts and _stands_alone(text, at - 1, after, end):
                found.append(_outcome(text, value, start, at - 1, after))
            at = text.find(rest, after, end)
    yield from sorted(found, key=lambda outcome: outcome.word)


def _stands_alone(text: str, word: int, after: int, end: int) -> bool:
    """Tell whether a word begins at ``word`` and doesn't go on in small letters; a label may be glued on."""
    begins = word == 0 or not (text[word - 1].isalnum() or text[word - 1] == "_")
    return begins and not (after < end and "a" <= text[after] <= "z")


def _outcome(text: str, value: Outcome, start: int, word: int, end: int) -> PrintedOutcome:
    """Return an outcome with the colon before it, which may be lost."""
    at = word
    while at > start and text[at - 1].isspace():
        at -= 1
    colon = at > start and text[at - 1] == ":"
    return PrintedOutcome(value, at - 1 if colon else word, word, end, colon)
