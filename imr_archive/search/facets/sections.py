"""Sections of guidelines: the rule by which printed forms of one section become one value, and the values' bitmaps.

The rule: trailing page notes are dropped; then case, accents, punctuation, "and" and "the" don't count. So "Special
Studies & Treatment", "special studies and treatment" and "Special Studies and Treatment, page 78" are one section.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from imr_archive.search.facets.index.bits import bitmaps_from_bytes, bitmaps_to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyroaring import BitMap

STEP = "/"
LONGEST_SLUG = 80
LONGEST_LABEL = 200
# The digits of the hash that ends a slug that was cut.
_DIGITS = 8
# A page note is looked for in so many characters at the end, which bounds the search.
_TAIL = 80
_PAGE_NOTE = re.compile(
    r"""
    [\s,;:.(\[–-]{0,5}
    (?<![a-z]) (?: page\(s\) | pages? | pgs? | pp? ) (?![a-z]) [\s.:\#]{0,4}
    \d [\d\s,;&–-]{0,40} (?: and \s{1,3} [\d\s,;–-]{1,20} )?
    [\s)\].;,]{0,5} $
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORD = re.compile(r"[a-z0-9]+")
_NOT_COUNTED = frozenset({"and", "the"})
_EDGES = " \t\r\n.,;:-–"


def section_name(printed: str) -> str:
    """Return a section as printed, without trailing page notes and without white space and punctuation around it."""
    name = _without_pages(printed).strip(_EDGES)
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}…"


def section_slug(printed: str) -> str:
    """Return the slug of a printed section; empty if it names nothing. Long ones are cut, and end with a hash."""
    decomposed = unicodedata.normalize("NFKD", _without_pages(printed)).casefold()
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    slug = "-".join(word for word in _WORD.findall(plain) if word not in _NOT_COUNTED)
    if slug and len(slug) <= LONGEST_SLUG:
        return slug
    if not any(map(str.isalnum, plain)):
        return ""
    digest = sha256((slug or plain).encode()).hexdigest()[:_DIGITS]
    return f"{slug[: LONGEST_SLUG - _DIGITS - 1].rstrip('-')}-{digest}".lstrip("-")


def _without_pages(printed: str) -> str:
    name = " ".join(printed.split())
    note = _PAGE_NOTE.search(name, max(0, len(name) - _TAIL))
    # What is nothing but a page note is kept: it is all that is stated.
    return name[: note.start()] if note and note.start() else name


def most_frequent(forms: Iterable[tuple[str, int]]) -> str:
    """Return the name of a section: its most frequent printed form; of equals, the first in the alphabet."""
    counts: dict[str, int] = {}
    for printed, number in forms:
        name = section_name(printed)
        counts[name] = counts.get(name, 0) + number
    return min(counts, key=lambda name: (-counts[name], name))


@dataclass(frozen=True, eq=False)
class SectionValues:
    """The sections of a dimension's guidelines in one segment: the bitmap and the label of each, by slug.

    They are kept apart from the values above them, because there may be tens of thousands: a page counts only those of
    the guidelines that are expanded.
    """

    bitmaps: Mapping[str, BitMap]
    labels: Mapping[str, str]

    @cached_property
    def by_guideline(self) -> Mapping[str, Sequence[str]]:
        """The slugs of the sections of each guideline."""
        below: dict[str, list[str]] = {}
        for slug in self.bitmaps:
            below.setdefault(slug.rpartition(STEP)[0], []).append(slug)
        return below

    def to_bytes(self) -> bytes:
        """Serialize: the length of the labels and a line feed, the labels as JSON, the bitmaps."""
        labels = json.dumps(self.labels).encode()
        return f"{len(labels)}\n".encode() + labels + bitmaps_to_bytes(self.bitmaps)

    @classmethod
    def from_bytes(cls, payload: bytes) -> SectionValues:
        """Deserialize what ``to_bytes`` returned."""
        length, _, content = payload.partition(b"\n")
        end = int(length)
        return cls(bitmaps_from_bytes(content[end:]), json.loads(content[:end]))
