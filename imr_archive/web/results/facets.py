"""The facets of a page: each value with its count, whether it is chosen, and the link that toggles it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME, DIMENSIONS, STEP, UNKNOWN, ValueCount
from imr_archive.web.question.parameters import FACET_VARS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from imr_archive.search.facets.dimensions import Dimension
    from imr_archive.web.question.search import Search

# The number of values that a facet shows, that it folds away below them, and that a search by name returns at most.
SHOWN = 10
FOLDED = 10
FOUND = 50


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet. ``share`` is its count in percent of the facet's largest count, for its bar."""

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
    """Values in order: those shown, those folded away, and the number of those left out."""

    shown: tuple[FacetValue, ...] = ()
    folded: tuple[FacetValue, ...] = ()
    left_out: int = 0


_NO_VALUES = ValueList()


@dataclass(frozen=True, slots=True)
class Facet:
    """A dimension with the counts of its values under every filter but its own; ``selected`` counts the chosen ones."""

    name: str
    title: str
    values: ValueList
    selected: int

    @property
    def is_searchable(self) -> bool:
        """Return whether it has enough values to offer a search by name."""
        return bool(self.values.folded) or self.name in ("treatment", "guideline", "ca_guideline")


def build_facets(search: Search, *, names: Collection[str] = FACET_VARS) -> list[Facet]:
    """Count the named dimensions in the question's unit, in their order on the page."""
    return [_FacetBuilder(each, search).facet() for each in DIMENSIONS if each.name in names]


class _FacetBuilder:
    def __init__(self, dimension: Dimension, search: Search) -> None:
        self.dimension = dimension
        self.unit = search.question.show
        self.labels = dict(search.labels.get(dimension.name, {}))
        self.selection = search.without(dimension.name)
        self.names = search.snapshot.names[dimension.name]
        self.toggled = search.question.toggles(dimension.name)
        self.largest = 0
        self.below: dict[str, list[ValueCount]] = {}

    def facet(self) -> Facet:
        """Count the values that a page shows."""
        dimension, opened = self.dimension, self.dimension.opened(self.labels)
        shown = dimension.shown(self.selection.values(dimension), opened)
        counts = dimension.arranged(self.selection.counts(dimension, shown, self.unit), self.names)
        kept = {slug: label for slug in opened if (label := dimension.label(slug, self.names))} | self.labels
        self.largest = max((each.count for each in counts), default=0)
        for each in _with_zeros(counts, kept):
            self.below.setdefault(each.slug.rpartition(STEP)[0], []).append(each)
        return Facet(
            name=self.dimension.name,
            title=self.dimension.title,
            values=self._values(above=""),
            selected=len(self.labels),
        )

    def search(self, within: str) -> Facet:
        """Find values by words of their names; the counts are those of the facet."""
        words = within.lower().split()
        labels = {slug: self._whole_label(slug) for slug in self.selection.values(self.dimension)}
        wanted = {slug for slug, label in labels.items() if all(word in label.lower() for word in words)}
        counts = self.selection.counts(self.dimension, wanted, self.unit)
        found = sorted((-count, labels[slug], slug) for slug, count in counts.items() if count)
        self.largest = max((-count for count, _, _ in found), default=0)
        self.below = {}
        shown = [self._value(ValueCount(slug, label, -count)) for count, label, slug in found[:FOUND]]
        # On the list page the facet may show the same value; element ids must differ.
        shown = [replace(value, element_id=f"found-{value.element_id}") for value in shown]
        values = ValueList(shown=tuple(shown), left_out=max(0, len(found) - FOUND))
        return Facet(self.dimension.name, self.dimension.title, values, len(self.labels))

    def _whole_label(self, slug: str) -> str:
        """Return the label of a value with the labels above it."""
        steps = slug.split(STEP)
        above = (self.dimension.label(STEP.join(steps[:length]), self.names) for length in range(1, len(steps) + 1))
        return " › ".join(label for label in above if label)

    def _values(self, above: str) -> ValueList:
        counts = self.below.get(above, [])
        if not self.dimension.ordered:
            counts = sorted(counts, key=lambda each: (-each.count, each.label))
        if not self.dimension.ordered or len(counts) > SHOWN:
            counts = sorted(counts, key=lambda each: not self._is_pinned(each))
        # The unknown is the last of the shown values, whatever its count.
        unknown = [each for each in counts if each.slug == UNKNOWN]
        known = [each for each in counts if each.slug != UNKNOWN]
        room = max(SHOWN - len(unknown), sum(map(self._is_pinned, known)))
        # A single value is not folded away.
        cut = len(known) if len(known) == room + 1 else room
        return ValueList(
            shown=tuple(map(self._value, (*known[:cut], *unknown))),
            folded=tuple(map(self._value, known[cut : cut + FOLDED])),
            left_out=max(0, len(known) - cut - FOLDED),
        )

    def _is_pinned(self, counted: ValueCount) -> bool:
        """Return whether a value, or one below it, is chosen: it is always shown."""
        return counted.slug in self.labels or self._is_partly(counted.slug)

    def _is_partly(self, slug: str) -> bool:
        return any(chosen.startswith(slug + STEP) for chosen in self.labels)

    def _value(self, counted: ValueCount) -> FacetValue:
        name, slug = self.dimension.name, counted.slug
        selected = slug in self.labels
        return FacetValue(
            slug=slug,
            label=counted.label,
            count=counted.count,
            share=round(100 * counted.count / self.largest, 1) if self.largest else 0.0,
            selected=selected,
            partly=self._is_partly(slug),
            element_id=f"{name}-{slug.replace(STEP, '--')}",
            toggle_url=self.toggled(slug),
            parts=self._values(above=slug) if slug in self.below else _NO_VALUES,
        )


def find_values(search: Search, name: str, within: str) -> Facet:
    """Return the values of a facet, at any level, whose names contain all words; the most frequent first."""
    return _FacetBuilder(DIMENSION_BY_NAME[name], search).search(within)


def _with_zeros(counts: Iterable[ValueCount], kept: Mapping[str, str]) -> list[ValueCount]:
    """Add chosen values without items, and those above them, so that they are shown and can be removed."""
    counts = list(counts)
    found = {each.slug for each in counts}
    return counts + [ValueCount(slug, label, 0) for slug, label in kept.items() if slug not in found]
