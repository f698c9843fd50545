"""Which form a letter has, told from the headings it prints, and where the form holds what.

Each layout is a row of scored wordings in ``headings.toml``, and a row here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from imr_archive.errors import NotADetermination
from imr_archive.parsing.labelled import labelled_blocks
from imr_archive.parsing.lexer import prints
from imr_archive.parsing.notice import notice_blocks
from imr_archive.parsing.professional_review import professional_review_blocks
from imr_archive.parsing.sentenced import plain_blocks
from imr_archive.parsing.tables import load
from imr_archive.vocabulary import CitedBy, Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imr_archive.parsing.blocks import Block
    from imr_archive.parsing.normalise import NormalText
    from imr_archive.parsing.sections import Sections

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
def _rows() -> Mapping[Layout, Mapping[str, int]]:
    return {Layout(name): phrases for name, phrases in load("headings")["layouts"].items()}


@cache
def _phrases() -> frozenset[str]:
    return frozenset(phrase for row in _rows().values() for phrase in row)


def recognise(text: str) -> Layout:
    """Return the layout whose headings weigh most; raise ``NotADetermination`` if none weighs enough."""
    printed = {phrase for phrase in _phrases() if prints(text, phrase)}
    scores = {layout: sum(row[phrase] for phrase in printed & row.keys()) for layout, row in _rows().items()}
    best = max(scores, key=lambda layout: scores[layout])
    if scores[best] < ENOUGH:
        raise NotADetermination("The text prints none of the headings of an independent medical review determination.")
    return best
