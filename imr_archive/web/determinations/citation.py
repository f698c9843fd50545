"""How to cite a determination, or one of its items: as text, BibTeX and RIS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.vocabulary import CaseOutcome, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from imr_archive.models import Determination, DisputedItem

_COURT = "Cal. Div. of Workers’ Comp."
_AUTHOR = "California Division of Workers’ Compensation"
_KIND = "Independent Medical Review determination"
_NOTE = "A determination binds its own case only; it is no precedent."
# The months as legal citations abbreviate them.
_MONTHS = ("Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")


@dataclass(frozen=True, slots=True)
class CitationEntry:
    """A determination, or the item at a position of it, as something to cite; ``reference`` names it in addresses."""

    reference: str
    name: str
    item: int | None
    decided: date | None
    outcome: str

    @property
    def key(self) -> str:
        """The case number with the position of the item: "CM16-0224814-1"."""
        return self.reference if self.item is None else f"{self.reference}-{self.item}"

    @property
    def title(self) -> str:
        """What is cited, without court, date and outcome."""
        return self.name if self.item is None else f"{self.name}, item {self.item}"

    @property
    def text(self) -> str:
        """The citation in one line."""
        decided = self.decided
        day = f"{_MONTHS[decided.month - 1]} {decided.day}, {decided.year}" if decided else "date not printed"
        return f"{self.title} ({_COURT}, {day}) ({self.outcome})"

    def bibtex(self, address: str) -> str:
        """Return an entry of BibTeX. Nothing that a letter prints stands in it, so that nothing needs escaping."""
        fields = {"title": f"{{{self.title} ({self.outcome})}}", "author": f"{{{_AUTHOR}}}", "howpublished": _KIND}
        if self.decided:
            fields |= {"year": str(self.decided.year), "month": str(self.decided.month), "day": str(self.decided.day)}
        fields |= {"url": address, "note": _NOTE}
        lines = (f"  {name} = {{{value}}},\n" for name, value in fields.items())
        return f"@misc{{{self.key},\n{''.join(lines)}}}\n"

    def ris(self, address: str, *, note: str = "") -> str:
        """Return a record of RIS, whose lines end as its specification says; ``note`` is the reader's own."""
        dated = [("PY", f"{self.decided:%Y}"), ("DA", f"{self.decided:%Y/%m/%d}")] if self.decided else []
        fields = [
            *[("TY", "CASE"), ("ID", self.key), ("TI", f"{self.title} ({self.outcome})"), ("AU", _AUTHOR)],
            *dated,
            *[("M3", _KIND), ("UR", address), ("N1", _NOTE)],
            *([("N1", " ".join(note.split()))] if note.strip() else []),
            ("ER", ""),
        ]
        return "".join(f"{tag}  - {value}\r\n" for tag, value in fields)


def citations_of(determination: Determination, items: Sequence[DisputedItem]) -> tuple[CitationEntry, ...]:
    """Return the citation of a determination and, if it has several items, those of each."""
    number = determination.case_number
    name = f"IMR Case No. {number}" if number else f"IMR Determination {determination.pk} (case number not printed)"

    def citation(item: int | None, outcome: str) -> CitationEntry:
        return CitationEntry(determination.reference, name, item, determination.decision_date, outcome)

    of_items = [citation(item.position, _said(Outcome(item.outcome) if item.outcome else None)) for item in items]
    if len(of_items) == 1:
        return tuple(of_items)
    whole = CaseOutcome(determination.outcome) if determination.outcome else None
    return (citation(None, _said(whole)), *of_items)


def _said(outcome: Outcome | CaseOutcome | None) -> str:
    return outcome.label.lower() if outcome else "no outcome stated"
