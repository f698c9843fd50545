"""The letters that came for one case: which of them speaks for it, and what became of the others."""

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
    """One letter of a case, with what it is to the case and where it can be had."""

    received_at: datetime
    kind: str
    size: int
    speaks: bool
    sentence: str
    original_url: str
    text_url: str


def versions_of(determination: Determination) -> tuple[Version, ...]:
    """Return the letters of a case, the one that speaks for it first, then the last received; empty if it is alone.

    Names of files are left out: whoever sent a letter may have put the worker's name there.
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
            speaks=letter.state == SourceState.CURRENT,
            sentence=_SENTENCES[SourceState(letter.state)],
            original_url=reverse("web:version-original", args=[reference, letter.pk]),
            text_url=reverse("web:version-source", args=[reference, letter.pk]),
        )
        for letter in found
    )
