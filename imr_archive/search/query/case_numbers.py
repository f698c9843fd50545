"""Case numbers in every form in which letters and people print them: CM16-0224814, cm16 0224814, 16-0224814. Pure."""

from __future__ import annotations

import re

CASE_NUMBER = re.compile(r"[A-Z]{2}\d{2}-\d{7}", re.ASCII | re.IGNORECASE)
# The number without the year and the letters before it. A leading ``*`` stands for these.
SERIAL_NUMBER = re.compile(r"\d{7}", re.ASCII)
ANY_YEAR = "*"
# IMR began in 2013; a number of any year is looked up by the whole numbers that it may stand for.
_LETTERS, _YEARS = "CM", range(12, 40)

_BETWEEN = "[\\s\u00a0\u2007\u202f_\u00ad\u2010-\u2015\u2212-]{0,3}"
_PRINTED = re.compile(
    rf"""
    (?<![\w-])
    (?: (?: imr \s{{1,3}} )? case \s{{0,3}} (?: (?: numbers? | nos?\.? | \# ) \s{{0,3}} :? \s{{0,3}} | \s ) )?
    (?: cm {_BETWEEN} (?P<year>\d\d) {_BETWEEN} (?P<number>\d{{7}})
      | (?P<bare_year>\d\d) [\u2010-\u2015\u2212-] (?P<bare_number>\d{{7}}) )
    (?! [\w-] )
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_PUNCTUATION = ".,;:"


def with_case_numbers(text: str) -> str:
    """Return a text with each case number, in whatever form, as CM16-0224814; a number of seven digits stays."""
    return _PRINTED.sub(_standard, text)


def _standard(found: re.Match[str]) -> str:
    return f"{_LETTERS}{found['year'] or found['bare_year']}-{found['number'] or found['bare_number']}"


def case_number_of(word: str) -> str:
    """Return the case number that a word is, ``*0224814`` for one without its year; empty for any other word."""
    word = word.strip(_PUNCTUATION)
    if CASE_NUMBER.fullmatch(word):
        return word.upper()
    return f"{ANY_YEAR}{word}" if SERIAL_NUMBER.fullmatch(word) else ""


def possible_numbers(case_number: str) -> list[str]:
    """Return the whole case numbers that one may stand for: itself, or with ``*`` before it that of any year."""
    if not case_number.startswith(ANY_YEAR):
        return [case_number]
    return [f"{_LETTERS}{year}-{case_number.removeprefix(ANY_YEAR)}" for year in _YEARS]
