"""The words of printed texts, and the fingerprint by which equal rationales count once.

Reviewers paste: one rationale may stand in hundreds of letters. Counted each time, it would outweigh what others wrote.
"""

from __future__ import annotations

import hashlib
import re

from imr_archive.search.query.stems import is_plain, tokens_of

_TOKEN = re.compile(r"[a-z0-9]+")
_DIGITS = re.compile(r"\d")


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, as the search indexes split them."""
    return _TOKEN.findall(text.lower()) if is_plain(text) else list(tokens_of(text))


def fingerprint_of(text: str) -> bytes:
    """Return the hash of a rationale's words; empty if it has none.

    Case, punctuation, line breaks and numbers do not count: a pasted text stays one text when only an age, a date or an
    amount in it is changed.
    """
    words = [word for word in words_of(text) if not _DIGITS.search(word)]
    return hashlib.blake2b(" ".join(words).encode(), digest_size=16).digest() if words else b""
