"""Group and count the wordings that are not in the parser's tables, most frequent first.

The module is independent of the parser and the database: both pass it sightings of wordings.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_EXAMPLES = 3
_LONGEST_EXAMPLE = 100


class GapKind(StrEnum):
    """Which table has no row for a wording."""

    TREATMENT = "treatment"
    GUIDELINE = "guideline"
    SPECIALTY = "specialty"


HEADINGS = {
    GapKind.TREATMENT: "Requests that no row classifies",
    GapKind.GUIDELINE: "Guidelines that are not listed",
    GapKind.SPECIALTY: "Specialties that are not listed",
}


class Sighting(NamedTuple):
    """One place where a letter prints what the tables do not know; ``case`` names the letter."""

    kind: GapKind
    printed: str
    case: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Wordings that come to the same, with their number and a few examples, each with its letter."""

    kind: GapKind
    wording: str
    count: int
    examples: tuple[Sighting, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the gap for machines."""
        examples = [{"printed": seen.printed, "case": seen.case} for seen in self.examples]
        return {"kind": self.kind.value, "wording": self.wording, "count": self.count, "examples": examples}


def find_gaps(sightings: Iterable[Sighting]) -> list[Gap]:
    """Group sightings by kind and wording, the most frequent first."""
    counts: Counter[tuple[GapKind, str]] = Counter()
    examples: dict[tuple[GapKind, str], dict[str, Sighting]] = {}
    for seen in sightings:
        key = seen.kind, wording_of(seen)
        counts[key] += 1
        kept = examples.setdefault(key, {})
        if len(kept) < MOST_EXAMPLES:
            kept.setdefault(seen.printed, seen)
    gaps = [Gap(*key, count, tuple(examples[key].values())) for key, count in counts.items()]
    return sorted(gaps, key=lambda gap: (-gap.count, gap.wording))


# What a request says beside what it asks for: how many, how strong, how often, for how long, on which side.
# fmt: off
_ASIDE = frozenset((
    "a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "per", "the", "to", "with", "x", "time",
    "times", "once", "twice", "daily", "weekly", "monthly", "day", "days", "week", "weeks", "month", "months", "hour",
    "hours", "session", "sessions", "visit", "visits", "qty", "quantity", "refill", "refills", "mg", "mcg", "ml", "gm",
    "tablet", "tablets", "tab", "tabs", "capsule", "capsules", "left", "right", "bilateral", "dos", "date", "dates",
    "service", "outpatient", "request",
))
# fmt: on
_WORD = re.compile(r"[^\W\d_]+")


def wording_of(seen: Sighting) -> str:
    """Return what sightings have in common: a request's words without its numbers, a name without its case."""
    words = [word.lower() for word in _WORD.findall(seen.printed)]
    if seen.kind is GapKind.TREATMENT:
        words = [word for word in words if word not in _ASIDE] or words
    return " ".join(words) or " ".join(seen.printed.lower().split())


def gap_lines(gaps: Sequence[Gap], limit: int) -> Iterator[str]:
    """Yield the lines of a report for a terminal: for each kind its ``limit`` most frequent wordings."""
    for kind, heading in HEADINGS.items():
        own = [gap for gap in gaps if gap.kind is kind]
        yield f"{heading}: {sum(gap.count for gap in own):,} in {len(own):,} wordings"
        for gap in own[:limit]:
            yield f"{gap.count:7,}  {_shortened(gap.wording)}"
            yield from (f"         {seen.case}: {_shortened(seen.printed)}" for seen in gap.examples)
        yield ""


def gaps_json(gaps: Sequence[Gap], limit: int) -> list[dict[str, Any]]:
    """Return the same choice for machines."""
    return [gap.as_json() for kind in GapKind for gap in [gap for gap in gaps if gap.kind is kind][:limit]]


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST_EXAMPLE else f"{flat[: _LONGEST_EXAMPLE - 1]}…"
