"""Read the clinical case summary, and what it says about the worker and the dates of the case."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.parsing.checks.missing import impossible_date
from imr_archive.parsing.letter.markers import find_dates
from imr_archive.parsing.results import Diagnostic
from imr_archive.vocabulary import DiagnosticCode, Sex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from imr_archive.parsing.letter.markers import PrintedDate
    from imr_archive.parsing.letter.sections import LetterSection
    from imr_archive.parsing.results import Stated
    from imr_archive.parsing.source.normalise import NormalText


@dataclass(frozen=True, slots=True)
class ParsedSummary:
    """The summary's text and what it states; its dates are used where the box was lost."""

    text: Stated[str] | None = None
    age: Stated[int] | None = None
    sex: Stated[Sex] | None = None
    injury: Stated[date] | None = None
    ur_decisions: tuple[Stated[date], ...] = ()
    remarks: tuple[Diagnostic, ...] = ()

    @property
    def ur_decision(self) -> Stated[date] | None:
        """The date of the utilization review decision, if the summary names only one."""
        days = {stated.value for stated in self.ur_decisions}
        return self.ur_decisions[0] if len(days) == 1 else None


def read_summary(letter: NormalText, section: LetterSection | None) -> ParsedSummary:
    """Read the summary from its section; each value is found on its own."""
    if section is None:
        return ParsedSummary()
    end = section.end
    dates = [*find_dates(letter.text, section.body, end)]
    start = _after_disclaimer(letter.text, section.body, end, dates)
    injury = _injury(letter, start, dates)
    age = _AGE.search(letter.text, start, end)
    return ParsedSummary(
        text=letter.stated_text(start, end),
        age=_age(letter, age),
        sex=_sex(letter, age, start, end),
        injury=injury,
        ur_decisions=tuple(_ur_decisions(letter, section.body, end, dates)),
        remarks=tuple(impossible_date(letter.body.span(day.start, day.end)) for day in dates if day.value is None),
    )


