"""Synthetic determination letters in the three layouts before the boxed one; no person in them is real.

plain_letter()              two items decided in sentences, with a header
notice_letter()             two items, decided twice above and reasoned below
professional_review()       two numbered requests, guidelines and rationales
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from devtools.testing.letters import wrapped

BOARD = (
    "The physician reviewer is Board Certified in Family Practice, has a subspecialty in Sports Medicine, and is "
    "licensed to practice in Oregon and California."
)
NO_AFFILIATION = "has no affiliation with the employer, employee, providers or the claims administrator."
ACTIVE = (
    "He/she has been in active clinical practice for more than five years and is currently working at least 24 hours a "
    "week in active practice."
)
DOCUMENTS_INTRO = (
    "The following relevant documents received from the interested parties and the documents provided with the "
    "application were reviewed and considered. These documents included:"
)
DOCUMENTS = (DOCUMENTS_INTRO, "Application for Independent Medical Review dated 6/3/2013", "Notes of the clinic")
SUMMARY = (
    "The patient is a 44 year old male with an industrial injury date of 2/11/2012. He was struck by a pallet and is "
    "treated for a sprain of the left ankle, with rest, a boot and medication. On 5/2/2013 he walked with a limp."
)
IN_MTUS = "which is part of the Medical Treatment Utilization Schedule (MTUS)."


@dataclass(frozen=True)
class OlderItem:
    """One item: its request, whether it was granted, what each side says that it relied on, and the rationale."""

    request: str
    granted: bool
    claims_administrator: str
    reviewer: str
    rationale: str

    @property
    def verdict(self) -> str:
        return f"is {'' if self.granted else 'not '}medically necessary and appropriate."


ITEMS = (
    OlderItem(
        "MRI of the left ankle",
        True,
        "The Claims Administrator based its decision on the ACOEM Guidelines, Chapter 14 Ankle and Foot Complaints, "
        f"page 374, {IN_MTUS}",
        "The Expert Reviewer based his/her decision on the Official Disability Guidelines (ODG), Ankle & Foot Chapter, "
        "Magnetic resonance imaging (MRI), which is not part of the MTUS.",
        "The guideline supports imaging where a tear of a ligament is suspected and six weeks of care have failed. "
        "Both are described here. The request for an MRI of the left ankle is medically necessary and appropriate.",
    ),
    OlderItem(
        "Naproxen 550mg #60",
        False,
        "The Claims Administrator based its decision on the Chronic Pain Medical Treatment Guidelines, NSAIDs, pages "
        f"67-68, {IN_MTUS}",
        "The Expert Reviewer based his/her decision on the Chronic Pain Medical Treatment Guidelines, NSAIDs, specific "
        f"drug list & adverse effects, page 70, {IN_MTUS}",
        "The guideline allows the lowest dose for a short time. The drug has been taken for a year, and no note tells "
        "what it did. The request for Naproxen 550mg #60 is not medically necessary and appropriate.",
    ),
)


def plain_letter(items: Sequence[OlderItem] = ITEMS, *, dated: bool = True) -> str:
    """Return a letter in the plain layout, with its items decided in sentences."""
    return _laid_out(
        [
            "MAXIMUS FEDERAL SERVICES, INC.",
            "Independent Medical Review",
            *(["Dated: 1/9/2014"] if dated else []),
            "IMR Case Number: CM13-0900002",
            "Date of Injury: 02/11/2012",
            "UR Denial Date: 05/20/2013",
            "Application Received: 06/03/2013",
            "Priority: Standard",
            "HOW THE IMR FINAL DETERMINATION WAS MADE",
            f"MAXIMUS Federal Services sent the complete case file to a physician reviewer. He/she {NO_AFFILIATION} "
            f"{BOARD} {ACTIVE}",
            "DOCUMENTS REVIEWED",
            *DOCUMENTS,
            "CLINICAL CASE SUMMARY",
            "The physician reviewer developed the following clinical case summary based on a review of the case file, "
            "including all medical records:",
            SUMMARY,
            "IMR DECISION(S) AND RATIONALE(S)",
            "The Final Determination was based on decisions for the disputed items/services set forth below:",
            *(text for number, item in enumerate(items, start=1) for text in _plain_item(number, item)),
        ]
    )


def _plain_item(number: int, item: OlderItem) -> Iterable[str]:
    yield f"{number}. {item.request} {item.verdict}"
    yield item.claims_administrator
    yield item.reviewer.replace("Expert Reviewer", "Physician Reviewer")
    yield f"The Physician Reviewer's decision rationale: {item.rationale}"


def notice_letter(items: Sequence[OlderItem] = ITEMS, *, block: bool = True, disclaimer: bool = True) -> str:
    """Return a letter in the layout of the notices; ``block`` has it list the case's dates, too."""
    decisions = [
        f"{number}) MAXIMUS Federal Services, Inc. has determined the request for {item.request} {item.verdict}"
        for number, item in enumerate(items, start=1)
    ]
    return _laid_out(
        [
            "MAXIMUS FEDERAL SERVICES, INC.",
            "Notice of Independent Medical Review Determination",
            "Dated: 7/29/2013",
            *(
                [
                    "Employee:",
                    "Claim Number:",
                    "Date of UR Decision: 5/20/2013",
                    "Date of Injury: 2/11/2012",
                    "IMR Application Received: 6/3/2013",
                    "MAXIMUS Case Number: CM13-0900003",
                ]
                if block
                else []
            ),
            *decisions,
            "INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE",
            "An application for Independent Medical Review was filed on 6/3/2013 disputing the Utilization Review "
            "Denial dated 5/20/2013. A Notice of Assignment and Request for Information was provided to the above "
            "parties on 6/10/2013. A decision has been made for each of the treatments and services that were in "
            "dispute:",
            *decisions,
            "Medical Qualifications of the Expert Reviewer:",
            f"The independent Medical Doctor who made the decision {NO_AFFILIATION} {BOARD} {ACTIVE}",
            "Case Summary:",
            *(
                [
                    "Disclaimer: The following case summary was taken directly from the utilization review "
                    "denial/modification dated 5/20/2013:"
                ]
                if disclaimer
                else []
            ),
            SUMMARY,
            "Documents Reviewed for Determination:",
            *DOCUMENTS,
            *(text for number, item in enumerate(items, start=1) for text in _notice_item(number, item)),
            "Effect of the Decision:",
            "The determination is final and binding on all parties as to the medical necessity of the treatment.",
        ]
    )


