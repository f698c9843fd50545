"""Facets as a page shows them: each value with its count, whether it is chosen, and the link that toggles it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.browse.state import FACET_VARS, STEP
from imr_archive.index.dimensions import DIMENSIONS, UNKNOWN, ValueCount

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from imr_archive.browse.filters import ItemFilterSet
    from imr_archive.browse.state import SearchState
    from imr_archive.index.dimensions import Dimension

# A facet shows so many values, folds the next ones away, and leaves the rest to the words.
SHOWN = 10
FOLDED = 50


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet. ``share`` is its count against the facet's largest, in percent, for its bar."""

    slug: str
    label: str
    count: int
    share: float
    selected: bool
    partly: bool
    element_id: str
    toggle_url: str
    parts: ValueList


@dataclass(frozen=True, slots=True)
class ValueList:
    """Values in their order: those in sight, those folded away, and how many are left out."""

    shown: tuple[FacetValue, ...] = ()
    folded: tuple[FacetValue, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Facet:
    """A dimension with the counts of its values under every filter but its own."""

    name: str
    title: str
    values: ValueList
    selected: int


def build_facets(filterset: ItemFilterSet, state: SearchState, *, names: Collection[str] = FACET_VARS) -> list[Facet]:
    """Count the named dimensions in the state's unit, in their order on the page."""
    return [_FacetBuilder(each, filterset, state).facet() for each in DIMENSIONS if each.name in names]


class _FacetBuilder:
    def __init__(self, dimension: Dimension, filterset: ItemFilterSet, state: SearchState) -> None:
        self.dimension = dimension
        self.state = state
        self.labels = dict(filterset.labels(dimension.name))
        selection = filterset.without(dimension.name)
        names = filterset.names(dimension)
        opened = dimension.opened(self.labels)
        found = selection.counts(dimension, dimension.shown(selection.values(dimension), opened), state.show)
        counts = dimension.arranged(found, names)
        kept = {slug: label for slug in opened if (label := dimension.label(slug, names))} | self.labels
        self.largest = max((each.count for each in counts), default=0)
        self.below: dict[str, list[ValueCount]] = {}
        for each in _with_zeros(counts, kept):
            self.below.setdefault(each.slug.rpartition(STEP)[0], []).append(each)

    def facet(self) -> Facet:
        return Facet(
            name=self.dimension.name,
            title=self.dimension.title,
            values=self._values(above=""),
            selected=len(self.labels),
        )

    def _values(self, above: str) -> ValueList:
        values = [self._value(each) for each in self.below.get(above, ())]
        if not self.dimension.ordered:
            values.sort(key=lambda value: (-value.count, value.label))
        if not self.dimension.ordered or len(values) > SHOWN:
            values.sort(key=lambda value: not (value.selected or value.partly))
        # The unknown stands last of those in sight, however many it counts.
        unknown = [value for value in values if value.slug == UNKNOWN]
        known = [value for value in values if value.slug != UNKNOWN]
        room = max(SHOWN - len(unknown), sum(value.selected or value.partly for value in known))
        # One value alone is not worth folding away.
        cut = len(known) if len(known) == room + 1 else room
        return ValueList(
            shown=(*known[:cut], *unknown),
            folded=tuple(known[cut : cut + FOLDED]),
            left_out=max(0, len(known) - cut - FOLDED),
        )

    def _value(self, counted: ValueCount) -> FacetValue:
        name, slug = self.dimension.name, counted.slug
        selected = slug in self.labels
        toggled = self.state.without_value(name, slug) if selected else self.state.with_value(name, slug)
        return FacetValue(
            slug=slug,
            label=counted.label,
            count=counted.count,
            share=round(100 * counted.count / self.largest, 1) if self.largest else 0.0,
            selected=selected,
            partly=any(chosen.startswith(slug + STEP) for chosen in self.labels),
            element_id=f"{name}-{slug.replace(STEP, '--')}",
            toggle_url=toggled.query_string,
            parts=self._values(above=slug),
        )


def _with_zeros(counts: Iterable[ValueCount], kept: Mapping[str, str]) -> list[ValueCount]:
    """Add the chosen values that no item has, and those above them, so that they stay in sight and can be given up."""
    counts = list(counts)
    found = {each.slug for each in counts}
    return counts + [ValueCount(slug, label, 0) for slug, label in kept.items() if slug not in found]