# "Disclaimer: The following case summary was taken directly from the utilization review denial/modification"
_DISCLAIMER = re.compile(
    r"""
    \s* (?: disclaimer \s? [:.–-]* \s* )?
    the \s (?:following\s)? (?:clinical\s)? (?:case\s)? summary \s (?:below\s)? (?:was|is|has\sbeen) \s
    (?: taken | copied | quoted | excerpted | extracted | obtained | adapted | transcribed ) \b
    [^.:;]{0,60} \b (?: utilization\sreview | UR ) \b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_STOP = re.compile(r"[.:](?!\s?\d)")
_AFTER_STOP = re.compile(r"[\s.,:;]*")
_LONGEST_SOURCE = 80


def _after_disclaimer(text: str, start: int, end: int, dates: list[PrintedDate]) -> int:
    """Return where the summary begins after a sentence that says where it was taken from, with its date."""
    found = _DISCLAIMER.match(text, start, end)
    if found is None:
        return start
    until = min(end, found.end() + _LONGEST_SOURCE)
    dated = next((day for day in dates if found.end() <= day.start < until), None)
    stop = _STOP.search(text, found.end(), until)
    if dated and not (stop and stop.start() < dated.start):
        last = dated.end
    elif stop:
        last = stop.end()
    else:
        return start
    after = _AFTER_STOP.match(text, last, end)
    return after.end() if after else last


# "65 year old", "51-year-old", "52-year-oldfemale", "36 yr. old", "45 y/o", "45 years of age";
# but not a "20 year old injury"
_AGE = re.compile(
    r"""
    (?<![\d.-]) (?P<age>\d{1,3}) \s?-?\s?
    (?: (?:years?|yrs?\.?) \s?-?\s? (?: old | of\sage )(?:\b|(?=female|male)) | y\.?\s?/?\s?o\b\.? )
    (?! \s (?:injury|fracture|claim|accident|surgery|son|daughter|child)\b )
    """,
    re.VERBOSE | re.IGNORECASE,
)

_PERSON = r"(?: (?P<female>female|woman|lady) | (?P<male>male|man|gentleman) )\b"

# " male", ", right-hand dominant female", after the age; what follows "who" is the history
_SEX_AFTER_AGE = re.compile(
    rf"(?: (?!\b(?:who|with|by|that)\b) [^.;] ){{0,60}}? (?:\b|(?<=old)){_PERSON}", re.VERBOSE | re.IGNORECASE
)

# "45 y/o F"
_SEX_LETTER = re.compile(r",?\s?(?:(?P<female>F)|(?P<male>M))\b(?!['’.]\w)")

# "The injured worker is a female", "This case involves a now retired man", "who is 45 years of age, is female"
_SEX_ALONE = re.compile(
    rf"\b(?:is|was|involves) \s (?: an? (?:\(n\))? \s (?:[\w-]{{1,20}}\s){{0,3}} )? {_PERSON}",
    re.VERBOSE | re.IGNORECASE,
)

_OPENING = 600
_OLDEST = 110


def _age(letter: NormalText, found: re.Match[str] | None) -> Stated[int] | None:
    if found is None or int(found["age"]) > _OLDEST:
        return None
    return letter.stated(int(found["age"]), *found.span("age"))


def _sex(letter: NormalText, age: re.Match[str] | None, start: int, end: int) -> Stated[Sex] | None:
    """Return the sex printed after the age ("51-year-old obese male"), else the one in the opening sentences."""
    after = age and (_SEX_LETTER.match(letter.text, age.end()) or _SEX_AFTER_AGE.match(letter.text, age.end(), end))
    found = after or _SEX_ALONE.search(letter.text, start, min(end, start + _OPENING))
    if found is None:
        return None
    sex, group = (Sex.FEMALE, "female") if found["female"] else (Sex.MALE, "male")
    return letter.stated(sex, *found.span(group))


# "an industrial injury on", "date of injury:", "occupational claim from", "DOI", before a date
_INJURY = re.compile(
    r"""
    (?: \b (?: injur(?:y|ies|ed) | DOI | claim | accident | (?:was|got)\s+hurt ) \b )
    [^.;\d]{0,60} $
    """,
    re.VERBOSE | re.IGNORECASE,
)
_REACH = 80


def _injury(letter: NormalText, start: int, dates: list[PrintedDate]) -> Stated[date] | None:
    """Return the first date of the opening that follows a mention of an injury or a claim."""
    for day in dates:
        if day.start > start + _OPENING:
            break
        before = letter.text[max(start, day.start - _REACH) : day.start]
        if day.value and _INJURY.search(before):
            return letter.stated(day.value, day.start, day.end)
    return None


_UR = r"(?:\butilization\s+review\b|\bUR\b)"

# "utilization review report dated", "Utilization Review (UR) (", "by Utilization Review on", before a date;
# "the UR denied the request dated" dates another document
_UR_BEFORE = re.compile(
    rf"{_UR} (?: (?!\b(?:request|authorization|progress|report\s+of\s+the|note|exam|visit|appeal)) [^.;\d] ){{0,60}} $",
    re.VERBOSE | re.IGNORECASE,
)

# "10-28-2016 utilization review", "On 11-18-2016, the original Utilization Review"
_UR_AFTER = re.compile(rf",?\s+(?:the\s+|an?\s+|original\s+|initial\s+|prior\s+){{0,3}}{_UR}", re.IGNORECASE)

# "On 11-04-2016 the request for cervical imaging was non-certified by utilization review"
_ON = re.compile(r"(?:^|[.!?]\s*)On\s+$")
_DENIED_BY_UR = re.compile(
    rf"""
    (?: (?!\breceived\b) [^.] ){{0,300}}
    \b(?:denied|non-?\s?certified|modified|not\s+certified)\s+by\s+(?:the\s+)?{_UR}
    """,
    re.VERBOSE | re.IGNORECASE,
)


def _ur_decisions(letter: NormalText, start: int, end: int, dates: list[PrintedDate]) -> Iterator[Stated[date]]:
    """Yield each date that plainly is the one of the utilization review decision."""
    text = letter.text
    for day in dates:
        before = text[max(start, day.start - _REACH) : day.start]
        plain = (
            _UR_BEFORE.search(before)
            or _UR_AFTER.match(text, day.end, end)
            or (_ON.search(before) and _DENIED_BY_UR.match(text, day.end, end))
        )
        if day.value and plain:
            yield letter.stated(day.value, day.start, day.end)


def contradictions(summary: ParsedSummary, box: Mapping[str, Stated[date]]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each date of the summary that differs from the box; the box wins."""
    if summary.injury and "injury" in box and summary.injury.value != box["injury"].value:
        yield _contradiction(
            "Possible contradiction: the summary dates the injury otherwise than the box.", summary.injury
        )
    ur_decision = box.get("ur_decision")
    days = {day.value for day in summary.ur_decisions}
    if ur_decision and days and ur_decision.value not in days:
        message = "Possible contradiction: the summary dates the utilization review otherwise than the box."
        yield _contradiction(message, summary.ur_decisions[0])


def _contradiction(message: str, stated: Stated[date]) -> Diagnostic:
    return Diagnostic(DiagnosticCode.SUMMARY_CONTRADICTS_BOX, message, stated.span)
