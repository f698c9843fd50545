"""Text → the vector of its words, as PostgreSQL reads it in: worked out by whoever parses, not by the one database.

It must be what the database's own ``imr_vector`` makes of the text; ``check_archive`` compares the two. Vectors are in
the binary form of ``tsvectorrecv``: how many words, and of each its letters, a null byte, how many places, the places.
The order of the words is left to the database.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from imr_archive.search.query.stems import is_plain, stem

if TYPE_CHECKING:
    from collections.abc import Iterable

# A vector counts no further than this; of one word it keeps so many places.
_LAST_PLACE, _MOST_PLACES = 16_383, 255
# A longer word it leaves out.
_LONGEST = 2_046
# What is neither a letter nor a digit stands between words.
_READ = bytes(byte if byte < 128 and chr(byte).isalnum() else 32 for byte in bytes(range(256)).lower())
_NUMBERS: Final = [*map(struct.Struct("!H").pack, range(_LAST_PLACE + 1))]
_PLACES: Final = _NUMBERS[1:]
_number_of_words = struct.Struct("!i").pack
_MOST_STEMS = 50_000


class _Stems(dict[bytes, bytes]):
    """Each word's stem as it stands in a vector, its null byte with it."""

    def __missing__(self, word: bytes) -> bytes:
        if len(self) >= _MOST_STEMS:
            self.clear()
        found = self[word] = stem(word.decode()).encode() + b"\0"
        return found


_stems = _Stems()


@lru_cache(maxsize=2_000)
def vector_of(text: str) -> bytes | None:
    """Return a text's vector, or None where only the database can tell it: where letters are not plain ones."""
    if not is_plain(text):
        return None
    words = text.encode(errors="replace").translate(_READ).split()
    if len(words) > _LAST_PLACE:
        return None
    places: dict[bytes, bytes] = {}
    for word, place in zip(map(_stems.__getitem__, words), _PLACES, strict=False):
        if word in places:
            places[word] += place
        else:
            places[word] = place
    if len(text) > _MOST_PLACES and not _fits(places):
        return None
    found = [word + _NUMBERS[len(at) >> 1] + at for word, at in places.items()]
    return _number_of_words(len(found)) + b"".join(found)


def vectors_of(texts: Iterable[str]) -> tuple[bytes, ...] | None:
    """Return the vectors of several texts, or None where one of them has none."""
    found = [vector_of(text) for text in texts]
    return None if None in found else tuple(each or b"" for each in found)


def _fits(places: dict[bytes, bytes]) -> bool:
    """Whether the database would keep all of it; a place takes two bytes, and a null byte ends a word."""
    most, longest = max(map(len, places.values()), default=0), max(map(len, places), default=0)
    return most <= 2 * _MOST_PLACES and longest <= _LONGEST + 1
