"""Find the items of the boxed layout: a heading that ends ": Upheld", with three labelled paragraphs below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imr_archive.parsing.items.blocks import HeadingEnd, ItemsPlace, Ruling, blocks_at, item_openers, skip_blank
from imr_archive.parsing.letter.markers import find_markers, find_outcomes

if TYPE_CHECKING:
    from imr_archive.parsing.items.blocks import Block
    from imr_archive.parsing.letter.markers import Marker
    from imr_archive.parsing.letter.sections import Sections
    from imr_archive.parsing.source.normalise import NormalText


def labelled_blocks(letter: NormalText, sections: Sections) -> list[Block]:
    """Return the items in the order printed."""
    place = ItemsPlace.of(letter, sections, "issues")
    labels = [*find_markers("labels", letter.text, place.start, place.end)]
    return blocks_at(letter, place, labels, _anchors(letter, place, labels))


def _anchors(letter: NormalText, place: ItemsPlace, labels: list[Marker]) -> list[HeadingEnd]:
    """Return the ends of headings: outcomes before a label or at a line's end, and first labels without an outcome.

    Text between an outcome and the first label after it is a stray line, not the heading of another item.
    """
    firsts = {label.start for label in labels if label.key == "claims_administrator"}
    opened = set()
    anchors = []
    for outcome in find_outcomes(letter.text, place.start, place.end):
        after = skip_blank(letter.text, outcome.end)
        capital = letter.text[outcome.word] in "UO0" or (outcome.value is None and letter.text[outcome.word].isupper())
        if after in firsts or (outcome.colon and letter.begins_line(after) and capital):
            ruling = Ruling(outcome.value, outcome.word, outcome.end) if outcome.value else None
            anchors.append(HeadingEnd(outcome.start, outcome.end, ruling))
            opened.add(next((label.start for label in labels if label.start > outcome.start), None))
    anchors += [
        HeadingEnd(label.start, label.start, None)
        for label in item_openers(labels)
        if label.start not in opened and letter.begins_line(label.start)
    ]
    return sorted(anchors, key=lambda anchor: anchor.at)
