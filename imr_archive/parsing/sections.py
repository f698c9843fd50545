"""The letter cut at its section headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.parsing.lexer import find_markers
from imr_archive.parsing.tables import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imr_archive.parsing.lexer import Marker


@dataclass(frozen=True, slots=True)
class Section:
    """Where one section's text stands in the normalised text: after its heading, up to the next heading.

    ``body`` is where its text proper begins, after the sentence that introduces it.
    """

    start: int
    end: int
    body: int

    def until(self, end: int) -> Section:
        """Return the section ended at ``end`` if that lies within its text."""
        return Section(self.start, end, self.body) if self.body < end < self.end else self


@dataclass(frozen=True, slots=True)
class Sections:
    """The sections that were found, by the key of their heading, with what opened them."""

    found: Mapping[str, Section]
    headings: tuple[Marker, ...]
    introductions: tuple[Marker, ...]

    @property
    def header(self) -> Section:
        """What stands before the first heading: the box, or nothing."""
        return Section(0, min((heading.start for heading in self.headings), default=0), 0)

    def get(self, key: str) -> Section | None:
        """Return the section under this heading, if the letter has it."""
        return self.found.get(key)


# "…denial/modification dated 8/21/2013:": what is left of an introduction that ends with a date
_REST_OF_INTRODUCTION = re.compile(r"\s*[\w/,.-]{1,12}(?:\s[\w/,.-]{1,8}){0,3}\s?:")


def find_sections(text: str, table: str = "sections", items: str = "issues") -> Sections:
    """Cut the letter at the headings of one table, each at its first place; a lost heading costs no other.

    A section whose heading was lost begins at the sentence that introduces it. In the section ``items`` items stand:
    what looks like the heading of an earlier section there is a rationale's own.
    """
    order = [*load("headings")[table]]
    introductions = {key: marker for key, marker in _firsts(find_markers("intros", text)).items() if key in order}
    headings = _firsts(find_markers(table, text))
    starts = {key: marker for key, marker in introductions.items() if key not in headings} | headings
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
        found[cut.key] = Section(cut.end, end, body)
    return Sections(found, tuple(cuts), tuple(introductions.values()))


def _after_introduction(text: str, at: int) -> int:
    rest = None if text[at - 1] in ":." else _REST_OF_INTRODUCTION.match(text, at)
    return rest.end() if rest else at


def _firsts(markers: Iterable[Marker]) -> dict[str, Marker]:
    firsts: dict[str, Marker] = {}
    for marker in markers:
        firsts.setdefault(marker.key, marker)
    return firsts
