"""Builds a new version of the stored index, and replaces the old one in one transaction.

The number of the last change is read before the rows: letters that change meanwhile are in the log after it, and
readers count them from there. So nobody waits, and a build that is killed at any point leaves the old version in use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from imr_archive.models import FacetIndex, IndexChange
from imr_archive.search.facets.change_log import last_change, lock_change_log
from imr_archive.search.facets.index.loading import read_segment
from imr_archive.search.facets.index.parts import store_changed_letters, store_part
from imr_archive.search.facets.snapshot import read_state
from imr_archive.search.fulltext.keys import Keys

if TYPE_CHECKING:
    from imr_archive.search.facets.index.segment import Segment

# A process reads so many changed letters quickly when it starts; more are worth a new version.
DUE_LETTERS = 2_000


def rebuild(using: str = DEFAULT_DB_ALIAS, *, keep_previous: bool = True) -> FacetIndex:
    """Build and store a new version from the rows; return it, or a newer one that another process stored.

    The version before is kept for readers that are loading it, and to serve if the new one is damaged later.
    """
    connection = connections[using]
    newest = FacetIndex.objects.using(using).first()
    # Changes that the last version covers are deleted from the log.
    covers = max(last_change(connection), newest.covers if newest else 0)
    segment = read_segment(using=using)
    with transaction.atomic(using=using):
        lock_change_log(connection)
        newest = FacetIndex.objects.using(using).first()
        if newest and newest.covers > covers:
            return newest
        taken_in = IndexChange.objects.using(using).filter(pk__lte=covers)
        stored = _store(segment, covers, using)
        if newest:
            changed = taken_in.exclude(determination=IndexChange.NAMES).order_by()
            store_changed_letters(using, stored.pk, changed.aggregate(keys=Keys("determination"))["keys"])
        taken_in.delete()
        versions = FacetIndex.objects.using(using).values_list("pk", flat=True)
        FacetIndex.objects.using(using).filter(pk__in=[*versions[2 if keep_previous else 1 :]]).delete()
    return stored


def rebuild_if_due(using: str = DEFAULT_DB_ALIAS, *, letters: int = DUE_LETTERS) -> FacetIndex | None:
    """Rebuild if more letters than these changed since the last version; return the new version, if there is one."""
    return rebuild(using) if read_state(using).changed > letters else None


def _store(segment: Segment, covers: int, using: str) -> FacetIndex:
    positions = segment.positions
    stored = FacetIndex.objects.using(using).create(
        covers=covers, determinations=len(positions.letters.keys), items=len(positions.item_keys)
    )
    for name, payload in segment.parts().items():
        store_part(using, stored.pk, name, payload)
    return stored
