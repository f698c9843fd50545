"""Computes PostgreSQL tsvectors in the processes that parse letters, to relieve the database server.

A vector must equal what the database's own function ``imr_vector`` makes of the text; ``check_archive`` compares the
two. Vectors are in the binary form that ``tsvectorrecv`` reads: the number of words, and for each word its letters, a
null byte, the number of positions and the positions. The database sorts the words.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from imr_archive.search.query.stems import is_plain, stem

if TYPE_CHECKING:
    from collections.abc import Iterable

# The highest position in a vector, and the most positions of one word.
_LAST_PLACE, _MOST_PLACES = 16_383, 255
# Longer words are left out of a vector.
_LONGEST = 2_046
# Maps letters to lower case, and everything but letters and digits to a blank.
_READ = bytes(byte if byte < 128 and chr(byte).isalnum() else 32 for byte in bytes(range(256)).lower())
_NUMBERS: Final = [*map(struct.Struct("!H").pack, range(_LAST_PLACE + 1))]
_PLACES: Final = _NUMBERS[1:]
_number_of_words = struct.Struct("!i").pack
_MOST_STEMS = 50_000


class _Stems(dict[bytes, bytes]):
    """The stem of each word as vectors contain it, with its null byte."""

    def __missing__(self, word: bytes) -> bytes:
        if len(self) >= _MOST_STEMS:
            self.clear()
        found = self[word] = stem(word.decode()).encode() + b"\0"
        return found


_stems = _Stems()


@lru_cache(maxsize=2_000)
def vector_of(text: str) -> bytes | None:
    """Return a text's vector, or None if only the database can compute it, because a letter is not ASCII."""
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
    """Return the vectors of several texts, or None if one of them has none."""
    found = [vector_of(text) for text in texts]
    return None if None in found else tuple(each or b"" for each in found)


def _fits(places: dict[bytes, bytes]) -> bool:
    """Return whether a vector can hold all of it; a position takes two bytes, and a null byte ends a word."""
    most, longest = max(map(len, places.values()), default=0), max(map(len, places), default=0)
    return most <= 2 * _MOST_PLACES and longest <= _LONGEST + 1
