"""The four layouts: turn the contents of a letter into the blocks of its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devtools.synthetic.case.cases import bare_slashes, slashes
from devtools.synthetic.page.blocks import Block, Box, Heading, Paragraph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from devtools.synthetic.case.cases import MadeReviewer
    from devtools.synthetic.case.contents import Contents
    from devtools.synthetic.chance import Dice

METHOD = (
    "MAXIMUS Federal Services sent the complete case file to {a_reviewer}. He/she has no affiliation with the "
    "employer, employee, providers or the claims administrator. {board}He/she has been in active clinical practice "
    "for more than five years and is currently working at least 24 hours a week in active practice. The {reviewer} "
    "was selected based on his/her clinical experience, education, background, and expertise in the same or similar "
    "specialties that evaluate and/or treat the medical condition and disputed items/{services}. He/she is familiar "
    "with governing laws and regulations, including the strength of evidence hierarchy that applies to Independent "
    "Medical Review determinations."
)
SUMMARY_INTRO = (
    "The {reviewer} developed the following clinical case summary based on a review of the case file, including "
    "all medical records:"
)
FIXED_METHOD = Paragraph(
    METHOD.format(a_reviewer="an expert reviewer", reviewer="expert reviewer", board="", services="Service"),
    fixed=True,
)
FIXED_CREDENTIALS = Paragraph("The Expert Reviewer has the following credentials:", fixed=True)
FIXED_SUMMARY_INTRO = Paragraph(SUMMARY_INTRO.format(reviewer="expert reviewer"), fixed=True)
FIXED_ISSUES_INTRO = Paragraph(
    "The Final Determination was based on decisions for the disputed items/services set forth below:",
    fixed=True,
)
FIXED_DOCUMENTS_INTRO = Paragraph(
    "The following relevant documents received from the interested parties and the documents provided with the "
    "application were reviewed and considered. These documents included:",
    fixed=True,
)
DOCUMENTS = (
    "Application for Independent Medical Review",
    "Utilization Review Determination",
    "Medical records from the treating physician",
    "Medical Treatment Utilization Schedule (MTUS)",
)
METHOD_HEADING = Heading("HOW THE IMR FINAL DETERMINATION WAS MADE")
SUMMARY_HEADING = Heading("CLINICAL CASE SUMMARY")
ISSUES_HEADING = Heading("IMR ISSUES, DECISIONS AND RATIONALES")

FILED = (
    "An application for Independent Medical Review was filed on {received} disputing the Utilization Review Denial "
    "dated {ur_decision}. A Notice of Assignment and Request for Information was provided to the above parties on "
    "{assigned}. A decision has been made for each of the treatments and services that were in dispute:"
)
DISCLAIMER = (
    "Disclaimer: The following case summary was taken directly from the utilization review denial/modification dated "
    "{ur_decision}:"
)
REVIEWER_DECIDED = (
    "The independent Medical Doctor who made the decision has no affiliation with the employer, employee, providers or "
    "the claims administrator. {board}He/she has been in active clinical practice for more than five years and is "
    "currently working at least 24 hours a week in active practice."
)
GUIDELINE_HEADING = (
    "Section of the Medical Treatment Utilization Schedule Relied Upon by the Expert Reviewer to Make His/Her Decision"
)
PROFESSIONAL_GUIDELINE_HEADING = "MEDICAL TREATMENT GUIDELINE(S) RELIED UPON BY PROFESSIONAL REVIEWER AND WHY:"
PROFESSIONAL_RATIONALE_HEADING = "RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE {tense} NOT MEDICALLY NECESSARY:"


def lay_out(dice: Dice, contents: Contents) -> tuple[Block, ...]:
    """Return the letter's blocks in the layout of its case."""
    return tuple(LAYOUTS[contents.case.layout](dice, contents))


# --- boxed ------------------------------------------------------------------------------------------------------------


