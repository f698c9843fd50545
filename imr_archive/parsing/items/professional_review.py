"""The items of the professional reviews of early 2013: one list each of requests, guidelines and rationales.

The outcome stands in the words with which a rationale concludes; the NOT of its heading is printed in every letter.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from imr_archive.parsing.items.blocks import Block, Ruling, item_number, without_number
from imr_archive.parsing.items.verdicts import find_verdicts
from imr_archive.parsing.letter.lost_labels import reliance_end
from imr_archive.parsing.letter.markers import find_markers
from imr_archive.parsing.letter.sections import Section

if TYPE_CHECKING:
    from imr_archive.parsing.checks.missing import Range
    from imr_archive.parsing.letter.sections import Sections
    from imr_archive.parsing.source.normalise import NormalText


# No known letter decides more requests; a paragraph is not read anew for each of thousands.
_MOST_SHARING = 30


def professional_review_blocks(letter: NormalText, sections: Sections) -> list[Block]:
    """Return the requests at issue in the order printed, each with its guidelines and its rationale."""
    issue = sections.get("issue") or _below_title(letter, sections)
    requests = _requests(letter, (issue.body, issue.end))
    guidelines, rationales = _guidelines_and_rationales(letter, sections, len(requests))
    blocks = []
    for number, request in enumerate(requests):
        printed = {
            label: places[number] if number < len(places) else places[0]
            for label, places in (("reviewer", guidelines), ("rationale", rationales))
            if len(places) == len(requests) or (places and len(requests) <= _MOST_SHARING)
        }
        paragraphs = {label: without_number(letter, place) for label, place in printed.items()}
        shared = len(rationales) < len(requests)
        ruling = _ruling(letter, paragraphs["rationale"], shared=shared) if "rationale" in paragraphs else None
        blocks.append(Block(without_number(letter, request), ruling, paragraphs, (request, *printed.values())))
    return blocks


def _below_title(letter: NormalText, sections: Sections) -> Section:
    """Return what stands between the letter's title and the first heading: the requests, if their heading was lost."""
    header = sections.header
    titles = [title.end for title in find_markers("letterhead", letter.text, header.start, header.end)]
    return Section(header.start, header.end, max(titles, default=header.start))


def _requests(letter: NormalText, place: Range) -> list[Range]:
    """Return the requests that a section numbers, or the section as one request."""
    runs = _runs(letter, place)
    return runs[0] if runs else _whole(letter, place)


def _guidelines_and_rationales(letter: NormalText, sections: Sections, count: int) -> tuple[list[Range], list[Range]]:
    """Return the paragraphs of both sections; without the second heading the first section holds both."""
    guideline, rationale = sections.get("guideline"), sections.get("rationale")
    if guideline and not rationale:
        place = (guideline.body, guideline.end)
        runs = [run for run in _runs(letter, place) if len(run) == count > 1]
        if len(runs) > 1:
            return runs[0], runs[1]
        cut = reliance_end(letter, place)
        if cut is not None:
            return [(guideline.body, cut)], [(cut, guideline.end)]
    return _one_each(letter, guideline, count), _one_each(letter, rationale, count)


def _one_each(letter: NormalText, section: Section | None, count: int) -> list[Range]:
    """Return the section's paragraphs, one numbered for each request, or the section as one for all of them."""
    if section is None:
        return []
    place = (section.body, section.end)
    fitting = [run for run in _runs(letter, place) if len(run) == count > 1]
    return fitting[0] if fitting else _whole(letter, place)


def _whole(letter: NormalText, place: Range) -> list[Range]:
    return [place] if letter.text[slice(*place)].strip() else []


def _runs(letter: NormalText, place: Range) -> list[list[Range]]:
    """Part a stretch at the printed lines that open with 1, 2, 3 …; each time that 1 comes again begins a new run."""
    start, end = place
    cuts: list[list[int]] = []
    first = start + len(letter.text[start:end]) - len(letter.text[start:end].lstrip())
    for at in sorted({first, *letter.breaks.within(start, end)}):
        number = item_number(letter.text, at)
        if number == 1:
            cuts.append([at])
        elif cuts and number == len(cuts[-1]) + 1:
            cuts[-1].append(at)
    ends = [*(run[0] for run in cuts[1:]), end]
    return [[*pairwise([*run, until])] for run, until in zip(cuts, ends, strict=True)] if cuts else []


def _ruling(letter: NormalText, rationale: Range, *, shared: bool) -> Ruling | None:
    """Read the outcome from a rationale's last verdict; one for several requests must not differ within itself."""
    verdicts = [*find_verdicts(letter.text, *rationale)]
    if not verdicts or (shared and len({verdict.value for verdict in verdicts}) > 1):
        return None
    last = verdicts[-1]
    return Ruling(last.value, last.word, last.end) if last.value else None
