"""Finding a disputed item by its reference: the case number with the item's position, "CM16-0224814-1"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from imr_archive.web.determinations.lookup import determination_or_404

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from imr_archive.models import DisputedItem

_LONGEST_POSITION = 4
_LONGEST_SHOWN = 40


def item_or_404(reference: str) -> QuerySet[DisputedItem]:
    """Return the item as a queryset of one, to be fetched with what is needed; its determination is there already.

    Raise ``Http404`` if there is no such item, and ``DeterminationWithdrawn`` if its determination was withdrawn.
    """
    letter, _, position = reference.strip().rpartition("-")
    if not (letter and position.isascii() and position.isdecimal() and len(position) <= _LONGEST_POSITION):
        raise Http404(
            f"“{reference[:_LONGEST_SHOWN]}” names no item: write the case number and the item’s number, "
            "such as CM16-0224814-1."
        )
    determination = determination_or_404(letter)
    items = determination.items.filter(position=int(position))
    if not items.exists():
        raise Http404(f"Determination “{determination}” has no item {int(position)}.")
    return items
