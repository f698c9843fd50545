"""The hash of a record, by which a stored determination is told from what its last change left."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import msgspec

from imr_archive.records import CitationRecord, MentionRecord, Record

if TYPE_CHECKING:
    from collections.abc import Mapping

# What follows from the canonical entry that a slug names. It changes with our tables, without a change of the letter.
_FROM_CANONICAL: Final[Mapping[type[Record], frozenset[str]]] = {
    CitationRecord: frozenset({"source", "chapter_number"}),
    MentionRecord: frozenset({"source", "guideline"}),
}
_NOTHING: Final[tuple[Any, ...]] = (None, "", (), {})
_ENCODER = msgspec.json.Encoder(order="sorted")


def record_sha256(record: Record) -> str:
    """Return the hash of what a record states.

    Fields that state nothing don't count, so that a field which a later version adds leaves the hashes of older
    records as they are.
    """
    return hashlib.sha256(_ENCODER.encode(_stated(record))).hexdigest()


def _stated(value: Any) -> Any:
    if isinstance(value, Record):
        derived = _FROM_CANONICAL.get(type(value), ())
        return {
            name: _stated(part)
            for name in value.__struct_fields__
            if name not in derived and (part := getattr(value, name)) not in _NOTHING
        }
    return [_stated(part) for part in value] if isinstance(value, tuple) else value
