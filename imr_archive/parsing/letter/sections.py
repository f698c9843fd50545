"""Cut the letter at its section headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.parsing.letter.markers import Marker, find_dates, find_markers
from imr_archive.parsing.tables import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class LetterSection(NamedTuple):
    """The range of one section in the normalised text: after its heading, up to the next heading.

    ``body`` is where its text proper begins, after the sentence that introduces it.
    """

    start: int
    end: int
    body: int

    def until(self, end: int) -> LetterSection:
        """Return the section ended at ``end`` if that lies within its text."""
        return LetterSection(self.start, end, self.body) if self.body < end < self.end else self


@dataclass(frozen=True, slots=True)
class Sections:
    """The sections found, by the key of their heading, with the headings and introductory sentences.

    ``printed`` are all headings in the text, also those that cut nothing because they stand in it before.
    """

    found: Mapping[str, LetterSection]
    headings: tuple[Marker, ...]
    introductions: tuple[Marker, ...]
    printed: tuple[Marker, ...]

    @property
    def header(self) -> LetterSection:
        """The text before the first heading: the box, or nothing."""
        return LetterSection(0, min((heading.start for heading in self.headings), default=0), 0)

    def get(self, key: str) -> LetterSection | None:
        """Return the section under this heading, if the letter has it."""
        return self.found.get(key)


# "…denial/modification dated 8/21/2013:": the rest of an introduction that ends with a date
_REST_OF_INTRODUCTION = re.compile(r"\s*[\w/,.-]{1,12}(?:\s[\w/,.-]{1,8}){0,3}\s?:")


def find_sections(text: str, table: str = "sections", items: str = "issues") -> Sections:
    """Cut the letter at the first occurrence of each heading of one table; a lost heading does not affect the others.

    A section whose heading was lost begins at the sentence that introduces it. Within the section ``items``, the
    heading of an earlier section is part of a rationale and cuts nothing.
    """
    order = [*load("headings")[table]]
    introductions = {key: marker for key, marker in _firsts(find_markers("intros", text)).items() if key in order}
    printed = tuple(find_markers(table, text))
    headings = _firsts(printed)
    starts = introductions | headings
    if "summary" not in starts:
        starts |= _opened_summary(text, starts, order)
    last = starts[items].start if items in starts else len(text)
    after = order[order.index(items) + 1 :]
    cuts = [marker for marker in starts.values() if marker.start <= last or marker.key in after]
    cuts.sort(key=lambda marker: marker.start)
    found = {}
    for number, cut in enumerate(cuts):
        end = cuts[number + 1].start if number + 1 < len(cuts) else len(text)
        introduction = introductions.get(cut.key)
        within = introduction is not None and cut.start <= introduction.start < end
        body = _after_introduction(text, introduction.end) if introduction and within else cut.end
        found[cut.key] = LetterSection(cut.end, end, body)
    return Sections(found, tuple(cuts), tuple(introductions.values()), printed)


# "The injured worker is a", "This 36-year-old", "This case involves a": how summaries begin
_SUMMARY_OPENING = re.compile(
    r"""
    \b(?: (?:The|This) \s (?:injured\sworker|applicant|patient|employee|claimant|case) \s
          (?:is|was|involves|sustained|has) \b
      | This \s (?: is \s an? \b | \d{1,3} [\s-] year )
      | According \s to \s the \s (?:medical\s)? records \b
    )
    """,
    re.VERBOSE,
)


def _opened_summary(text: str, starts: Mapping[str, Marker], order: Sequence[str]) -> dict[str, Marker]:
    """Find a summary without heading and introduction by its opening words, between the neighbouring headings."""
    place = order.index("summary")
    after = max((starts[key].end for key in order[:place] if key in starts), default=None)
    before = min((starts[key].start for key in order[place + 1 :] if key in starts), default=None)
    if after is None or before is None:
        return {}
    found = _SUMMARY_OPENING.search(text, after, before)
    return {"summary": Marker("summary", found.start(), found.start())} if found else {}


_LONGEST_DATE = 30
_AFTER_DATE = re.compile(r"[\s.:]*")
_FARTHEST_DATE = 3


def _after_introduction(text: str, at: int) -> int:
    """Return where the text after an introduction begins, which may end with a date and a period or a colon."""
    if text[at - 1] in ":.":
        return at
    day = next(find_dates(text, at, at + _LONGEST_DATE), None)
    if day and day.start - at <= _FARTHEST_DATE:
        after = _AFTER_DATE.match(text, day.end)
        return after.end() if after else day.end
    rest = _REST_OF_INTRODUCTION.match(text, at)
    return rest.end() if rest else at


def _firsts(markers: Iterable[Marker]) -> dict[str, Marker]:
    firsts: dict[str, Marker] = {}
    for marker in markers:
        firsts.setdefault(marker.key, marker)
    return firsts
