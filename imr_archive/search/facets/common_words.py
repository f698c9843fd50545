"""Works out what the commonest words find and score, to be stored with the newest version of the index."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS

from imr_archive.models import DisputedItemText, FacetIndex, FacetIndexPart
from imr_archive.models.search_indexes import ITEMS
from imr_archive.search.facets.leaf_matches import found_in_base
from imr_archive.search.facets.paging import Order
from imr_archive.search.facets.ranking import base_scores
from imr_archive.search.facets.reused_words import CarriedWords
from imr_archive.search.facets.selection import Selection, Unit
from imr_archive.search.facets.snapshot import current_snapshot
from imr_archive.search.facets.stored_words import FLOAT32, FOUND, LARGE, SCORES, word_of
from imr_archive.search.query.stems import stem, tokens_of
from imr_archive.search.query.tree import Leaf, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imr_archive.search.facets.snapshot import Snapshot

# Of the newest items so many are looked at. What a word finds is stored if it stands in the first share of them, what
# it scores, which takes thirty times the room, if it stands in the second.
_SAMPLE = 400
_FOUND_SHARE, _SCORED_SHARE = 0.05, 0.25


def store_common_words(using: str = DEFAULT_DB_ALIAS, *, large: int = LARGE) -> int:
    """Store what the commonest words find and score with the newest version; return how many (a small archive: 0)."""
    snapshot = current_snapshot(using)
    version = snapshot.state.version
    if version is None or len(snapshot.base.positions.item_keys) < large:
        return 0
    stored = 0
    carried = CarriedWords.into(snapshot)
    for leaf, share in _common_words(snapshot):
        found = carried.found(leaf) if carried else None
        parts = {FOUND: (found_in_base(snapshot, leaf) if found is None else found).serialize()}
        if share >= _SCORED_SHARE:
            scores = carried.scores(leaf) if carried else None
            scores = base_scores(snapshot, leaf) if scores is None else scores
            parts[SCORES] = scores.astype(FLOAT32).tobytes()
        if not FacetIndex.objects.using(using).filter(pk=version).exists():
            break  # a newer version has taken its place, twice
        for kind, payload in parts.items():
            FacetIndexPart.objects.using(using).update_or_create(
                index_id=version, name=f"{kind}{word_of(leaf)}", defaults={"payload": payload}
            )
        stored += 1
    return stored


def _common_words(snapshot: Snapshot) -> Iterator[tuple[Leaf, float]]:
    """Yield the words that stand in many of the newest items with the share of these, the commonest first."""
    newest = Selection.of_everything(snapshot).page(Order.NEWEST, Unit.ITEMS, offset=0, limit=_SAMPLE)
    found: Counter[str] = Counter()
    word_of_stem: dict[str, str] = {}
    for texts in DisputedItemText.objects.using(snapshot.using).filter(pk__in=newest).values_list(*ITEMS.columns):
        words = {stem(token): token for text in texts for token in tokens_of(text)}
        word_of_stem |= words
        found.update(words.keys())
    for each, items in found.most_common():
        if items < _FOUND_SHARE * len(newest):
            return
        word = word_of_stem[each]
        yield Leaf(word, (Run((word,)),)), items / len(newest)
