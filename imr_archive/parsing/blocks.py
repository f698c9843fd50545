"""The disputed items: where each begins and ends, and its heading and labelled paragraphs.

An item is anchored on its outcome, "…: Upheld" just before the first label, which is the cheapest sure marker. Its
heading is then found backwards, as nothing but the end of the rationale before it marks where a heading begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.parsing.frames import lacks_its_beginning
from imr_archive.parsing.lexer import find_markers, find_outcomes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imr_archive.parsing.diagnostics import Range
    from imr_archive.parsing.lexer import Marker, PrintedOutcome
    from imr_archive.parsing.normalise import LineBreak, NormalText
    from imr_archive.parsing.sections import Sections


@dataclass(frozen=True, slots=True)
class Block:
    """One item's place in the normalised text: its heading without colon and outcome, and its paragraphs by label."""

    heading: Range
    outcome: PrintedOutcome | None
    paragraphs: Mapping[str, Range]
    claimed: tuple[Range, ...]

    @property
    def start(self) -> int:
        """Where the item begins."""
        return self.heading[0]


@dataclass(frozen=True, slots=True)
class _Anchor:
    """The end of a heading: its outcome, or, where that is missing, the label that follows it."""

    at: int
    end: int
    outcome: PrintedOutcome | None


def find_blocks(letter: NormalText, sections: Sections) -> list[Block]:
    """Return the items of the letter in the order printed."""
    issues = sections.get("issues")
    start, end = (issues.body, issues.end) if issues else (sections.header.end, len(letter.text))
    labels = [*find_markers("labels", letter.text, start, end)]
    anchors = _anchors(letter, labels, start, end)
    headings: list[Range] = []
    for number, anchor in enumerate(anchors):
        floor, known = _floor(anchor, anchors[number - 1] if number else None, labels, start, issues is not None)
        headings.append((floor if known else _heading_start(letter, floor, anchor.at), anchor.at))
    blocks = []
    for number, anchor in enumerate(anchors):
        block_end = headings[number + 1][0] if number + 1 < len(anchors) else end
        own = [label for label in labels if anchor.end <= label.start < block_end]
        claimed = ((headings[number][0], anchor.end), *([(own[0].start, block_end)] if own else []))
        blocks.append(Block(headings[number], anchor.outcome, _paragraphs(own, block_end), claimed))
    return blocks


def _anchors(letter: NormalText, labels: list[Marker], start: int, end: int) -> list[_Anchor]:
    """Return the ends of headings: outcomes before a label or at a line's end, then first labels without an outcome."""
    firsts = {label.start: label for label in labels if label.key == "claims_administrator"}
    line_starts = {0, len(letter.text), *(line.at for line in letter.breaks)}
    anchors = []
    for outcome in find_outcomes(letter.text, start, end):
        after = _skip_blank(letter.text, outcome.end)
        if after in firsts:
            del firsts[after]
        elif not (outcome.colon and after in line_starts and letter.text[outcome.word].isupper()):
            continue
        anchors.append(_Anchor(outcome.start, outcome.end, outcome))
    anchors += [
        _Anchor(label.start, label.start, None)
        for label in firsts.values()
        if label.start in line_starts and _opens_an_item(label, labels)
    ]
    return sorted(anchors, key=lambda anchor: anchor.at)


def _skip_blank(text: str, at: int) -> int:
    while at < len(text) and (text[at].isspace() or text[at] == "."):
        at += 1
    return at


def _opens_an_item(label: Marker, labels: list[Marker]) -> bool:
    """Tell whether this label of the first paragraph comes first, or after another item's rationale."""
    place = labels.index(label)
    return place == 0 or labels[place - 1].key == "rationale"


def _floor(
    anchor: _Anchor, before: _Anchor | None, labels: list[Marker], start: int, start_known: bool
) -> tuple[int, bool]:
    """Return the point before which the heading can't begin, and whether it is known to begin just there."""
    label = max((label.end for label in labels if label.end <= anchor.at), default=-1)
    if before and before.end >= label:
        return before.end, True
    if label >= 0:
        return label, False
    return start, start_known


def _paragraphs(labels: list[Marker], end: int) -> dict[str, Range]:
    """Cut an item at its labels; a label that is printed again inside a paragraph is part of it."""
    firsts: dict[str, Marker] = {}
    for label in labels:
        firsts.setdefault(label.key, label)
    cuts = sorted(firsts.values(), key=lambda label: label.start)
    ends = (*(label.start for label in cuts[1:]), end)
    return {label.key: (label.end, until) for label, until in zip(cuts, ends, strict=False)}


# "medically necessary.", 'as "stable."', and a conclusion whose period was lost
_SENTENCE_END = re.compile(r"(?:[.!?][\"')\]”’]*|\bmedically\s(?:necessary|appropriate))\s*$")

# "is not medically necessary. ", "non-certified, on independent medical review. ": how a rationale concludes
_CONCLUSION = re.compile(
    r"""
    \b (?: medically\s+(?:necessary|appropriate) | medical\s+(?:necessity|review)
        | not\s+(?:supported|certified) | non-?certified ) \b
    [^.:]{0,80} \. [\"')\]”’]* \s*
    """,
    re.VERBOSE,
)

# "this patient. Baclofen": a sentence's end inside a line
_SENTENCE = re.compile(r"[.!?][\"')\]”’]*(?:\s+(?=[A-Z(\d])|(?=[A-Z]))")

# How much room a line leaves that ends a paragraph rather than wraps: headings are set in bold and wrap up to a tenth
# short of the margin. The key is whether a space ends the line, as it does on wrapped lines in some files.
_ENDING_ROOM = {False: 0.08, None: 0.2, True: 0.3}
_LONGEST_HEADING, _FARTHEST = 900, 3000
_LAST_WORDS = 30


def _heading_start(letter: NormalText, floor: int, anchor: int) -> int:
    """Find where the heading that ends at ``anchor`` begins, after the rationale that ends somewhere past ``floor``.

    The nearest line that ends a sentence ends the rationale; so does a nearer one that stops far short of the margin.
    A frame holds ends of sentences itself. Where line ends were lost, or the heading was glued to the rationale, the
    nearest sentence that can end a rationale does.
    """
    text = letter.text
    start = floor = max(floor, anchor - _FARTHEST)
    for line in reversed([line for line in letter.breaks if floor < line.at < anchor]):
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
