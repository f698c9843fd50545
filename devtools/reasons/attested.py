"""Find which phrases of the lexicon are known from one fold of marked letters alone.

The rules are written by hand, so a true cross-validation has to forget what reading a letter taught: a phrase that
stands in the letters of one fold, and neither in the other folds nor in a wording of our own, is left out when that
fold is scored. The rules' structure stays, so the result is an upper bound of what unseen letters would score.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devtools.reasons.marks import FOLDS, MarkedItem
from imr_archive.parsing.tables import load

if TYPE_CHECKING:
    from collections.abc import Iterable

LEXICON = "reasons/lexicon"
_WORD = re.compile(r"[a-z]+ | \d+(?:[/.-]\d+)*", re.VERBOSE)


def phrases_of_one_fold(items: Iterable[MarkedItem], own: Iterable[str]) -> list[set[str]]:
    """Return for each fold the phrases that nothing but its letters attests."""
    texts = [""] * FOLDS
    for item in items:
        texts[item.fold] += f" | {_plain(item.rationale)}"
    ours = " | ".join(map(_plain, own))
    found: list[set[str]] = [set() for _ in range(FOLDS)]
    for phrase in {phrase for phrases in load(LEXICON).values() for phrase in phrases}:
        pattern = _pattern(phrase)
        attesting = [fold for fold, text in enumerate(texts) if pattern.search(text)]
        if len(attesting) == 1 and not pattern.search(ours):
            found[attesting[0]].add(phrase)
    return found


def _plain(text: str) -> str:
    """Return a text's words as the lexicon sees them."""
    return " ".join(_WORD.findall(text.lower()))


def _pattern(phrase: str) -> re.Pattern[str]:
    """Return what finds a phrase in such words: ``*`` stands for any rest of a word, ``_`` for any word."""
    words = (r"[^ |]+" if word == "_" else re.escape(word).replace(r"\*", "[^ |]*") for word in phrase.split())
    return re.compile(rf"(?<![^ ]){' '.join(words)}(?![^ ])")
