"""What a process serves if the stored facet index is damaged, and how it is built again.

A damaged version is never served. In its place stands the version before, with the letters that changed between the
two, or else the rows themselves; both give the same answers. Meanwhile a thread builds a new version.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import numpy as np
from django.db import Error, connections

from imr_archive.models import FacetIndex
from imr_archive.search.facets.index.loading import empty_segment, read_segment
from imr_archive.search.facets.index.parts import DamagedIndex, changed_letters, read_version

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from imr_archive.search.facets.index.segment import Segment

    Base = tuple[Segment, NDArray[np.int64]]

logger = logging.getLogger(__name__)

# More letters than these are read from the rows with all others.
_MOST_BEHIND = 20_000
_NONE = np.empty(0, dtype=np.int64)
# The versions that this process has begun to replace.
_replaced: set[tuple[str, int]] = set()


def base_of(version: int | None, using: str) -> Base:
    """Return a stored version, or what serves in its place, and which letters it lacks beside the change log."""
    if version is None:
        return empty_segment(), _NONE
    try:
        return read_version(using, version), _NONE
    except DamagedIndex as damage:
        if not FacetIndex.objects.using(using).filter(pk=version).exists():
            return empty_segment(), _NONE  # replaced meanwhile: the caller reads again
        logger.error("The facet index is damaged (%s); it is built again.", damage)
    if (using, version) not in _replaced:
        _replaced.add((using, version))
        start_rebuilding(using, version)
    return _version_before(version, using) or (read_segment(using=using), _NONE)


def _version_before(version: int, using: str) -> Base | None:
    behind = changed_letters(using, version)
    previous = FacetIndex.objects.using(using).filter(pk__lt=version).values_list("pk", flat=True).first()
    if previous is None or behind is None or len(behind) > _MOST_BEHIND:
        return None
    try:
        return read_version(using, previous), behind
    except DamagedIndex:
        return None


def start_rebuilding(using: str, version: int) -> None:
    """Build a new version in a thread, so that no reader waits for it."""
    threading.Thread(target=_rebuild, args=(using, version), daemon=True, name="facet-index").start()


def _rebuild(using: str, version: int) -> None:
    from imr_archive.search.facets.rebuild import rebuild  # reads snapshots, which are made with this module
    from imr_archive.search.facets.words.common import store_common_words  # as above

    try:
        newest = FacetIndex.objects.using(using).values_list("pk", flat=True).first()
        if newest == version:
            rebuild(using, keep_previous=False)
            store_common_words(using)
    except Error as error:
        # As on a read-only replica or a full disk; the archive is served without it.
        logger.error("The facet index could not be built again: %s", type(error).__name__)
    finally:
        connections[using].close()
