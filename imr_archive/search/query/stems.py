"""Tokenizer and stemmer: the tokens and stems of a text as both databases index them, for queries and letters alike."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from threading import Lock

import snowballstemmer

# Suffixes that the stemmer removes or changes; a longer one precedes its prefixes.
_SUFFIXES = (
    *("ational", "ations", "ization", "iveness", "fulness", "ousness", "ability", "ibility", "ally"),
    *("ative", "ance", "ence", "able", "ible", "ement", "ment", "ness", "ing", "ion", "ity", "ous", "ive", "ize"),
    *("ful", "al", "ate", "ated", "ed", "es", "er", "ly"),
)
_MOST_COMPLETIONS = 6

_stemmer = snowballstemmer.stemmer("porter")
# The stemmer keeps the current word in itself, and several threads use it.
_stemming = Lock()


@lru_cache(maxsize=4_000)
def folded(char: str) -> str:
    """Return a character as it is indexed: lower case, without accents; it may become several, or none."""
    plain = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    return plain.lower()


def is_plain(text: str) -> bool:
    """Return whether all letters of a text are ASCII; other characters may only separate words."""
    return text.isascii() or not any(map(_is_odd_letter, {*text}))


@lru_cache(maxsize=4_000)
def _is_odd_letter(char: str) -> bool:
    return not char.isascii() and any(map(str.isalnum, folded(char)))


def tokens_of(text: str) -> tuple[str, ...]:
    """Split text into tokens as both engines do: runs of letters and digits, lower case, without accents."""
    plain = "".join(map(folded, text))
    return tuple("".join(char if char.isalnum() else " " for char in plain).split())


@lru_cache(maxsize=20_000)
def stem(token: str) -> str:
    """Return the stem under which a token is indexed, by Porter's algorithm; the token itself if nothing remains."""
    with _stemming:
        return str(_stemmer.stemWord(token)) or token


def completions(prefix: str) -> tuple[str, ...]:
    """Return words that complete a prefix that ends inside a suffix which the stemmer removes.

    The indexes contain stems: "medication" is indexed as "medic", which doesn't start with "medicat". One word is
    returned for each stem; stems that the prefix matches anyway are left out.
    """
    indexed = stem(prefix)
    found: dict[str, str] = {}
    for suffix in _SUFFIXES:
        for typed in range(1, len(suffix)):
            if prefix.endswith(suffix[:typed]):
                word = prefix + suffix[typed:]
                if not stem(word).startswith(indexed):
                    found.setdefault(stem(word), word)
    return tuple(found.values())[:_MOST_COMPLETIONS]
