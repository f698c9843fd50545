"""Read how many of a thing a request asks for: one plain count, or nothing.

Ranges, durations, strengths, doses and refills are no count. The plainest way of counting decides ("#60" before
"8 sessions" before "x12" before "two leg wraps"); two counts said the same way that differ leave none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imr_archive.parsing.requests.service_dates import without_dates
from imr_archive.parsing.tables.terms import FoundTerm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# fmt: off
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "twenty-one": 21, "twenty-four": 24, "twenty-eight": 28,
    "thirty": 30, "thirty-six": 36, "forty": 40, "forty-five": 45, "forty-eight": 48, "fifty": 50, "sixty": 60,
    "ninety": 90,
}
# fmt: on
_OFTEN = {"once": 1, "twice": 2, "thrice": 3}

_DURATIONS = "days? | nights? | weeks? | wks? | months? | mos? | years? | yrs? | hours? | hrs? | minutes? | mins?"
_MEASURES = "mg | mcg | ml | cc | cm | mm | gms? | grams? | g | oz | lbs? | percent | inch(?:es)? | units?"
_COUNTABLE = """sessions? | visits? | treatments? | appointments? | injections? | blocks? | tablets? | tabs? | capsules?
    | caps | pills? | patch(?:es)? | bottles? | tubes? | box(?:es)? | vials? | pairs? | sets? | packs? | kits?"""
# After a leading number, what shows that it counts something else than the thing asked for ("three phase bone scan").
_PARTS = """levels? | views? | phases? | panels? | leads? | tesla | wheel(?:ed)? | points? | dimensional | way | step
    | person | channel | stage | part | d | t | compartment | drug | lumen | zone | fold | sided? | piece"""

_WORDS = "|".join(word.replace("-", "[ -]") for word in sorted(_NUMBERS, key=len, reverse=True))
# A number as printed, with its restatement: "12", "twelve", "twelve (12)", "1,200"; never a part of "5/325" or "7.5".
_NUMBER = rf"""
    (?<![\w./,%$-]) (?: \d{{1,3}},\d{{3}} | \d{{1,4}} | {_WORDS} ) (?: \s?\(\s?\d{{1,4}}\s?\) )?
    (?! \w | % | [.,/]\d | \s% )
