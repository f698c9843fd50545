"""Computes the matches and scores of the commonest words and stores them with the newest index version."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS

from imr_archive.models import DisputedItemText, FacetIndex
from imr_archive.models.search_indexes import ITEMS
from imr_archive.search.facets.index.parts import store_part
from imr_archive.search.facets.paging import Order
from imr_archive.search.facets.selection import Selection, Unit
from imr_archive.search.facets.snapshot import current_snapshot
from imr_archive.search.facets.words.matches import base_matches
from imr_archive.search.facets.words.ranking import base_scores
from imr_archive.search.facets.words.reused import ReusedWords
from imr_archive.search.facets.words.stored import FLOAT32, LARGE, MATCHES, SCORES, name_of
from imr_archive.search.query.stems import stem, tokens_of
from imr_archive.search.query.tree import ITEM_SECTIONS, Leaf, Run, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyroaring import BitMap

    from imr_archive.search.facets.snapshot import Snapshot

# The newest items are a sample. A word's matches are stored if at least the first share of the sample contains it, its
# scores, which take thirty times the space, from the second share on.
_SAMPLE = 400
_MATCHES_SHARE, _SCORES_SHARE = 0.05, 0.25


def store_common_words(using: str = DEFAULT_DB_ALIAS, *, large: int = LARGE) -> int:
    """Store the results of the commonest words with the newest index version; return how many words (if small: 0)."""
    snapshot = current_snapshot(using)
    version = snapshot.state.version
    if version is None or len(snapshot.base.positions.item_keys) < large:
        return 0
    stored = 0
    reused = ReusedWords.of_previous_version(snapshot)
    for leaf, share in _common_words(snapshot):
        in_summary = replace(leaf, sections=(Section.SUMMARY,))
        parts = {name_of(MATCHES, each): _matches(snapshot, reused, each).serialize() for each in (leaf, in_summary)}
        if share >= _SCORES_SHARE:
            scores = reused.scores(leaf) if reused else None
            scores = base_scores(snapshot, leaf) if scores is None else scores
            parts[name_of(SCORES, leaf)] = scores.astype(FLOAT32).tobytes()
        if not FacetIndex.objects.using(using).filter(pk=version).exists():
            break  # two newer versions were stored meanwhile, and this one is deleted
        for name, payload in parts.items():
            store_part(using, version, name, payload)
        stored += 1
    return stored


def _matches(snapshot: Snapshot, reused: ReusedWords | None, leaf: Leaf) -> BitMap:
    matches = reused.matches(leaf) if reused else None
    return base_matches(snapshot, leaf) if matches is None else matches


def _common_words(snapshot: Snapshot) -> Iterator[tuple[Leaf, float]]:
    """Yield the words that many of the newest items contain, each with its share of them, the commonest first."""
    newest = Selection.of_everything(snapshot).page(Order.NEWEST, Unit.ITEMS, offset=0, limit=_SAMPLE)
    found: Counter[str] = Counter()
    word_of_stem: dict[str, str] = {}
    for texts in DisputedItemText.objects.using(snapshot.using).filter(pk__in=newest).values_list(*ITEMS.columns):
        words = {stem(token): token for text in texts for token in tokens_of(text)}
        word_of_stem |= words
        found.update(words.keys())
    for each, items in found.most_common():
        if items < _MATCHES_SHARE * len(newest):
            return
        word = word_of_stem[each]
        yield Leaf(word, (Run((word,)),), sections=ITEM_SECTIONS), items / len(newest)
