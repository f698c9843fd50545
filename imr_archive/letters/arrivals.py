"""When determinations came into the archive, read from their first revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Min, OuterRef, Subquery
from django.db.models.functions import Coalesce

from imr_archive.models import Determination, Revision, SourceLetter

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


def first_arrivals(keys: Collection[int]) -> dict[int, datetime]:
    """Return when determinations that come back under their former keys arrived first, by key."""
    if not keys:
        return {}
    rows = Revision.objects.filter(determination__in=keys).order_by().values_list("determination")
    return dict(rows.annotate(first=Min("made_at")))


def arrivals_fill() -> int:
    """Set the arrival of determinations that have none, as after restoring an older backup, and return their number."""
    of_it = OuterRef("pk")
    revisions = Revision.objects.filter(determination=of_it).order_by("pk").values("made_at")
    letters = SourceLetter.objects.filter(determination=of_it).order_by("received_at", "pk").values("received_at")
    first = Coalesce(Subquery(revisions[:1]), Subquery(letters[:1]))
    return Determination.objects.filter(arrived_at=None).update(arrived_at=first)
