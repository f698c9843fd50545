"""Find the items of the plain layout: "1. <request> is not medically necessary and appropriate.", both sides below it.

Some plain letters have the labels of the boxed ones; in the others each paragraph opens with the statement of a side.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imr_archive.parsing.items.blocks import (
    HeadingEnd,
    ItemsPlace,
    Ruling,
    blocks_at,
    item_openers,
    numbered_start,
    skip_blank,
)
from imr_archive.parsing.items.boxed import labelled_blocks
from imr_archive.parsing.items.verdicts import find_verdicts
from imr_archive.parsing.letter.lost_labels import reliance_end
from imr_archive.parsing.letter.markers import Marker, find_markers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imr_archive.parsing.items.blocks import Block
    from imr_archive.parsing.items.verdicts import SentenceVerdict
    from imr_archive.parsing.letter.sections import Sections
    from imr_archive.parsing.source.normalise import NormalText
    from imr_archive.parsing.spans import Range


def plain_blocks(letter: NormalText, sections: Sections) -> list[Block]:
    """Return the items in the order printed, in either form."""
    return labelled_blocks(letter, sections) or _sentenced_blocks(letter, sections)


def _sentenced_blocks(letter: NormalText, sections: Sections) -> list[Block]:
    place = ItemsPlace.of(letter, sections, "issues")
    labels = _labels(letter, place)
    blocks = blocks_at(letter, place, labels, _anchors(letter, place, labels), numbered=True)
    return [
        block._replace(paragraphs=_with_lost_statement(letter, block.paragraphs), both_sides=_both_sides(block))
        for block in blocks
    ]


def _with_lost_statement(letter: NormalText, paragraphs: Mapping[str, Range]) -> Mapping[str, Range]:
    """End the claims administrator's paragraph where it runs on because the reviewer's opening words were lost."""
    administrator = paragraphs.get("claims_administrator")
    cut = reliance_end(letter, administrator) if administrator and "reviewer" not in paragraphs else None
    return (
        paragraphs if not (administrator and cut) else {**paragraphs, "claims_administrator": (administrator[0], cut)}
    )


def _labels(letter: NormalText, place: ItemsPlace) -> list[Marker]:
    """Return the labels and, as markers without width, the openings of statements, which belong to the paragraph."""
    labels = [*find_markers("plain_labels", letter.text, place.start, place.end)]
    labelled = {label.start for label in labels}
    labels += [
        statement for statement in find_statements(letter, place.start, place.end) if statement.start not in labelled
    ]
    return sorted(labels, key=lambda label: label.start)


# "…is part of the MTUS. ", "Decision:", before a statement of a side
_SENTENCE_END = re.compile(r"(?:[.!?:)][\"')\]”’]*)\s*$")


def find_statements(letter: NormalText, start: int, end: int) -> list[Marker]:
    """Return where a sentence begins that says what a side relied on, as markers without width."""
    return [
        Marker(found.key, found.start, found.start)
        for found in find_markers("statements", letter.text, start, end)
        if letter.breaks.begins_at(found.start)
        or _SENTENCE_END.search(letter.text[max(start, found.start - 5) : found.start])
    ]


def _both_sides(block: Block) -> Range | None:
    sides = [block.paragraphs[side] for side in ("claims_administrator", "reviewer") if side in block.paragraphs]
    return (sides[0][0], sides[-1][1]) if sides else None


def _anchors(letter: NormalText, place: ItemsPlace, labels: list[Marker]) -> list[HeadingEnd]:
    """Return the ends of headings: verdicts before a statement or in a numbered line, statements without a verdict."""
    firsts = {label.start: label for label in labels if label.key == "claims_administrator"}
    anchors: list[HeadingEnd] = []
    before = place.start
    for verdict in find_verdicts(letter.text, place.start, place.end):
        after = skip_blank(letter.text, verdict.end)
        if after in firsts:
            del firsts[after]
            anchors.append(anchor_of(verdict))
        elif _lost_its_first_label(after, labels):
            start = numbered_start(letter, (before, verdict.start), len(anchors) + 1)
            anchors += [anchor_of(verdict)] if start is not None else []
        before = verdict.end
    anchors += [HeadingEnd(label.start, label.start, None) for label in item_openers(labels) if label.start in firsts]
    return sorted(anchors, key=lambda anchor: anchor.at)


def _lost_its_first_label(after: int, labels: list[Marker]) -> bool:
    """Return whether the next label after a verdict is a later one of the same item."""
    following = next((label.key for label in labels if label.start >= after), None)
    return following is not None and following != "claims_administrator"


def anchor_of(verdict: SentenceVerdict) -> HeadingEnd:
    """Return the end of the heading that a verdict decides."""
    ruling = Ruling(verdict.value, verdict.word, verdict.end) if verdict.value else None
    return HeadingEnd(verdict.start, verdict.end, ruling)