def _boxed(dice: Dice, contents: Contents) -> Iterator[Block]:
    if contents.printed:
        yield _box(contents)
    yield METHOD_HEADING
    yield from _method(dice, contents.reviewer, "expert reviewer")
    yield SUMMARY_HEADING
    yield FIXED_SUMMARY_INTRO
    yield Paragraph(contents.summary.text)
    yield ISSUES_HEADING
    yield FIXED_ISSUES_INTRO
    for decision in contents.decisions:
        outcome = "Overturned" if decision.granted else "Upheld"
        yield Paragraph(outcome, f"{decision.request.heading}:", text_below=dice.chance(0.033))
        yield Paragraph(decision.administrator.text or "", "Claims Administrator guideline:")
        yield Paragraph(decision.reviewer.text or "", "MAXIMUS guideline:")
        yield Paragraph(decision.rationale, "Decision rationale:")


def _box(contents: Contents) -> Box:
    case = contents.case
    return Box(
        (
            contents.number,
            slashes(case.assigned),
            slashes(case.injury),
            slashes(case.decision),
            slashes(case.ur_decision),
            "Expedited" if case.expedited else "Standard",
            slashes(case.received),
        )
    )


def _method(dice: Dice, reviewer: MadeReviewer, title: str) -> Iterator[Block]:
    if reviewer.as_prose:
        article = "a" if title.startswith("p") else "an"
        board = _board(reviewer, title)
        text = METHOD.format(a_reviewer=f"{article} {title}", reviewer=title, board=board, services="services")
        yield Paragraph(text)
        return
    yield FIXED_METHOD
    yield FIXED_CREDENTIALS
    yield Paragraph(dice.pick((", ", ",")).join(reviewer.states), "State(s) of Licensure:", close=True)
    yield Paragraph(reviewer.board_printed, "Certification(s)/Specialty:", close=True)


def _board(reviewer: MadeReviewer, title: str) -> str:
    board = f"The {title} is Board Certified in {reviewer.board_printed}"
    if reviewer.subspecialties:
        board += f", has a subspecialty in {reviewer.subspecialties[0]},"
    return f"{board} and is licensed to practice in {' and '.join(reviewer.states)}. "


# --- plain ------------------------------------------------------------------------------------------------------------


def _plain(dice: Dice, contents: Contents) -> Iterator[Block]:
    case = contents.case
    yield Heading("MAXIMUS FEDERAL SERVICES, INC.")
    yield Heading("Independent Medical Review")
    if "decision" in contents.printed:
        yield Paragraph(bare_slashes(case.decision), "Dated:")
    yield Paragraph(contents.number, "IMR Case Number:")
    yield Paragraph(slashes(case.injury), "Date of Injury:", close=True)
    yield Paragraph(slashes(case.ur_decision), "UR Denial Date:", close=True)
    yield Paragraph(slashes(case.received), "Application Received:", close=True)
    yield Paragraph(dice.pick(("Standard", "STANDARD")), "Priority:", close=True)
    yield METHOD_HEADING
    yield from _method(dice, contents.reviewer, "physician reviewer")
    yield Heading("DOCUMENTS REVIEWED")
    yield from _documents()
    yield SUMMARY_HEADING
    yield Paragraph(SUMMARY_INTRO.format(reviewer="physician reviewer"))
    yield Paragraph(contents.summary.text)
    yield Heading("IMR DECISION(S) AND RATIONALE(S)")
    yield FIXED_ISSUES_INTRO
    yield from (_labelled_items if dice.chance(0.4) else _sentenced_items)(contents)


def _labelled_items(contents: Contents) -> Iterator[Block]:
    for decision in contents.decisions:
        yield Paragraph("Overturned" if decision.granted else "Upheld", f"{decision.request.heading}:")
        yield Paragraph(decision.administrator.text or "", "Claims Administrator guideline:")
        yield Paragraph(decision.reviewer.text or "", "MAXIMUS guideline:")
        yield Paragraph(decision.rationale, "Decision rationale:")


def _sentenced_items(contents: Contents) -> Iterator[Block]:
    for number, decision in enumerate(contents.decisions, start=1):
        yield Paragraph(f"{number}. {decision.request.description} {_is_necessary(decision.granted)}.")
        yield Paragraph(decision.administrator.text or "")
        yield Paragraph(decision.reviewer.text or "")
        yield Paragraph(decision.rationale, "The Physician Reviewer's decision rationale:")


def _is_necessary(granted: bool) -> str:
    return f"is {'' if granted else 'not '}medically necessary and appropriate"


def _documents() -> Iterator[Block]:
    yield FIXED_DOCUMENTS_INTRO
    for document in DOCUMENTS:
        yield Paragraph(f"- {document}", close=True)


