"""The items of the professional reviews of early 2013: one list each of requests, guidelines and rationales.

The outcome stands in the words with which a rationale concludes; the NOT of its heading is printed in every letter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imr_archive.parsing.blocks import Block, Ruling, item_number, without_number
from imr_archive.parsing.lexer import find_markers
from imr_archive.parsing.lost_labels import reliance_end
from imr_archive.parsing.sections import Section
from imr_archive.parsing.verdicts import last_verdict

if TYPE_CHECKING:
    from imr_archive.parsing.diagnostics import Range
    from imr_archive.parsing.normalise import NormalText
    from imr_archive.parsing.sections import Sections


def professional_review_blocks(letter: NormalText, sections: Sections) -> list[Block]:
    """Return the requests at issue in the order printed, each with its guidelines and its rationale."""
    issue = sections.get("issue") or _below_title(letter, sections)
    requests = _numbered(letter, (issue.body, issue.end))
    guidelines, rationales = _guidelines_and_rationales(letter, sections, len(requests))
    blocks = []
    for number, request in enumerate(requests):
        paragraphs = {
            label: places[number] if len(places) == len(requests) else places[0]
            for label, places in (("reviewer", guidelines), ("rationale", rationales))
            if len(places) in (1, len(requests))
        }
        ruling = _ruling(letter, paragraphs.get("rationale"))
        blocks.append(Block(request, ruling, paragraphs, (request, *paragraphs.values())))
    return blocks


def _below_title(letter: NormalText, sections: Sections) -> Section:
    """Return what stands between the letter's title and the first heading: the requests, if their heading was lost."""
    header = sections.header
    titles = [title.end for title in find_markers("letterhead", letter.text, header.start, header.end)]
    return Section(header.start, header.end, max(titles, default=header.start))


def _guidelines_and_rationales(letter: NormalText, sections: Sections, count: int) -> tuple[list[Range], list[Range]]:
    """Return the numbered paragraphs of both sections; without the second heading the first section holds both."""
    guideline, rationale = sections.get("guideline"), sections.get("rationale")
    rationales = _numbered(letter, (rationale.body, rationale.end)) if rationale else []
    guidelines = _numbered(letter, (guideline.body, guideline.end)) if guideline else []
    if guideline and not rationale:
        if len(guidelines) == 2 * count > 2:
            return guidelines[:count], guidelines[count:]
        cut = reliance_end(letter, (guideline.body, guideline.end))
        if cut is not None:
            return [(guideline.body, cut)], [(cut, guideline.end)]
    return guidelines, rationales


def _numbered(letter: NormalText, place: Range) -> list[Range]:
    """Part a section at the printed lines that open with 1, 2, 3 …, and perhaps 1, 2, 3 … again; else it is one."""
    start, end = place
    cuts: list[int] = []
    expected = 1
    for at in sorted({start, *(line.at for line in letter.breaks.before(end, start))}):
        number = item_number(letter.text, at)
        if number == expected or (number == 1 and expected > 2):
            cuts.append(at)
            expected = number + 1
    if not cuts:
        return [place] if letter.text[start:end].strip() else []
    pieces = zip(cuts, [*cuts[1:], end], strict=True)
    return [without_number(letter, piece) for piece in pieces]


def _ruling(letter: NormalText, rationale: Range | None) -> Ruling | None:
    verdict = last_verdict(letter.text, *rationale) if rationale else None
    return Ruling(verdict.value, verdict.word, verdict.end) if verdict and verdict.value else None
