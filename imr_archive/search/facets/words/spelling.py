"""Suggests corrections of a misspelled word: words of facet names and of the newest letters."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from imr_archive.models import DisputedItemText
from imr_archive.search.facets.paging import Order
from imr_archive.search.facets.selection import Selection, Unit
from imr_archive.search.query.stems import tokens_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.search.facets.snapshot import Snapshot

# So many of the newest items contain the common words of all letters; drugs and treatments are in the names.
_ITEMS_READ = 300
_SHORTEST = 4
_SUGGESTIONS = 3
_LIKENESS = 0.75
_WORD = re.compile(rf"[a-z]{{{_SHORTEST},30}}")


def similar_words(snapshot: Snapshot, word: str) -> list[str]:
    """Return a few words of the archive whose spelling is similar, the most similar first."""
    if not _WORD.fullmatch(word):
        return []
    near = [each for each in _words(snapshot) if abs(len(each) - len(word)) <= 2 and each != word]
    return get_close_matches(word, near, n=_SUGGESTIONS, cutoff=_LIKENESS)


def _words(snapshot: Snapshot) -> Sequence[str]:
    held: Sequence[str] | None = snapshot.computed.get("words")
    if held is None:
        held = snapshot.computed["words"] = _read_words(snapshot)
    return held


def _read_words(snapshot: Snapshot) -> Sequence[str]:
    words = {
        token
        for names in snapshot.names.values()
        for name in names.values()
        for token in tokens_of(name)
        if _WORD.fullmatch(token)
    }
    newest = Selection.of_everything(snapshot).page(Order.NEWEST, Unit.ITEMS, offset=0, limit=_ITEMS_READ)
    texts = DisputedItemText.objects.using(snapshot.using).filter(pk__in=newest)
    for row in texts.values_list(
        "description", "rationale", "reviewer_guideline", "item__determination__text__clinical_summary"
    ):
        words.update(_WORD.findall(" ".join(filter(None, row)).lower()))
    return sorted(words)
