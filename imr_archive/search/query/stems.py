"""Text → the tokens and stems that both databases index. Pure; a reader's words and a letter's are read alike."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from threading import Lock

import snowballstemmer

# Longest first where one begins another; what the stemmer takes off or changes at the end of a word.
_ENDINGS = (
    *("ational", "ations", "ization", "iveness", "fulness", "ousness", "ability", "ibility", "ally"),
    *("ative", "ance", "ence", "able", "ible", "ement", "ment", "ness", "ing", "ion", "ity", "ous", "ive", "ize"),
    *("ful", "al", "ate", "ated", "ed", "es", "er", "ly"),
)
_MOST_COMPLETIONS = 6

_stemmer = snowballstemmer.stemmer("porter")
# It keeps the word it works on in itself, and pages are made by several threads.
_stemming = Lock()


@lru_cache(maxsize=4_000)
def folded(char: str) -> str:
    """Return a character as it is indexed: lower case, without accents; some become several, some none."""
    plain = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    return plain.lower()


def is_plain(text: str) -> bool:
    """Tell a text whose letters are all without accents: what else it holds stands between words."""
    return text.isascii() or not any(map(_is_odd_letter, {*text}))


@lru_cache(maxsize=4_000)
def _is_odd_letter(char: str) -> bool:
    return not char.isascii() and any(map(str.isalnum, folded(char)))


def tokens_of(text: str) -> tuple[str, ...]:
    """Split text into the tokens that both engines index: runs of letters and digits, lower case, no accents."""
    plain = "".join(map(folded, text))
    return tuple("".join(char if char.isalnum() else " " for char in plain).split())


@lru_cache(maxsize=20_000)
def stem(token: str) -> str:
    """Return the stem under which a token is indexed, by Porter's algorithm; what it leaves nothing of stays whole."""
    with _stemming:
        return str(_stemmer.stemWord(token)) or token


def completions(beginning: str) -> tuple[str, ...]:
    """Return words that go on from a beginning which ends inside an ending that the stemmer takes off.

    The indexes hold stems: "medication" stands there as "medic", which no longer begins with "medicat". One word stands
    for all of its stem; those that a search for the beginning finds anyway are left out.
    """
    indexed = stem(beginning)
    found: dict[str, str] = {}
    for ending in _ENDINGS:
        for typed in range(1, len(ending)):
            if beginning.endswith(ending[:typed]):
                word = beginning + ending[typed:]
                if not stem(word).startswith(indexed):
                    found.setdefault(stem(word), word)
    return tuple(found.values())[:_MOST_COMPLETIONS]
