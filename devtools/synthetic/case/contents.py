"""The contents of one synthetic letter, before layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devtools.synthetic.case.cases import MadeCase, MadeReviewer
    from devtools.synthetic.case.decisions import Decision
    from devtools.synthetic.case.prose import MadeSummary

HEADER_FIELDS = frozenset({"case_number", "priority", "injury", "ur_decision", "received", "assigned", "decision"})
# What each layout's header or opening always prints.
PRINTED = {
    "boxed": HEADER_FIELDS,
    "plain": frozenset({"case_number", "priority", "injury", "ur_decision", "received"}),
    "notice": frozenset({"ur_decision", "received", "assigned", "decision"}),
    "professional-review": frozenset[str](),
}


@dataclass(slots=True)
class Contents:
    """A case, who reviewed it and how; ``printed`` names the header's fields that this letter prints."""

    name: str
    number: str
    printed: frozenset[str]
    case: MadeCase
    reviewer: MadeReviewer
    summary: MadeSummary
    decisions: list[Decision]

    def description(self, decision: Decision) -> str:
        """The request as the layout prints it: notices name it inside a sentence."""
        request = decision.request
        return request.inline if self.case.layout == "notice" else request.description
