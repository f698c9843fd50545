"""Stores and reads the parts of an index version, each with a checksum, so that a damaged part is never served."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
from django.db.models import Q

from imr_archive.errors import ArchiveError
from imr_archive.models import FacetIndex, FacetIndexPart
from imr_archive.search.facets.dimensions import DIMENSIONS
from imr_archive.search.facets.index.segment import ARRAYS, INT64, SECTIONS, VALUES, Segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

# The part of a version that holds the keys of the letters that changed since the previous version.
_CHANGED = "changed"


class DamagedIndex(ArchiveError):
    """A stored version of the facet index that lacks a part or has one with other bytes than were written."""


def store_part(using: str, version: int, name: str, payload: bytes) -> None:
    """Store a part with its checksum, or replace it."""
    FacetIndexPart.objects.using(using).update_or_create(
        index_id=version, name=name, defaults={"payload": payload, "sha256": _sha256(payload)}
    )


def read_part(using: str, version: int | None, name: str) -> bytes | None:
    """Return the bytes of a part; None if it is absent or damaged."""
    rows = FacetIndexPart.objects.using(using).filter(index=version, name=name).order_by()
    for payload, sha256 in rows.values_list("payload", "sha256"):
        return bytes(payload) if _sha256(bytes(payload)) == sha256 else None
    return None


def read_array(using: str, version: int | None, name: str) -> NDArray[np.int64] | None:
    """Return the numbers of a part; None if it is absent or damaged."""
    payload = read_part(using, version, name)
    return None if payload is None else np.frombuffer(payload, dtype=INT64)


def store_changed_letters(using: str, version: int, letters: NDArray[np.int64]) -> None:
    """Store with a version which letters changed since the previous one."""
    store_part(using, version, _CHANGED, letters.astype(INT64).tobytes())


def changed_letters(using: str, version: int | None) -> NDArray[np.int64] | None:
    """Return which letters changed between the previous version and a version; None if that is not known."""
    return read_array(using, version, _CHANGED)


def read_version(using: str, version: int) -> Segment:
    """Read the segment of a version; raise ``DamagedIndex`` if any part of it is missing or damaged."""
    # The results of common words are read word by word, at first use.
    own = Q(name__in=ARRAYS) | Q(name__startswith=VALUES) | Q(name__startswith=SECTIONS)
    rows = FacetIndexPart.objects.using(using).filter(own, index=version).order_by()
    parts: dict[str, bytes] = {}
    for name, payload, sha256 in rows.values_list("name", "payload", "sha256"):
        parts[name] = bytes(payload)
        if _sha256(parts[name]) != sha256:
            raise DamagedIndex(f"part “{name}” of version {version} is damaged")
    if missing := sorted(_expected() - parts.keys()):
        raise DamagedIndex(f"part “{missing[0]}” of version {version} is missing")
    segment = Segment.from_parts(parts)
    stored = FacetIndex.objects.using(using).filter(pk=version).values_list("items", "determinations").first()
    found = len(segment.positions.item_keys), len(segment.positions.letters.keys)
    if stored != found:
        raise DamagedIndex(f"version {version} has other numbers of items or determinations than it says")
    return segment


def damaged_parts(using: str) -> Iterator[str]:
    """Yield a sentence for each fault of the stored versions, results of common words included."""
    for version in FacetIndex.objects.using(using).values_list("pk", flat=True):
        try:
            read_version(using, version)
        except DamagedIndex as damage:
            yield str(damage)
        others = FacetIndexPart.objects.using(using).filter(index=version).exclude(name__in=_expected())
        for name, payload, sha256 in others.order_by("name").values_list("name", "payload", "sha256").iterator():
            if _sha256(bytes(payload)) != sha256:
                yield f"part “{name}” of version {version} is damaged"


def _expected() -> set[str]:
    sections = {f"{SECTIONS}{each.name}" for each in DIMENSIONS if each.has_sections}
    return {*ARRAYS, *(f"{VALUES}{each.name}" for each in DIMENSIONS), *sections}


def _sha256(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()
