"""Finds the values of facets by words of their names, in memory: names are those of the snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME
from imr_archive.search.facets.sections import STEP
from imr_archive.search.query.stems import tokens_of
from imr_archive.search.query.thesaurus import wordings_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imr_archive.search.facets.dimension import Dimension
    from imr_archive.search.facets.index.segment import Segment
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
    values = _values(snapshot, name)
    found: dict[str, NamedValue] = {}
    for words in asked:
        # Word by word, because plain loops over tens of thousands of names are several times as fast.
        named = values
        for word in words:
            named = [each for each in named if word in each.words]
        found |= {each.slug: each for each in named}
    return [*found.values()] if len(asked) == 1 else sorted(found.values(), key=_rank)


def _rank(value: NamedValue) -> tuple[int, str, str]:
    return -value.weight, value.label, value.slug


def _values(snapshot: Snapshot, name: str) -> Sequence[NamedValue]:
    """Return all values; those of the snapshot before are kept while index, names and values are the same."""
    held = _held.get((snapshot.using, name))
    is_held = held and held.base is snapshot.base and held.names == snapshot.names[name]
    if held is None or not is_held or not snapshot.delta.slugs(name) <= held.slugs:
        values = _read_values(snapshot, name)
        held = _Held(snapshot.base, snapshot.names[name], values, {each.slug for each in values})
        _held[snapshot.using, name] = held
    return held.values


class _Held(NamedTuple):
    base: Segment
    names: Mapping[str, str]
    values: Sequence[NamedValue]
    slugs: set[str]


# By database and dimension.
_held: dict[tuple[str, str], _Held] = {}


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
    return sorted(found, key=_rank)
