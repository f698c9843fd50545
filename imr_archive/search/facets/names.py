"""Finds the values of facets by words of their names, in memory: names are those of the snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME
from imr_archive.search.facets.sections import STEP
from imr_archive.search.query.stems import tokens_of
from imr_archive.search.query.thesaurus import wordings_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imr_archive.search.facets.dimensions import Dimension
    from imr_archive.search.facets.snapshot import Snapshot


class NamedValue(NamedTuple):
    """A value of a dimension with its whole label, the words of its name, and about how many items have it."""

    slug: str
    label: str
    words: str
    weight: int


def whole_label(dimension: Dimension, slug: str, names: Mapping[str, str]) -> str:
    """Return the label of a value with the labels above it."""
    steps = slug.split(STEP)
    above = (dimension.label(STEP.join(steps[:length]), names) for length in range(1, len(steps) + 1))
    return " › ".join(label for label in above if label)


def values_named(snapshot: Snapshot, name: str, text: str) -> list[NamedValue]:
    """Return the values of a dimension whose names have words that begin as those typed do, the most frequent first.

    Without a word, all are returned. A whole text that the thesaurus knows by another wording finds the values of that,
    too: "LESI", "norco".
    """
    asked = [[f" {word}" for word in tokens_of(wording)] for wording in (text, *wordings_of(text))]
    return [each for each in _values(snapshot, name) if any(all(word in each.words for word in way) for way in asked)]


def _values(snapshot: Snapshot, name: str) -> Sequence[NamedValue]:
    key = f"named:{name}"
    held: Sequence[NamedValue] | None = snapshot.computed.get(key)
    if held is None:
        held = snapshot.computed[key] = _read_values(snapshot, name)
    return held


def _read_values(snapshot: Snapshot, name: str) -> Sequence[NamedValue]:
    dimension, names = DIMENSION_BY_NAME[name], snapshot.names[name]
    found = []
    for slug in set().union(*(segment.slugs(name) for segment in snapshot.segments)):
        if label := dimension.label(slug, names):
            own = whole_label(dimension, slug, names)
            # The slug has the name of the source, too: "acoem".
            words = " ".join(("", *tokens_of(own if STEP in slug else label), *tokens_of(slug)))
            weight = sum(len(segment.bitmap(name, slug) or ()) for segment in snapshot.segments)
            found.append(NamedValue(slug, own, words, weight))
    return sorted(found, key=lambda each: (-each.weight, each.label, each.slug))
