"""Check a whole letter: missing parts, impossible or disordered dates, text that no rule claimed."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from imr_archive.parsing.results import Diagnostic
from imr_archive.parsing.spans import Span
from imr_archive.records import DATE_NAMES, is_read_by_description
from imr_archive.vocabulary import DiagnosticCode as Code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from imr_archive.parsing.letter.markers import Marker
    from imr_archive.parsing.results import Item, LetterDates, ReviewerProfile, Stated
    from imr_archive.parsing.source.normalise import NormalText
    from imr_archive.parsing.spans import Range
    from imr_archive.vocabulary import CitedBy, Layout


def impossible_date(span: Span) -> Diagnostic:
    """Return the diagnostic for a printed date that does not exist or is out of range."""
    return Diagnostic(Code.DATE_OUT_OF_RANGE, "The letter prints a date that cannot be.", span)


def unseen_form(layout: Layout, decision: Stated[date] | None) -> Iterator[Diagnostic]:
    """Yield a diagnostic where no whole letter of this layout, or of its time, was at hand."""
    if is_read_by_description(layout, decision.value if decision else None):
        yield Diagnostic(
            Code.READ_BY_DESCRIPTION,
            "Read by rules that were written from descriptions: no whole letter of this form and time was at hand.",
        )


def missing_parts(
    case_number: Stated[str] | None,
    profile: ReviewerProfile,
    summary: Stated[str] | None,
    items: Iterable[Item],
    sides: Iterable[CitedBy],
) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each part that the letter lacks; ``sides`` are those its layout prints."""
    if case_number is None:
        yield Diagnostic(Code.CASE_NUMBER_MISSING, "No case number is printed.")
    if not (profile.certifications or profile.states):
        yield Diagnostic(Code.REVIEWER_MISSING, "No boards and no licences of the reviewer are printed.")
    if summary is None:
        yield Diagnostic(Code.SUMMARY_MISSING, "No clinical case summary is printed.")
    elif not _SENTENCE_END.search(summary.value[-_LAST_CHARACTERS:]):
        end = summary.span.end
        yield Diagnostic(Code.SUMMARY_CUT, "The clinical case summary ends in mid-sentence.", Span(end - 1, end))
    if not items:
        yield Diagnostic(Code.ITEMS_MISSING, "No disputed item was found.")
    for item in items:
        yield from _missing_of_item(item, sides)


# "was denied by utilization review." with or without a closing quote
_SENTENCE_END = re.compile(r"[.?!][\"')\]”’]*$")
_LAST_CHARACTERS = 20


def _missing_of_item(item: Item, sides: Iterable[CitedBy]) -> Iterator[Diagnostic]:
    place = item.description.span
    if item.outcome is None:
        yield Diagnostic(Code.OUTCOME_MISSING, f"Item {item.position} has no outcome.", place)
    for side in sides:
        if getattr(item, side).text is None:
            message = f"Item {item.position} does not say what the {side.replace('_', ' ')} relied on."
            yield Diagnostic(Code.GUIDELINE_MISSING, message, place)
    if item.rationale is None:
        yield Diagnostic(Code.RATIONALE_MISSING, f"Item {item.position} has no rationale.", place)


def left_out_lines(spans: Iterable[Span]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each recurring line that was left out of the texts."""
    for span in spans:
        yield Diagnostic(Code.RECURRING_LINES, "A line that recurs on the pages was left out of the texts.", span)


def repeated_sections(letter: NormalText, headings: Iterable[Marker]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each section heading that a letter prints at the start of more than one line.

    The letter is then doubled, or two letters are mixed: what is read may be doubled too.
    """
    seen = set()
    for heading in headings:
        if not letter.begins_line(heading.start):
            continue
        if heading.key in seen:
            words = letter.text[heading.start : heading.end]
            span = letter.body.span(heading.start, heading.end)
            yield Diagnostic(Code.TEXT_TWICE, f"The section “{words}” stands twice.", span)
        seen.add(heading.key)


def disordered_dates(dates: LetterDates) -> Iterator[Diagnostic]:
    """Doubt dates that are not in the order of a case: injury, denial, application, review."""
    known = [(name, stated) for name in DATE_NAMES if (stated := getattr(dates, name)) is not None]
    for (earlier, first), (later, second) in pairwise(known):
        if first.value > second.value:
            message = f"Possible wrong date: “{later}” lies before “{earlier}”."
            yield Diagnostic(Code.DATES_OUT_OF_ORDER, message.replace("_", " "), second.span)


# "Sincerely", anything with a letter or a digit in it
_WORD = re.compile(r"\w")


def unclaimed_ranges(text: str, claimed: Iterable[Range]) -> Iterator[Range]:
    """Yield the ranges of the normalised text that no rule claimed and that hold a word."""
    at = 0
    for start, end in (*sorted(claimed), (len(text), len(text))):
        if at < start and _WORD.search(text, at, start):
            gap = text[at:start]
            yield at + len(gap) - len(gap.lstrip()), start - len(gap) + len(gap.rstrip())
        at = max(at, end)


def unclaimed_spans(letter: NormalText, claimed: Iterable[Range]) -> tuple[Span, ...]:
    """Return the source spans of the text that no rule claimed."""
    return tuple(letter.body.span(start, end) for start, end in unclaimed_ranges(letter.text, claimed))


def unclaimed_remarks(spans: Iterable[Span]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each span of unclaimed text."""
    for span in spans:
        yield Diagnostic(Code.UNCLAIMED_TEXT, f"{span.end - span.start} characters were claimed by no rule.", span)
