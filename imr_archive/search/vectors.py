"""Text → the vector of its words, as PostgreSQL reads it in: worked out by whoever parses, not by the one database.

It must be what the database's own ``imr_vector`` makes of the text; ``check_archive`` compares the two.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imr_archive.search.stems import is_plain, stem

if TYPE_CHECKING:
    from collections.abc import Iterable

# A vector counts no further than this; of one word it keeps so many places.
_LAST_PLACE, _MOST_PLACES = 16_383, 255
# A longer word it leaves out.
_LONGEST = 2_046
_WORD = re.compile(r"[a-z0-9]+")


def vector_of(text: str) -> str | None:
    """Return a text's vector, or None where only the database can tell it: where letters are not plain ones."""
    if not is_plain(text):
        return None
    words = _WORD.findall(text.lower())
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words, 1):
        places.setdefault(stem(word), []).append(place)
    if len(text) > _MOST_PLACES and not _fits(places, len(words)):
        return None
    return " ".join([f"{word}:{','.join(map(str, found))}" for word, found in places.items()])


def vectors_of(texts: Iterable[str]) -> tuple[str, ...] | None:
    """Return the vectors of several texts, or None where one of them has none."""
    found = [vector_of(text) for text in texts]
    return None if None in found else tuple(each or "" for each in found)


def _fits(places: dict[str, list[int]], words: int) -> bool:
    most, longest = max(map(len, places.values()), default=0), max(map(len, places), default=0)
    return words <= _LAST_PLACE and most <= _MOST_PLACES and longest <= _LONGEST
