"""The words of printed texts, and the fingerprint by which equal rationales count once.

Reviewers paste: one rationale may stand in hundreds of letters. Counted each time, it would outweigh what others wrote.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from imr_archive.search.query.stems import is_plain, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_TOKEN = re.compile(r"[a-z0-9]+")


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, as the search indexes split them."""
    return _TOKEN.findall(text.lower()) if is_plain(text) else list(tokens_of(text))


def fingerprint_of(words: Iterable[str]) -> bytes:
    """Return the hash of a rationale's words; empty if it has none but numbers.

    Case, punctuation, line breaks and numbers do not count: a pasted text stays one text when only an age, a date or an
    amount in it is changed.
    """
    text = " ".join([word for word in words if word.isalpha()])
    return hashlib.blake2b(text.encode(), digest_size=16).digest() if text else b""
