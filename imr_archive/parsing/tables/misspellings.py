"""Put right what is misspelt: long words that mean one known word, and figures that a scan took for letters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imr_archive.parsing.tables.terms import Words

# Shorter words have neighbours that mean something else ("Zantac", "Xanax"); longer ones are no words.
_SHORTEST, _LONGEST = 7, 24


class Spelling:
    """Known long words with what each means, found again with a letter missing, doubled, wrong or out of place."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = {word: known[word] for word in known if _SHORTEST <= len(word) <= _LONGEST and word.isalpha()}
        self._words_by_deletion: dict[str, set[str]] = {}
        for word in self._known:
            for rest in deletion_variants(word):
                self._words_by_deletion.setdefault(rest, set()).add(word)

    def corrected(self, words: Words) -> Words:
        """Return the words with every unknown long word that can only mean one known word replaced by that word."""
        put_right = tuple(self._correct(word) for word in words.words)
        return words._replace(words=put_right, vocabulary=frozenset(put_right))

    def _correct(self, word: str) -> str:
        if word in self._known or not _SHORTEST <= len(word) <= _LONGEST:
            return word
        near = {known for rest in deletion_variants(word) for known in self._words_by_deletion.get(rest, ())}
        # A letter too many or too few is nearer than one in the wrong place.
        nearest = {known for known in near if len(known) != len(word)} or near
        if len({self._known[known] for known in nearest}) != 1:
            return word
        return min(nearest)


def deletion_variants(word: str) -> tuple[str, ...]:
    """Return the word and the word without each one of its letters but the first, which people get right.

    Ask for no word longer than those to compare it with: what is returned grows with the square of its length.
    """
    return (word, *[word[:place] + word[place + 1 :] for place in range(1, len(word))])


# "Shou1der", "0fficial", "Medica1", but not "1st", "L4", "10mg" or a web address
_FIGURE = re.compile(r"[01](?:(?=[a-z]{3,20}(?![\w./]))|(?<=[a-z]{3}a1)(?!\w))")
_IN_NO_WORD = frozenset("0123456789./:#-_")
_LETTERS = {"0": ("O", "o"), "1": ("I", "l")}


def without_figures_in_words(text: str) -> str:
    """Return a text with the letters that a scan took for a nought or a one; every character keeps its place."""
    return _FIGURE.sub(_as_letter, text)


def _as_letter(found: re.Match[str]) -> str:
    text, start = found.string, found.start()
    while start and text[start - 1].isalpha():
        start -= 1
    if start and text[start - 1] in _IN_NO_WORD:
        return found[0]
    return _LETTERS[found[0]][start < found.start()]
