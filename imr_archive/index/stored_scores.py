"""Scores of the commonest words, worked out once for a version of the index and stored with it.

To score a word that stands in most letters takes seconds at a million letters; to read its stored scores, milliseconds.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from django.db import DEFAULT_DB_ALIAS

from imr_archive.index.paging import Order
from imr_archive.index.selection import Selection, Unit
from imr_archive.index.snapshot import current_snapshot
from imr_archive.models import DisputedItemText, FacetIndex, FacetIndexPart
from imr_archive.search.stems import stem, tokens_of
from imr_archive.search.tables import ITEMS
from imr_archive.search.tree import Leaf, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from imr_archive.index.snapshot import Snapshot

# A smaller archive scores any word while a reader waits.
LARGE = 200_000
# A word is common that stands in this share of the newest items, of which so many are looked at.
_COMMON, _SAMPLE = 0.25, 400
_PART = "scores:"
_FLOAT32 = "<f4"


def read_scores(snapshot: Snapshot, leaf: Leaf) -> NDArray[np.float32] | None:
    """Return the stored scores of a leaf by position in the stored segment, or None if there are none."""
    name = _name(leaf)
    if not name or len(snapshot.base.positions.item_keys) < LARGE:
        return None
    parts = FacetIndexPart.objects.using(snapshot.using).filter(index=snapshot.state.version, name=name)
    payload = parts.values_list("payload", flat=True).first()
    return None if payload is None else np.frombuffer(bytes(payload), dtype=_FLOAT32)


def store_scores(
    score: Callable[[Snapshot, Leaf], NDArray[np.float32]], using: str = DEFAULT_DB_ALIAS, *, large: int = LARGE
) -> int:
    """Store the scores of the commonest words with the newest version; return how many, 0 for a small archive.

    ``score`` works out a leaf's scores by position in the stored segment.
    """
    snapshot = current_snapshot(using)
    version = snapshot.state.version
    if version is None or len(snapshot.base.positions.item_keys) < large:
        return 0
    stored = 0
    for leaf in _common_words(snapshot):
        payload = score(snapshot, leaf).astype(_FLOAT32).tobytes()
        if not FacetIndex.objects.using(using).filter(pk=version).exists():
            break
        FacetIndexPart.objects.using(using).update_or_create(
            index_id=version, name=_name(leaf), defaults={"payload": payload}
        )
        stored += 1
    return stored


def _name(leaf: Leaf) -> str:
    """Name the scores of one word in all sections; the empty text for any other leaf."""
    if leaf.also or leaf.sections or leaf.within is not None or leaf.in_citations or len(leaf.runs) != 1:
        return ""
    (run,) = leaf.runs
    return f"{_PART}{stem(run.tokens[0])}" if len(run.tokens) == 1 and not run.is_prefix else ""


def _common_words(snapshot: Snapshot) -> Iterator[Leaf]:
    """Yield the words that stand in many of the newest items, the commonest first."""
    newest = Selection.of_everything(snapshot).page(Order.NEWEST, Unit.ITEMS, offset=0, limit=_SAMPLE)
    found: Counter[str] = Counter()
    word_of: dict[str, str] = {}
    for texts in DisputedItemText.objects.using(snapshot.using).filter(pk__in=newest).values_list(*ITEMS.columns):
        words = {stem(token): token for text in texts for token in tokens_of(text)}
        word_of |= words
        found.update(words.keys())
    for each, items in found.most_common():
        if items < _COMMON * len(newest):
            return
        yield Leaf(word_of[each], (Run((word_of[each],)),))