# --- notice -----------------------------------------------------------------------------------------------------------


def _notice(dice: Dice, contents: Contents) -> Iterator[Block]:
    case, summary = contents.case, contents.summary
    yield Heading("MAXIMUS FEDERAL SERVICES, INC.")
    yield Heading("Notice of Independent Medical Review Determination")
    yield Paragraph(bare_slashes(case.decision), "Dated:")
    if "case_number" in contents.printed:
        yield Paragraph(bare_slashes(case.ur_decision), "Date of UR Decision:")
        yield Paragraph(bare_slashes(case.injury), "Date of Injury:", close=True)
        yield Paragraph(bare_slashes(case.received), "IMR Application Received:", close=True)
        yield Paragraph(contents.number, "MAXIMUS Case Number:", close=True)
    decisions = [_determined(contents, number) for number in range(len(contents.decisions))]
    yield from decisions
    yield Heading("INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE")
    dates = {"received": case.received, "ur_decision": case.ur_decision, "assigned": case.assigned}
    yield Paragraph(FILED.format(**{name: bare_slashes(day) for name, day in dates.items()}))
    yield from decisions
    yield Heading("Medical Qualifications of the Expert Reviewer:")
    yield Paragraph(REVIEWER_DECIDED.format(board=_board(contents.reviewer, "physician reviewer")))
    yield Heading("Case Summary:")
    if dice.chance(0.5):
        yield Paragraph(DISCLAIMER.format(ur_decision=bare_slashes(case.ur_decision)))
    yield Paragraph(summary.text)
    yield Heading("Documents Reviewed for Determination:")
    yield from _documents()
    for number, decision in enumerate(contents.decisions, start=1):
        yield Paragraph(f"{number}) Regarding the request for {contents.description(decision)}:")
        yield Heading(GUIDELINE_HEADING)
        yield Paragraph(f"{decision.administrator.text} {decision.reviewer.text}")
        yield Heading("Rationale for the Decision:")
        yield Paragraph(decision.rationale)


def _determined(contents: Contents, index: int) -> Paragraph:
    decision = contents.decisions[index]
    return Paragraph(
        f"{index + 1}) MAXIMUS Federal Services, Inc. has determined the request for "
        f"{contents.description(decision)} {_is_necessary(decision.granted)}."
    )


# --- professional review ----------------------------------------------------------------------------------------------


def _professional_review(dice: Dice, contents: Contents) -> Iterator[Block]:
    decisions = contents.decisions
    yield Heading("MEDICAL PROFESSIONAL REVIEW")
    yield Heading("ISSUE AT DISPUTE:")
    yield from _numbered(contents.description(decision) for decision in decisions)
    yield Heading("CASE SUMMARY:")
    yield Paragraph(contents.summary.text)
    yield Heading("DOCUMENTS REVIEWED FOR DETERMINATION:")
    yield from _documents()
    yield _broken_heading(dice, PROFESSIONAL_GUIDELINE_HEADING)
    yield from _numbered(decision.reviewer.text or "" for decision in decisions)
    yield _broken_heading(dice, PROFESSIONAL_RATIONALE_HEADING.format(tense=dice.pick(("IS", "WAS", "IS/WAS"))))
    yield from _numbered(decision.rationale for decision in decisions)
    yield Heading("MEDICAL REVIEWER QUALIFICATIONS:")
    yield Paragraph(REVIEWER_DECIDED.format(board=_board(contents.reviewer, "physician reviewer")))


def _numbered(texts: Iterable[str]) -> list[Block]:
    """Number the paragraphs where there are several."""
    given = list(texts)
    return [Paragraph(f"{number}) {text}" if len(given) > 1 else text) for number, text in enumerate(given, start=1)]


def _broken_heading(dice: Dice, text: str) -> Heading:
    """Break a heading over two lines at any of its spaces."""
    words = text.split(" ")
    cut = dice.between(1, len(words) - 1)
    return Heading(f"{' '.join(words[:cut])}\n{' '.join(words[cut:])}")


LAYOUTS: dict[str, Callable[[Dice, Contents], Iterator[Block]]] = {
    "boxed": _boxed,
    "plain": _plain,
    "notice": _notice,
    "professional-review": _professional_review,
}
