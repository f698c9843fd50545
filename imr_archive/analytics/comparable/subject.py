"""The item for which comparable decisions are wanted, with what they are compared by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from imr_archive.analytics.texts import fingerprint_of, words_of
from imr_archive.models import DisputedItem, GuidelineCitation, ItemBodyPart, ItemTreatment
from imr_archive.search.facets.linked_dimensions import guideline_value
from imr_archive.search.query.stems import stem
from imr_archive.vocabulary import CitedBy

if TYPE_CHECKING:
    from collections.abc import Sequence

# Sides are left out of requests: an injection on the left is comparable with one on the right.
_SIDES = frozenset({"left", "right", "bilateral", "bilaterally", "unilateral", "lt", "rt", "side", "sided", "sides"})
# Words that say nothing of what is requested.
_FILLERS = frozenset({"the", "a", "an", "of", "for", "to", "with", "and", "x", "one", "request", "unknown"})
_LEVEL = re.compile(r"\b([ctls])(\d{1,2})(?:\s{0,2}[-–/]\s{0,2}([ctls]?)(\d{1,2}))?\b", re.IGNORECASE)
# Shorter words are hardly ever the ones that tell cases apart.
_SHORTEST = 4


@dataclass(frozen=True)
class ItemWords:
    """The printed request and rationale of an item, as they are compared."""

    request: str
    rationale: str

    @cached_property
    def asked(self) -> frozenset[str]:
        """The stems of the request's words, without sides and fillers."""
        return frozenset(stem(word) for word in words_of(self.request) if word not in _SIDES and word not in _FILLERS)

    @cached_property
    def levels(self) -> frozenset[str]:
        """The spinal levels that the request names, as "l4-l5"."""
        return frozenset(_level(*found) for found in _LEVEL.findall(self.request))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of the rationale's words that may be rare: long enough, and without digits."""
        return frozenset([stem(word) for word in {*self._said} if len(word) >= _SHORTEST and word.isalpha()])

    @cached_property
    def fingerprint(self) -> bytes:
        """The fingerprint of the rationale."""
        return fingerprint_of(self._said)

    @cached_property
    def _said(self) -> list[str]:
        return words_of(self.rationale)


@dataclass(frozen=True)
class Subject:
    """An item, and the facet values by which others are found: most specific treatments, body parts, citations."""

    key: int
    determination: int
    words: ItemWords
    treatments: Sequence[str]
    body_parts: Sequence[str]
    guidelines: Sequence[str]
    sections: Sequence[str]


def subject_of(item: DisputedItem) -> Subject:
    """Read what an item that was fetched with its text is compared by, in three queries."""
    parts = ItemBodyPart.objects.filter(item=item).order_by("body_part__slug")
    treatments = ItemTreatment.objects.filter(item=item).order_by("position")
    cited = GuidelineCitation.objects.filter(item=item, cited_by=CitedBy.REVIEWER).order_by("position")
    citations = [*cited.values_list("guideline__source", "guideline__slug", "section")]
    guidelines = [guideline_value(source, slug) for source, slug, _ in citations]
    sections = [guideline_value(*each) for each in citations]
    return Subject(
        key=item.pk,
        determination=item.determination_id,
        words=ItemWords(item.text.description, item.text.rationale),
        treatments=[*treatments.values_list("treatment__slug", flat=True)],
        body_parts=[*parts.values_list("body_part__slug", flat=True)],
        guidelines=[*dict.fromkeys(guidelines)],
        # A citation without a section has the value of its guideline.
        sections=[each for each in dict.fromkeys(sections) if each not in guidelines],
    )


def _level(first: str, upper: str, second: str, lower: str) -> str:
    top = f"{first}{upper}".lower()
    return f"{top}-{(second or first).lower()}{lower}" if lower else top
