"""Find the disputed items as ranges of text: the heading and the paragraphs of each.

The anchor of an item is the outcome at the end of its heading, because it is the most reliable mark. The start of the
heading is then searched backwards: it is only marked by the end of the rationale before it.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from imr_archive.parsing.items.partial_approval import lacks_its_beginning
from imr_archive.parsing.letter.lost_labels import administrator_end, reliance_end

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imr_archive.parsing.letter.markers import Marker
    from imr_archive.parsing.letter.sections import Sections
    from imr_archive.parsing.source.normalise import LineBreak, NormalText
    from imr_archive.parsing.spans import Range
    from imr_archive.vocabulary import Outcome


class Ruling(NamedTuple):
    """The outcome of an item, and the range of the words that state it."""

    value: Outcome
    start: int
    end: int


class Block(NamedTuple):
    """One item's ranges in the normalised text: its heading without the outcome, and its paragraphs by label.

    ``claimed`` holds the ranges that were read; ``both_sides`` covers the statements of both sides where one may refer
    to the other.
    """

    heading: Range
    ruling: Ruling | None
    paragraphs: Mapping[str, Range]
    claimed: tuple[Range, ...]
    both_sides: Range | None = None

    @property
    def start(self) -> int:
        """Where the item begins."""
        return self.heading[0]


class HeadingEnd(NamedTuple):
    """The end of a heading: the item's outcome, or the label after the heading if the outcome is missing."""

    at: int
    end: int
    ruling: Ruling | None


class ItemsPlace(NamedTuple):
    """The range that holds the items; ``exact`` says whether the first heading begins at its start."""

    start: int
    end: int
    exact: bool

    @classmethod
    def of(cls, letter: NormalText, sections: Sections, key: str) -> ItemsPlace:
        """Return the section of the items or, if its heading was lost, everything after the header."""
        section = sections.get(key)
        if section:
            return cls(section.body, section.end, exact=True)
        return cls(sections.header.end, len(letter.text), exact=False)


def blocks_at(
    letter: NormalText,
    place: ItemsPlace,
    labels: Sequence[Marker],
    anchors: Sequence[HeadingEnd],
    *,
    numbered: bool = False,
) -> list[Block]:
    """Return one item for each anchor; ``numbered`` headings begin with the item's number."""
    headings = _headings(letter, place, labels, anchors, numbered=numbered)
    blocks = []
    for number, anchor in enumerate(anchors):
        block_end = headings[number + 1][0] if number + 1 < len(anchors) else place.end
        own = [label for label in labels if anchor.end <= label.start < block_end]
        claimed = ((headings[number][0], anchor.end), *([(own[0].start, block_end)] if own else []))
        heading = without_number(letter, headings[number]) if numbered else headings[number]
        blocks.append(Block(heading, anchor.ruling, _paragraphs(letter, own, block_end), claimed))
    return blocks


def _headings(
    letter: NormalText, place: ItemsPlace, labels: Sequence[Marker], anchors: Sequence[HeadingEnd], *, numbered: bool
) -> list[Range]:
    """Return the range of the heading that each anchor ends."""
    headings: list[Range] = []
    for number, anchor in enumerate(anchors, start=1):
        floor, known = _floor(anchor, anchors[number - 2] if number > 1 else None, labels, place)
        start = numbered_start(letter, (floor, anchor.at), number) if numbered else None
        if start is None:
            start = floor if known else _heading_start(letter, floor, anchor.at)
        headings.append((start, anchor.at))
    return headings


def skip_blank(text: str, at: int) -> int:
    """Return the offset of the next character that is neither white space nor a period."""
    while at < len(text) and (text[at].isspace() or text[at] == "."):
        at += 1
    return at


def item_openers(labels: Sequence[Marker]) -> Iterator[Marker]:
    """Yield the labels of first paragraphs that are the first label of all, or follow another item's rationale."""
    for before, label in pairwise([None, *labels]):
        if label and label.key == "claims_administrator" and (before is None or before.key == "rationale"):
            yield label


def _floor(
    anchor: HeadingEnd, before: HeadingEnd | None, labels: Sequence[Marker], place: ItemsPlace
) -> tuple[int, bool]:
    """Return the offset before which the heading can't begin, and whether it is known to begin exactly there."""
    label = max((label.end for label in labels if label.end <= anchor.at), default=-1)
    if before and before.end >= label:
        return before.end, True
    if label >= 0:
        return label, False
    return place.start, place.exact


