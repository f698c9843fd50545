"""Two disputed items side by side: facts, what each side relied on, reasons and rationale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.vocabulary import Basis, CitedBy, Outcome, ReasonCode
from imr_archive.web.comparables.difference import TextDifference, difference_of
from imr_archive.web.comparables.lookup import item_or_404
from imr_archive.web.determinations.item_rows import citations_of, treatment_line, with_rows
from imr_archive.web.determinations.provenance import item_url
from imr_archive.web.formatting import day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imr_archive.models import DisputedItem, GuidelineCitation

_NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class ComparedItem:
    """One of the two items, with the address of its page."""

    letter: str
    reference: str
    case: str
    position: int
    outcome: Outcome | None
    url: str

    @property
    def meaning(self) -> str:
        """What the outcome means."""
        return self.outcome.meaning if self.outcome else "No outcome is stated"


@dataclass(frozen=True, slots=True)
class ComparedFact:
    """A fact of both items, as lines of text each; ``differs`` tells that they are not the same."""

    label: str
    one: Sequence[str]
    other: Sequence[str]

    @property
    def differs(self) -> bool:
        """Return whether the two items differ in it."""
        return [*map(str.casefold, self.one)] != [*map(str.casefold, self.other)]


@dataclass(frozen=True, slots=True)
class SideBySidePage:
    """Two items with their facts, and their rationales aligned."""

    items: tuple[ComparedItem, ComparedItem]
    facts: Sequence[ComparedFact]
    rationales: TextDifference

    @property
    def title(self) -> str:
        """The references of both."""
        return " and ".join(each.reference for each in self.items)


def side_by_side(one: str, other: str) -> SideBySidePage:
    """Build the page of two items by their references; raise as ``item_or_404`` does."""
    items = [with_rows(item_or_404(reference)).get() for reference in (one, other)]
    facts = [dict(_facts(item)) for item in items]
    heads = [_head(letter, item) for letter, item in zip("AB", items, strict=True)]
    return SideBySidePage(
        items=(heads[0], heads[1]),
        facts=[ComparedFact(label, lines, facts[1][label]) for label, lines in facts[0].items()],
        rationales=difference_of(*(item.text.rationale for item in items)),
    )


def _head(letter: str, item: DisputedItem) -> ComparedItem:
    return ComparedItem(
        letter=letter,
        reference=item.reference,
        case=str(item.determination),
        position=item.position,
        outcome=Outcome(item.outcome) if item.outcome else None,
        url=item_url(item),
    )


def _facts(item: DisputedItem) -> Iterator[tuple[str, list[str]]]:
    """Yield every fact in the order of the page, also those that an item does not state."""
    determination, reviewer = item.determination, item.determination.reviewer
    yield "Request", [item.text.description]
    yield (
        "Treatment",
        _stated(" › ".join(each.name for each in treatment_line(row.treatment)) for row in item.treatment_rows),
    )
    yield "Body part", _stated(row.body_part.name for row in item.body_part_rows)
    for side, basis in ((CitedBy.CLAIMS_ADMINISTRATOR, item.ca_basis), (CitedBy.REVIEWER, item.reviewer_basis)):
        yield f"{side.label} relied on", _stated(map(_cited, citations_of(item, side)))
        yield f"{side.label}’s basis", [Basis(basis).label]
        yield f"{side.label}’s guideline line", _stated([_guideline_line(item, side)])
    yield "Why", _stated(f"{ReasonCode(row.code).label}: “{row.quote}”" for row in item.reason_rows)
    yield "Reviewer’s specialty", _stated([*reviewer.certifications, *reviewer.subspecialties] if reviewer else [])
    yield "Decided", _stated([day(determination.decision_date)])
    yield "UR decision", _stated([day(determination.ur_decision_date)])
    yield "Date of injury", _stated([day(determination.injury_date)])


def _stated(lines: Iterator[str] | Sequence[str]) -> list[str]:
    return [line for line in lines if line] or [_NOT_STATED]


def _cited(citation: GuidelineCitation) -> str:
    edition = f", {citation.year}" if citation.year else ""
    section = f" · {citation.section}" if citation.section else ""
    return f"{citation.guideline.get_source_display()} › {citation.title}{edition}{section}"


def _guideline_line(item: DisputedItem, side: CitedBy) -> str:
    return item.text.reviewer_guideline if side is CitedBy.REVIEWER else item.text.ca_guideline
