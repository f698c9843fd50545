"""A reading as a preview keeps it: compressed JSON."""

from __future__ import annotations

import json
import zlib

import msgspec

from imr_archive.letters.reading import Reading
from imr_archive.vocabulary import DiagnosticCode, Severity

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Reading)


def reading_packed(reading: Reading) -> bytes:
    """Return a reading as a row keeps it; the vectors of its texts are made again when it is published."""
    return zlib.compress(_ENCODER.encode(msgspec.structs.replace(reading, vectors=None)))


def reading_unpacked(kept: bytes | memoryview) -> Reading | None:
    """Return the reading that a row keeps, None if the file could not be read."""
    return _DECODER.decode(zlib.decompress(kept)) if kept else None


def doubts_in(reading: Reading) -> int:
    """Return how many warnings the parser has about a letter."""
    remarks = json.loads(reading.diagnostics)
    return sum(DiagnosticCode(each["code"]).severity is Severity.WARNING for each in remarks)
