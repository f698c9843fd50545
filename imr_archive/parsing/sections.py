"""The letter cut at its section headings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.parsing.lexer import find_markers

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


def find_sections(text: str) -> Sections:
    """Cut the letter at the headings that it prints, each at its first place; a lost heading costs no other.

    A section whose heading was lost begins at the sentence that introduces it. The items come last: what looks like a
    heading among them is a rationale's own.
    """
    introductions = _firsts(find_markers("intros", text))
    headings = _firsts(find_markers("sections", text))
    starts = {key: marker for key, marker in introductions.items() if key not in headings} | headings
    last = starts["issues"].start if "issues" in starts else len(text)
    cuts = sorted((marker for marker in starts.values() if marker.start <= last), key=lambda marker: marker.start)
    found = {}
    for number, cut in enumerate(cuts):
        end = cuts[number + 1].start if number + 1 < len(cuts) else len(text)
        introduction = introductions.get(cut.key)
        within = introduction is not None and cut.start <= introduction.start < end
        found[cut.key] = Section(cut.end, end, introduction.end if introduction and within else cut.end)
    return Sections(found, tuple(cuts), tuple(introductions.values()))


def _firsts(markers: Iterable[Marker]) -> dict[str, Marker]:
    firsts: dict[str, Marker] = {}
    for marker in markers:
        firsts.setdefault(marker.key, marker)
    return firsts