def _paragraphs(letter: NormalText, labels: Sequence[Marker], end: int) -> dict[str, Range]:
    """Cut an item at its labels; a label that is printed again, or after the rationale's, is part of a paragraph."""
    if not labels:
        return {}
    cuts: dict[str, Marker] = {}
    for label in labels:
        cuts.setdefault(label.key, label)
        if label.key == "rationale":
            break
    ends = (*(label.start for label in [*cuts.values()][1:]), end)
    found = {label.key: (label.end, until) for label, until in zip(cuts.values(), ends, strict=True)}
    return _with_lost_labels(letter, found)


def _with_lost_labels(letter: NormalText, found: dict[str, Range]) -> dict[str, Range]:
    """End the paragraphs that run on into the next one because its label was lost."""
    sides = [side for side in ("claims_administrator", "reviewer") if side in found]
    if sides == ["claims_administrator"]:
        start, end = found["claims_administrator"]
        cut = administrator_end(letter, (start, end))
        if cut is not None:
            found |= {"claims_administrator": (start, cut), "reviewer": (cut, end)}
            sides.append("reviewer")
    if sides and "rationale" not in found:
        start, end = found[sides[-1]]
        cut = reliance_end(letter, (start, end))
        if cut is not None:
            found |= {sides[-1]: (start, cut), "rationale": (cut, end)}
    return found


# "2. ", "3) ": the number of an item, at the start of a printed line
_NUMBER = re.compile(r"\s*(?P<number>\d{1,2})\s?[.)]\s+(?=\S)")


def item_number(text: str, at: int) -> int | None:
    """Return the item number printed at this offset, if there is one."""
    found = _NUMBER.match(text, at)
    return int(found["number"]) if found else None


def numbered_start(letter: NormalText, place: Range, number: int) -> int | None:
    """Return the start of the last printed line within the range that opens with this number."""
    start, end = place
    lines = (start, *letter.breaks.within(start, end))
    return max((at for at in lines if item_number(letter.text, at) == number), default=None)


def without_number(letter: NormalText, heading: Range) -> Range:
    """Return the range of a heading without its number."""
    start, end = heading
    found = _NUMBER.match(letter.text, start, end)
    return (found.end() if found else start, end)


# "medically necessary.", 'as "stable."', and a conclusion whose period was lost
_SENTENCE_END = re.compile(r"(?:[.!?][\"')\]”’]*|\bmedically\s(?:necessary|appropriate))\s*$")

# "is not medically necessary. ", "non-certified, on independent medical review. ": the last words of a rationale
_CONCLUSION = re.compile(
    r"""
    \b (?: medically\s+(?:necessary|appropriate) | medical\s+(?:necessity|review)
        | not\s+(?:supported|certified) | non-?certified ) \b
    [^.:]{0,80} \. [\"')\]”’]* \s*
    """,
    re.VERBOSE,
)

# "this patient. Baclofen": a sentence's end inside a line, but not "Tylenol No. 4", "with Dr. Doe"
_SENTENCE = re.compile(r"(?<!\bNo)(?<!\bDr)[.!?][\"')\]”’]*(?:\s+(?=[A-Z(\d])|(?=[A-Z]))")

# The room left by a line that ends a paragraph rather than wraps: bold headings wrap up to a tenth short of the margin.
# The key is whether a space ends the line, as it does on wrapped lines in some files.
_ENDING_ROOM = {False: 0.08, None: 0.2, True: 0.3}
_LONGEST_HEADING, _FARTHEST = 900, 3000
_LAST_WORDS = 30


def _heading_start(letter: NormalText, floor: int, anchor: int) -> int:
    """Return where the heading that ends at ``anchor`` begins, after the rationale that ends somewhere past ``floor``.

    The rationale ends with the nearest line that ends a sentence or stops far short of the margin, but not within a
    partial approval, which holds ends of sentences itself. Where line ends were lost, or the heading was glued to the
    rationale, the rationale ends with the nearest sentence that can end one.
    """
    text = letter.text
    start = floor = max(floor, anchor - _FARTHEST)
    for line in letter.breaks.before(anchor, floor):
        if _ends_rationale(text, floor, line) and _can_be_heading(text[line.at : anchor]):
            start = line.at
            break
    ends = [found.end() for found in _CONCLUSION.finditer(text, start, anchor)]
    if start == floor or anchor - start > _LONGEST_HEADING or text[start].islower():
        ends += [found.end() for found in _SENTENCE.finditer(text, start, anchor)]
    return max((end for end in ends if _can_be_heading(text[end:anchor])), default=start)


def _can_be_heading(text: str) -> bool:
    return bool(text.strip()) and not lacks_its_beginning(text)


def _ends_rationale(text: str, floor: int, line: LineBreak) -> bool:
    before = text[max(floor, line.at - _LAST_WORDS) : line.at]
    if _SENTENCE_END.search(before):
        return True
    return line.room > _ENDING_ROOM[line.wraps] and before.rstrip()[-1:] not in (*":,;-", "")
