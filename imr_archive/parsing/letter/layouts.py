"""Which form a letter has, told from the headings it prints, and where the form holds what.

Each layout is a row of scored wordings in ``headings.toml``, and a row here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from imr_archive.errors import NotADetermination
from imr_archive.parsing.items.boxed import labelled_blocks
from imr_archive.parsing.items.notice import notice_blocks
from imr_archive.parsing.items.plain import plain_blocks
from imr_archive.parsing.items.professional_review import professional_review_blocks
from imr_archive.parsing.letter.markers import prints
from imr_archive.parsing.tables import load
from imr_archive.vocabulary import CitedBy, Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from imr_archive.parsing.items.blocks import Block
    from imr_archive.parsing.letter.sections import Sections
    from imr_archive.parsing.source.normalise import NormalText

ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Form:
    """Where a layout holds what: its table of headings, the section of the items' texts, and how items are found.

    ``sides`` are those whose guidelines it prints.
    """

    headings: str
    items: str
    find_blocks: Callable[[NormalText, Sections], list[Block]]
    sides: tuple[CitedBy, ...] = (CitedBy.CLAIMS_ADMINISTRATOR, CitedBy.REVIEWER)


FORMS: Mapping[Layout, Form] = {
    Layout.BOXED: Form("sections", "issues", labelled_blocks),
    Layout.PLAIN: Form("sections", "issues", plain_blocks),
    Layout.NOTICE: Form("notice_sections", "documents", notice_blocks),
    Layout.PROFESSIONAL_REVIEW: Form(
        "professional_review_sections", "rationale", professional_review_blocks, (CitedBy.REVIEWER,)
    ),
}


@cache
def _rows() -> Sequence[tuple[Layout, int, tuple[tuple[str, int], ...]]]:
    """Return each layout, what its wordings weigh together, and each of them with its weight, the heaviest first."""
    rows = load("headings")["layouts"]
    return [
        (Layout(name), sum(row.values()), tuple(sorted(row.items(), key=lambda each: -each[1])))
        for name, row in rows.items()
    ]


def recognise(text: str) -> Layout:
    """Return the layout whose headings weigh most; raise ``NotADetermination`` if none weighs enough.

    A layout is given up once all that is left to look for could not lift it over the best so far.
    """
    found: dict[str, bool] = {}
    best, most = None, ENOUGH - 1
    for layout, left, row in _rows():
        weight = 0
        for phrase, each in row:
            if weight + left <= most:
                break
            if phrase not in found:
                found[phrase] = prints(text, phrase)
            left -= each
            weight += each if found[phrase] else 0
        if weight > most:
            best, most = layout, weight
    if best is None:
        raise NotADetermination("The text prints none of the headings of an independent medical review determination.")
    return best