"""
_DIGIT = re.compile(r"\d")
_NUMBER_WORD = re.compile(rf"\b(?:{_WORDS}|{'|'.join(_OFTEN)})\b", re.IGNORECASE)
# What stands before the second number of a range: "2-3", "4 to 6", "one or two".
_RANGE_BEFORE = re.compile(r"(?:\d\s?[-–]\s?|\b(?:to|or)\s)$", re.IGNORECASE)
_NO_RANGE = rf"(?! \s{{0,2}} (?: - | – | to\b | or\b ) \s{{0,2}} (?: \d | (?:{_WORDS})\b ) )"
_ALONE = r"(?! \w | % | [.,/]\d | \s?[-–]\s?\d )"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.VERBOSE | re.IGNORECASE)


_STATED = _compiled(rf"""
    (?<![\w&]) \# \s? (?P<hash> \d{{1,3}},\d{{3}} | \d{{1,4}} ) (?: \.0+ )? (?: pcs? | tabs? | caps? | ct )? {_ALONE}
    | \b (?: qty | quantity | count | disp | dispense ) \b [\s.:\#=(]{{0,4}} (?:of\s)?
        (?P<quantity>\d{{1,4}}) (?: \.0+ )? {_ALONE}
    | (?P<counted>{_NUMBER}) [\s-] count \b
""")
_NO_COUNT_BEFORE = _compiled(r"""
    \b (?: (?: refills? | cpt | hcpcs | codes? | claim | case | item | level | grade | type | crown ) \W{0,3}
          | (?: tooth | teeth ) (?: [\s,&\#\d-] | and ){0,12}
          | (?P<strength> tylenol | codeine ) \W{0,3} ) $
""")
_STRONGEST = 4  # "Tylenol #3", "codeine #4"
_COUNTED = _compiled(rf"""
    (?P<count>{_NUMBER}) {_NO_RANGE}
    (?: [\s-]{{1,2}}
        (?! (?: {_DURATIONS} | {_MEASURES} | times? | x | per | an? | for | of | in | with | and | to | level | view
              | refills? ) \b )
        [A-Za-z/()]{{1,20}}
    ){{0,5}}
    [\s-]{{1,2}} (?: {_COUNTABLE} ) \b
    (?P<rate> \s{{0,2}} (?:
        (?: per | an? | each | every | / | x ) \s? (?: week | wk | month | day ) | weekly | daily | monthly
        | twice | once | (?: one | two | three | \d ) \s (?: times | x ) \s (?:a|per)? \s? day
        | by\smouth | po\b | orally | every | q\.?\s?\d | qhs | bid | tid | qid | qd | at\s(?:night|bed)
        | as\sneeded | prn | to\s(?:the|affected)
    ) )?
""")
_TOTAL = _compiled(rf"""
    \b total \s (?: number \s )? of [\s:]{{1,2}} (?P<of>{_NUMBER})
        (?! \s{{0,2}} (?: {_DURATIONS} | {_MEASURES} | levels? ) \b )
    | (?: (?<=[,;(]) | (?<=[,;]\s) | \b for ) \s? (?: an? \s )? total
        (?: \s (?: sessions? | visits? | treatments? | quantity | count | number ) )? [\s:=]{{1,3}} (?P<total>{_NUMBER})
        (?! \s{{0,2}} (?: {_DURATIONS} | {_MEASURES} | levels? ) \b )
    | (?P<counted>{_NUMBER}) \s{{1,2}} (?: in \s )? total \b
        (?! \s (?: knee | hip | shoulder | joint | disc | ankle | body | parenteral | hours ) )
    | (?: (?<=\d) | (?<=[a-z]) ) \s? = \s? (?P<equal>{_NUMBER})
""")
_TOTAL_SIGN = _compiled("total | =")
# "two times a week for six weeks (12)", "three times two visits (6)", "one time six weeks (6)"
_SCHEDULE_WITH_TOTAL = _compiled(rf"""
    (?P<times>{_NUMBER} | \b(?:once|twice|thrice)\b ) \s{{0,2}} (?: times? | x | × | visits? | sessions? )?
    (?: [\s,/-]{{1,2}} (?! \d | (?:{_WORDS})\b ) [A-Za-z]{{1,9}} ){{0,5}}
    [\sx×,]{{1,4}} (?P<spans>{_NUMBER}) (?: \s{{1,2}} [A-Za-z]{{1,12}} ){{0,2}}
    [\s,]{{0,2}} [(\[] \s? (?: total \s (?:of\s)? | = \s? )? (?P<total>\d{{1,3}})
    (?: \s (?: total | visits? | sessions? | treatments? | total \s (?:visits?|sessions?) ) )? \s? [)\]]
""")
# "two times three visits" asks for six
_WORD_PRODUCT = _compiled(rf"""
    (?P<times>{_NUMBER}) \s{{1,2}} times? \s{{1,2}} (?P<spans>{_NUMBER}) {_NO_RANGE}
    (?: \s{{1,2}} (?: visits? | sessions? | treatments? | appointments? ) \b | \s{{0,2}} (?= $ | [,;.)] ) )
    (?! \s{{0,2}} (?: per | a | each | every ) \b )
""")
_LABELLED = _compiled(rf"""
    \b (?: (?: sessions? | visits? | treatments? | injections? ) [\s:,x×-]{{1,3}} | series \s of \s
        | (?: tablets? | tabs? | capsules? | caps ) [\s:,x×-]{{1,3}} (?=\d\d) )
    (?P<count>\d{{1,3}}|{_WORDS}) \b
    (?! % | [.,/]\d | \s?[-–x]\s?\d | \s? (?: times? | x | per | a | {_DURATIONS} | {_MEASURES} ) \b )
""")
_FREQUENCY = _compiled(rf"""
    (?P<times> {_NUMBER} | (?<![\w./-])\d{{1,2}}(?=x) | \b(?:once|twice|thrice)\b ) {_NO_RANGE}
    [\s-]{{0,2}} (?: times? | x | sessions? | visits? | treatments? )?
    \s{{0,2}} (?: per | an? | every | each | / | x )?
    \s{{0,2}} (?P<rhythm> week(?:ly)? | wks?\b | month(?:ly)? )
    [\s,(]{{0,3}} (?: for | times | x | × | over | during )?
    \s{{0,2}} (?: an? \s (?:total|period|duration) \s of \s | the \s next \s )?
    (?P<spans> {_NUMBER} | (?<![\d.a-wyz])\d{{1,2}}(?=\b|w|m) ) {_NO_RANGE}
    [\s-]{{0,2}} (?P<span> weeks? | wks? | months? )
""")
_PRODUCT = _compiled(rf"""
    (?<![\w./-]) (?P<times>\d{{1,2}}) \s? (?: times? | x | × ) \s? (?:x\s?)? (?P<spans>\d{{1,2}})
    (?! \d | [.%/]\d | \s?-\s?\d | \s?x\s?\d
      | \s? (?: {_MEASURES} | days? | months? | years? | hours? | minutes? | times | per | a | in | gauze ) \b | \s?% )
""")
_TIMES = _compiled(rf"""
    (?<!\d) (?<!\d\s) (?: \bx | × | \btimes ) \s? (?P<count> {_NUMBER} | (?<=x)\d{{1,4}} ) {_NO_RANGE}
    (?! \d | [./%]\d | \s?[%-] | \s{{0,2}} (?: {_DURATIONS} | {_MEASURES} | refills? | per | a | times | x ) \b )
""")
_LEADING = _compiled(rf"""
    (?: \A | [:;]\s
      | \b (?: purchase | rental | total | retrospective(?:ly)? | request | prescription | trial | of | additional ) \s
        (?: of\s | for\s )? )
    \s{{0,3}} (?: an? \s additional \s )? (?P<count>{_NUMBER}) {_NO_RANGE} \s{{1,2}}
    (?! (?: {_DURATIONS} | {_MEASURES} | {_PARTS} | times? | x | × | in | to | by | and | or | per | on | at | a
          | refills? | supply
          | (?: tablets? | tabs? | capsules? ) \s (?: po | by | every | twice | once | daily | orally ) ) \b )
    (?= [A-Za-z(] )
""")


def find_quantity(text: str) -> FoundTerm[int] | None:
    """Return the one plain count of what is asked for, or None."""
    if not (_DIGIT.search(text) or _NUMBER_WORD.search(text)):
        return None
    plain = without_dates(text)
    for read in _READERS:
        found = list(read(plain))
        if found:
            return found[0] if len({one.value for one in found}) == 1 else None
    return None


def _outside_ranges(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield the matches that don't begin with the second number of a range ("2-3 times a week for 4 weeks")."""
    for match in pattern.finditer(text):
        if not _RANGE_BEFORE.search(text, max(match.start() - 4, 0), match.start()):
            yield match


def _stated(text: str) -> Iterator[FoundTerm[int]]:
    for match in _STATED.finditer(text):
        count = _number(match["hash"] or match["quantity"] or match["counted"])
        if not _counts_something_else(text, match.start(), count):
            yield FoundTerm(count, match.start(), match.end())


def _printed_totals(text: str) -> Iterator[FoundTerm[int]]:
    """Yield totals that are called so, and those in brackets that are what the schedule before them comes to."""
    # Most requests print no total, and the patterns try every number.
    for match in _TOTAL.finditer(text) if _TOTAL_SIGN.search(text) else ():
        yield FoundTerm(
            _number(match["of"] or match["total"] or match["counted"] or match["equal"]), match.start(), match.end()
        )
    for match in _SCHEDULE_WITH_TOTAL.finditer(text) if "(" in text or "[" in text else ():
        if _number(match["times"]) * _number(match["spans"]) == int(match["total"]):
            yield FoundTerm(int(match["total"]), match.start(), match.end())


def _word_products(text: str) -> Iterator[FoundTerm[int]]:
    for match in _outside_ranges(_WORD_PRODUCT, text):
        yield FoundTerm(_number(match["times"]) * _number(match["spans"]), match.start(), match.end())


def _counts(text: str) -> Iterator[FoundTerm[int]]:
    for match in _outside_ranges(_COUNTED, text):
        count = _number(match["count"])
        if not match["rate"] and not _counts_something_else(text, match.start(), count):
            yield FoundTerm(count, match.start(), match.end())
    for match in _LABELLED.finditer(text):
        yield FoundTerm(_number(match["count"]), match.start(), match.end())


def _frequencies(text: str) -> Iterator[FoundTerm[int]]:
    for match in _outside_ranges(_FREQUENCY, text):
        if match["rhythm"][0].lower() == match["span"][0].lower():  # weekly over weeks, monthly over months
            yield FoundTerm(_number(match["times"]) * _number(match["spans"]), match.start(), match.end())


def _products(text: str) -> Iterator[FoundTerm[int]]:
    for match in _outside_ranges(_PRODUCT, text):
        yield FoundTerm(int(match["times"]) * int(match["spans"]), match.start(), match.end())


def _times(text: str) -> Iterator[FoundTerm[int]]:
    for match in _TIMES.finditer(text):
        yield FoundTerm(_number(match["count"]), match.start(), match.end())


def _leading(text: str) -> Iterator[FoundTerm[int]]:
    match = _LEADING.search(text)
    if match:
        yield FoundTerm(_number(match["count"]), match.start("count"), match.end("count"))


# The ways of counting, the plainest first.
_READERS: tuple[Callable[[str], Iterator[FoundTerm[int]]], ...] = (
    _stated,
    _printed_totals,
    _word_products,
    _counts,
    _frequencies,
    _products,
    _times,
    _leading,
)


def _counts_something_else(text: str, start: int, count: int) -> bool:
    """Return whether a number at ``start`` is a refill, a code, a tooth or a strength rather than a count."""
    found = _NO_COUNT_BEFORE.search(text, max(start - 24, 0), start)
    return found is not None and (found["strength"] is None or count <= _STRONGEST)


def _number(raw: str) -> int:
    """Return what a number as printed means: of "twelve (12)" the word."""
    plain = raw.partition("(")[0].strip().lower().replace(",", "").replace(" ", "-")
    return int(plain) if plain.isdigit() else _NUMBERS.get(plain) or _OFTEN[plain]
