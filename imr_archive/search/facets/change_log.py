"""The change log: which determinations were written or deleted since the facet index was built.

Triggers write it, so that every writer is counted at once, whichever way it writes. A determination has one row, under
the number of its last change: the sum of the numbers rises with every change.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from imr_archive.models import (
    BodyPart,
    Determination,
    DeterminationText,
    DisputedItem,
    DisputedItemText,
    Guideline,
    GuidelineCitation,
    IndexChange,
    ItemBodyPart,
    ItemReason,
    ItemTreatment,
    ReviewerLicence,
    ReviewerSpecialty,
    Treatment,
)
from imr_archive.models.search_indexes import BATCH_TABLES, ITEMS, SUMMARIES
from imr_archive.search.fulltext.backend import backend
from imr_archive.search.fulltext.tables import ChangeLog, Link, WatchedTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper

    from imr_archive.search.fulltext.tables import RowVectors

_BY_ITEM = Link(DisputedItem, "pk", "determination")
_BY_REVIEWER = Link(Determination, "reviewer", "pk")
CHANGE_LOG = ChangeLog(
    model=IndexChange,
    determinations=Determination,
    watched=(
        WatchedTable(Determination, "pk", in_batches=True),
        WatchedTable(DisputedItem, "determination", in_batches=True),
        WatchedTable(DeterminationText, "determination", in_batches=True),
        WatchedTable(DisputedItemText, "item", _BY_ITEM, in_batches=True),
        WatchedTable(ItemTreatment, "item", _BY_ITEM, in_batches=True),
        WatchedTable(ItemBodyPart, "item", _BY_ITEM, in_batches=True),
        WatchedTable(GuidelineCitation, "item", _BY_ITEM, in_batches=True),
        WatchedTable(ItemReason, "item", _BY_ITEM, in_batches=True),
        WatchedTable(ReviewerSpecialty, "reviewer", _BY_REVIEWER),
        WatchedTable(ReviewerLicence, "reviewer", _BY_REVIEWER),
        WatchedTable(Treatment),
        WatchedTable(Guideline),
        WatchedTable(BodyPart),
    ),
)


def last_change(connection: BaseDatabaseWrapper) -> int:
    """Return the number of the last change; whatever is committed later has a higher one.

    PostgreSQL numbers changes before they are committed, so this waits there for those in progress.
    """
    with transaction.atomic(using=connection.alias):
        lock_change_log(connection)
        return IndexChange.objects.using(connection.alias).order_by().aggregate(last=Max("pk"))["last"] or 0


def lock_change_log(connection: BaseDatabaseWrapper) -> None:
    """Block writers of the change log until the transaction ends."""
    backend(connection).lock(IndexChange)


def bulk_indexing(
    connection: BaseDatabaseWrapper, items: Sequence[RowVectors], summaries: Sequence[RowVectors]
) -> AbstractContextManager[None]:
    """Within a transaction: index and log the letters that the block inserts together instead of row by row.

    PostgreSQL takes the tsvectors of each row from ``items`` and ``summaries``, SQLite reads the texts. Nothing else
    may be inserted, and the keys must be higher than all before, as new ones are. Items may be inserted for a
    determination that exists if its own row is written as well, which logs it. An error must roll the transaction back.
    """
    return backend(connection).bulk_indexing(CHANGE_LOG, BATCH_TABLES, {ITEMS: items, SUMMARIES: summaries})
