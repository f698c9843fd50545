"""Check a case as a whole: what its summary says about the worker, and dates of service before the injury.

Like the doubts about one item these are possible contradictions for a reader to judge; the values stay as stated.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imr_archive.parsing.letter.markers import find_dates
from imr_archive.parsing.results import Diagnostic
from imr_archive.vocabulary import DiagnosticCode as Code
from imr_archive.vocabulary import Sex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from imr_archive.parsing.results import Item, LetterDates, Stated
    from imr_archive.parsing.source.normalise import NormalText
    from imr_archive.parsing.spans import Range

# "51-year-old obese male": an introduction of a person by age and sex
_INTRODUCED = re.compile(
    r"year[\s-]old\s (?:(?!son|daughter|child|boy|girl|wife|husband|spouse)[\w/-]{1,20},?\s){0,4}?"
    r"(?: (?P<female>female|woman|lady) | (?P<male>male|man|gentleman) ) \b",
    re.VERBOSE,
)
_PRONOUNS = {Sex.FEMALE: (" she ", " her ", " hers "), Sex.MALE: (" he ", " his ", " him ")}
_OTHER = {Sex.FEMALE: Sex.MALE, Sex.MALE: Sex.FEMALE}
_FEWEST_PRONOUNS = 3

# "date of birth: 1/2/1960", "DOB 1/2/60", "born on January 2, 1960", before a date
_BIRTH = re.compile(r"date\sof\sbirth|birth\s?date|dob|d\.o\.b\.|was\sborn|born\son")
_BIRTH_REACH = 40


def worker_doubts(
    letter: NormalText, place: Range, age: Stated[int] | None, sex: Stated[Sex] | None, dates: LetterDates
) -> Iterator[Diagnostic]:
    """Yield the doubts about the worker; ``place`` is the range of the summary in the normalised text."""
    start, end = place
    text = letter.text[start:end].lower()
    if len(text) != end - start:  # a character whose lower case is longer would shift the offsets
        return
    if sex:
        yield from _sex_doubts(letter, start, text, sex)
    yield from _birth_doubts(letter, start, text, age, dates)


def _sex_doubts(letter: NormalText, start: int, text: str, sex: Stated[Sex]) -> Iterator[Diagnostic]:
    """Doubt a sex that a later introduction, or every pronoun of the summary, contradicts."""
    other = _OTHER[sex.value]
    message = f"Possible contradiction: the worker is introduced as {sex.value.label.lower()}, "
    for found in _INTRODUCED.finditer(text):
        group = "female" if other is Sex.FEMALE else "male"
        if found[group]:
            span = letter.body.span(start + found.start(group), start + found.end(group))
            yield Diagnostic(Code.WORKER_CONTRADICTED, f"{message}and elsewhere as {other.label.lower()}.", span)
            return
    if any(pronoun in text for pronoun in _PRONOUNS[sex.value]):
        return
    if sum(map(text.count, _PRONOUNS[other])) >= _FEWEST_PRONOUNS:
        at = min(at for pronoun in _PRONOUNS[other] if (at := text.find(pronoun)) >= 0) + 1
        span = letter.body.span(start + at, start + text.index(" ", at))
        yield Diagnostic(Code.WORKER_CONTRADICTED, f"{message}but every pronoun is {other.label.lower()}.", span)


def _birth_doubts(
    letter: NormalText, start: int, text: str, age: Stated[int] | None, dates: LetterDates
) -> Iterator[Diagnostic]:
    """Doubt two birth dates, and an age that no day between the injury and the decision gives."""
    births: list[Stated[date]] = []
    for found in _BIRTH.finditer(text):
        at = start + found.end()
        day = next(find_dates(letter.text, at, min(start + len(text), at + _BIRTH_REACH)), None)
        # Two digits can mean either century: nobody is born after the injury.
        if day and day.value and not (dates.injury and day.value >= dates.injury.value):
            births.append(letter.stated(day.value, day.start, day.end))
    for birth in births[1:]:
        if birth.value != births[0].value:
            message = "Possible contradiction: the summary states two dates of birth."
            yield Diagnostic(Code.WORKER_CONTRADICTED, message, birth.span)
            return
    if not (births and age):
        return
    turned = births[0].value.year + age.value
    first, last = dates.injury, dates.decision
    if (first and turned < first.value.year - 1) or (last and turned > last.value.year + 1):
        message = f"Possible contradiction: the age of {age.value} does not follow from the date of birth."
        yield Diagnostic(Code.WORKER_CONTRADICTED, message, births[0].span)


def service_date_doubts(items: Iterable[Item], dates: LetterDates) -> Iterator[Diagnostic]:
    """Doubt a date of service before the injury."""
    if dates.injury is None:
        return
    for item in items:
        if item.service_dates and item.service_dates.value[0] < dates.injury.value:
            message = f"Possible wrong date: the service of item {item.position} lies before the injury."
            yield Diagnostic(Code.SERVICE_DATE_DOUBTED, message, item.service_dates.span)