def _notice_item(number: int, item: OlderItem) -> Iterable[str]:
    yield f"{number}) Regarding the request for {item.request}:"
    yield (
        "Section of the Medical Treatment Utilization Schedule Relied Upon by the Expert Reviewer to Make His/Her "
        "Decision"
    )
    yield f"{item.claims_administrator} {item.reviewer}"
    yield "Rationale for the Decision:"
    yield item.rationale


def professional_review(items: Sequence[OlderItem] = ITEMS) -> str:
    """Return a letter in the layout of the professional reviews, its two long headings broken over lines."""
    return _laid_out(
        [
            "MEDICAL PROFESSIONAL REVIEW",
            "ISSUE AT DISPUTE:",
            *_numbered([item.request for item in items]),
            "CASE SUMMARY:",
            SUMMARY,
            "DOCUMENTS REVIEWED FOR DETERMINATION:",
            *DOCUMENTS,
            "MEDICAL TREATMENT GUIDELINE(S) RELIED UPON BY",
            "PROFESSIONAL REVIEWER AND WHY:",
            *_numbered([item.reviewer for item in items]),
            "RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE IS/WAS",
            "NOT MEDICALLY NECESSARY:",
            *_numbered([item.rationale for item in items]),
            "MEDICAL REVIEWER QUALIFICATIONS:",
            f"The independent Medical Doctor who made the decision {NO_AFFILIATION} {BOARD} {ACTIVE}",
        ]
    )


def _numbered(texts: Sequence[str]) -> Iterable[str]:
    if len(texts) == 1:
        return texts
    return [f"{number}) {text}" for number, text in enumerate(texts, start=1)]


def _laid_out(paragraphs: Iterable[str]) -> str:
    return "\n".join(wrapped(paragraph) for paragraph in paragraphs) + "\n"
