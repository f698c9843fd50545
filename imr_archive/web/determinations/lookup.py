"""Finding a determination, or one of its source letters, by the address of its page."""

from __future__ import annotations

import re

from django.http import Http404

from imr_archive.models import Determination, SourceLetter, Withdrawal
from imr_archive.vocabulary import SourceState

_REFERENCE = re.compile(r"[A-Z0-9-]{1,20}", re.ASCII | re.IGNORECASE)


class DeterminationWithdrawn(Exception):
    """A determination that was withdrawn; its addresses answer 410 with the tombstone (``web.middleware``)."""

    def __init__(self, withdrawal: Withdrawal) -> None:
        super().__init__(withdrawal.reference)
        self.withdrawal = withdrawal


def determination_or_404(reference: str) -> Determination:
    """Return the determination with what its page shows of it and of its reviewer.

    Raise ``Http404`` if there is none, and ``DeterminationWithdrawn`` if there was one.
    """
    if not _REFERENCE.fullmatch(reference):
        raise Http404(f"The archive has no determination “{reference[:40]}”.")
    determinations = Determination.objects.select_related("reviewer", "text").prefetch_related(
        "reviewer__specialties", "reviewer__licences"
    )
    if determination := determinations.by_reference(reference).first():
        return determination
    if withdrawal := Withdrawal.objects.filter(reference=reference.upper(), reinstated_at=None).first():
        raise DeterminationWithdrawn(withdrawal)
    raise Http404(f"The archive has no determination “{reference[:40]}”.")


def letter_or_404(determination: Determination, key: int | None) -> SourceLetter:
    """Return a source letter of a determination by its key; the current one for None."""
    letters = SourceLetter.objects.filter(determination=determination)
    letter = letters.filter(state=SourceState.CURRENT).first() if key is None else letters.filter(pk=key).first()
    if letter is None:
        which = "no file" if key is None else f"no letter {key}"
        raise Http404(f"The archive keeps {which} of determination “{determination}”.")
    return letter
