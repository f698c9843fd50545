"""Find the items of the professional reviews of early 2013: separate lists of requests, guidelines and rationales.

The outcome is the conclusion of the rationale; the NOT of the rationale's heading is printed in every letter.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from imr_archive.parsing.items.blocks import Block, Ruling, item_number, without_number
from imr_archive.parsing.items.verdicts import find_verdicts
from imr_archive.parsing.letter.lost_labels import reliance_end
from imr_archive.parsing.letter.markers import find_markers
from imr_archive.parsing.letter.sections import LetterSection

if TYPE_CHECKING:
    from imr_archive.parsing.letter.sections import Sections
    from imr_archive.parsing.source.normalise import NormalText
    from imr_archive.parsing.spans import Range


# No known letter decides more requests; the limit keeps a hostile letter from reading one paragraph thousands of times.
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


def _below_title(letter: NormalText, sections: Sections) -> LetterSection:
    """Return the text between the letter's title and the first heading, which holds requests without a heading."""
    header = sections.header
    titles = [title.end for title in find_markers("letterhead", letter.text, header.start, header.end)]
    return LetterSection(header.start, header.end, max(titles, default=header.start))


def _requests(letter: NormalText, place: Range) -> list[Range]:
    """Return the numbered requests of a section, or the whole section as one request."""
    runs = _runs(letter, place)
    return runs[0] if runs else _whole(letter, place)


def _guidelines_and_rationales(letter: NormalText, sections: Sections, count: int) -> tuple[list[Range], list[Range]]:
    """Return the paragraphs of both sections; if the second heading was lost, the first section holds both."""
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


def _one_each(letter: NormalText, section: LetterSection | None, count: int) -> list[Range]:
    """Return one numbered paragraph for each request, or the whole section as one paragraph for all of them."""
    if section is None:
        return []
    place = (section.body, section.end)
    fitting = [run for run in _runs(letter, place) if len(run) == count > 1]
    return fitting[0] if fitting else _whole(letter, place)


def _whole(letter: NormalText, place: Range) -> list[Range]:
    return [place] if letter.text[slice(*place)].strip() else []


def _runs(letter: NormalText, place: Range) -> list[list[Range]]:
    """Split a range at the printed lines that open with 1, 2, 3 …; each new 1 begins a new run."""
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
    """Read the outcome from a rationale's last verdict; all verdicts of a shared rationale must agree."""
    verdicts = [*find_verdicts(letter.text, *rationale)]
    if not verdicts or (shared and len({verdict.value for verdict in verdicts}) > 1):
        return None
    last = verdicts[-1]
    return Ruling(last.value, last.word, last.end) if last.value else None
