"""Synthetic determination letters in the boxed layout, for tests; no person in them is real.

    boxed_letter()                                        one item, upheld
    boxed_letter(items=[item("MRI of the knee", outcome="Overturned"), item("Ibuprofen 800mg #60")])
    boxed_letter(case_number=None, box=False)             the box was lost

``wrapped`` breaks lines as a PDF reader does: every line except the last of a paragraph ends with a space.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

METHOD = "HOW THE IMR FINAL DETERMINATION WAS MADE"
SUMMARY = "CLINICAL CASE SUMMARY"
ISSUES = "IMR ISSUES, DECISIONS AND RATIONALES"

_SENT = "MAXIMUS Federal Services sent the complete case file to an expert reviewer."
_NO_AFFILIATION = "He/she has no affiliation with the employer, employee, providers or the claims administrator."
_SUMMARY_INTRO = (
    "The expert reviewer developed the following clinical case summary based on a review of the case file, "
    "including all medical records:"
)
_ISSUES_INTRO = "The Final Determination was based on decisions for the disputed items/services set forth below:"

LIST_REVIEWER = (
    "The Expert Reviewer has the following credentials:",
    "State(s) of Licensure: California, Oregon",
    "Certification(s)/Specialty: Physical Medicine & Rehabilitation, Pain Management",
)
WORKER = (
    "The injured worker is a 52 year old female who sustained an industrial injury on 03-09-2016. She slipped on a wet "
    "floor and is treated for a strained back. On 07-22-2016 Utilization Review non-certified the request."
)


@dataclass(frozen=True)
class LetterItem:
    """One item as printed: its heading with the outcome, and its labelled paragraphs (None: not printed)."""

    heading: str
    claims_administrator: str | None
    reviewer: str | None
    rationale: str | None

    def paragraphs(self) -> Iterable[str]:
        """Yield the paragraphs in the order printed."""
        yield self.heading
        labels = ("Claims Administrator guideline:", "MAXIMUS guideline:", "Decision rationale:")
        for label, text in zip(labels, (self.claims_administrator, self.reviewer, self.rationale), strict=True):
            if text is not None:
                yield f"{label} {text}"


def item(
    description: str,
    *,
    outcome: str = "Upheld",
    heading: str | None = None,
    claims_administrator: str | None = "The Claims Administrator did not cite any medical evidence for its decision.",
    reviewer: str | None = "Decision based on MTUS Low Back Complaints 2004, Section(s): Physical Methods.",
    rationale: str | None = None,
) -> LetterItem:
    """Make an item; ``heading`` replaces the whole heading, outcome included."""
    negation = "not " if outcome == "Upheld" else ""
    conclusion = f"The records were weighed against the guideline. The request is {negation}medically necessary."
    return LetterItem(
        heading if heading is not None else f"{description}: {outcome}",
        claims_administrator,
        reviewer,
        rationale if rationale is not None else conclusion,
    )


DEFAULT_ITEMS = (item("Physical therapy two times a week for four weeks for the low back"),)


def boxed_letter(
    *,
    case_number: str | None = "CM16-0900001",
    box: bool = True,
    dates: dict[str, str] | None = None,
    priority: str = "Standard",
    reviewer: Sequence[str] = LIST_REVIEWER,
    summary: str | Sequence[str] = WORKER,
    items: Sequence[LetterItem] = DEFAULT_ITEMS,
    width: int = 95,
) -> str:
    """Return a letter's text, its lines wrapped at ``width``."""
    head = [*_box(case_number, dates or {}, priority)] if box else []
    summaries = [summary] if isinstance(summary, str) else [*summary]
    paragraphs = [METHOD, f"{_SENT} {_NO_AFFILIATION}", *reviewer, SUMMARY, _SUMMARY_INTRO, *summaries]
    paragraphs += [ISSUES, _ISSUES_INTRO, *(text for each in items for text in each.paragraphs())]
    return "\n".join([*head, *(wrapped(paragraph, width) for paragraph in paragraphs)]) + "\n"


DATES = {
    "Date Assigned": "08/17/2016",
    "Date of Injury": "03/09/2016",
    "Decision Date": "09/14/2016",
    "UR Denial Date": "07/22/2016",
    "Application Received": "08/03/2016",
}


def _box(case_number: str | None, dates: dict[str, str], priority: str) -> Iterable[str]:
    known = DATES | dates
    if case_number:
        yield f"Case Number: {case_number}"
    yield f"Date Assigned: {known['Date Assigned']} Date of Injury: {known['Date of Injury']}"
    yield f"Decision Date: {known['Decision Date']} UR Denial Date: {known['UR Denial Date']}"
    yield f"Priority: {priority} Application "
    yield "Received: "
    yield known["Application Received"]


def wrapped(paragraph: str, width: int = 95) -> str:
    """Lay a paragraph out in lines; a space ends every line but the last."""
    return " \n".join(textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False))


def doubled(text: str) -> str:
    """Double every line break and end every line with a space, as the archive's oldest text files do."""
    return "\n\n".join(line.rstrip() + " " for line in text.split("\n"))
