"""The source letters received for one case: which is current, and what the others are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from imr_archive.vocabulary import SourceState

if TYPE_CHECKING:
    from datetime import datetime

    from imr_archive.models import Determination

_SENTENCES = {
    SourceState.CURRENT: "What this page shows was read from it.",
    SourceState.DUPLICATE: "The same letter in another file.",
    SourceState.SUPERSEDED: "Another text of the case, kept; it does not speak for the case.",
}


@dataclass(frozen=True, slots=True)
class Version:
    """One source letter of a case, with a sentence on its state and its download links."""

    received_at: datetime
    kind: str
    size: int
    is_current: bool
    sentence: str
    original_url: str
    text_url: str


def versions_of(determination: Determination) -> tuple[Version, ...]:
    """Return the letters of a case, the current one first, then the last received; empty if there is only one.

    File names are not shown: a sender may have put the worker's name there.
    """
    letters = determination.letters.without_content().order_by("-received_at", "-pk")
    found = sorted(letters, key=lambda letter: letter.state != SourceState.CURRENT)
    if len(found) < 2:
        return ()
    reference = determination.reference
    return tuple(
        Version(
            received_at=letter.received_at,
            kind=letter.get_kind_display(),
            size=letter.size,
            is_current=letter.state == SourceState.CURRENT,
            sentence=_SENTENCES[SourceState(letter.state)],
            original_url=reverse("web:version-original", args=[reference, letter.pk]),
            text_url=reverse("web:version-source", args=[reference, letter.pk]),
        )
        for letter in found
    )
