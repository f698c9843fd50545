"""A guideline citation in the expected data of synthetic letters."""

from __future__ import annotations

from typing import Any, NamedTuple

CANONICAL = {
    "mtus-chronic-pain": "Chronic Pain Medical Treatment Guidelines",
    "mtus-opioids": "Opioids Treatment Guidelines",
    "mtus-acupuncture": "Acupuncture Medical Treatment Guidelines",
    "mtus-postsurgical": "Postsurgical Treatment Guidelines",
}
AUTHORITIES = {
    "mtus-acoem": "the ACOEM Guidelines",
    "mtus-chronic-pain": "the MTUS Chronic Pain Guidelines",
    "mtus-opioids": "the MTUS Opioids Treatment Guidelines",
    "mtus-acupuncture": "the MTUS Acupuncture Guidelines",
    "mtus-postsurgical": "the MTUS Postsurgical Treatment Guidelines",
    "odg": "the Official Disability Guidelines",
}


class MadeCitation(NamedTuple):
    """One guideline, and where in it."""

    source: str
    guideline: str
    year: int | None = None
    chapter_number: int | None = None
    section: str | None = None
    pages: str | None = None
    tables: tuple[str, ...] = ()

    @property
    def authority(self) -> str:
        """How a rationale speaks of the guideline."""
        return AUTHORITIES.get(self.source, "published guidelines")

    def as_json(self) -> dict[str, Any]:
        """Return the citation as the parse schema has it, without its printed piece."""
        return self._asdict() | {"tables": list(self.tables)}


Cited = tuple[str, tuple[MadeCitation, ...]]  # what is printed, and what it means
