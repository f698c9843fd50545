"""The facets of a page: each value with its count, how many of them were overturned, and the link that toggles it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from imr_archive.analytics.rates import MIN_WHOLE
from imr_archive.search.facets.dimension import UNKNOWN, ValueCount
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME, DIMENSIONS, YEAR
from imr_archive.search.facets.sections import STEP
from imr_archive.vocabulary import Outcome
from imr_archive.web.question.parameters import ValueSort

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from imr_archive.search.facets.dimension import Dimension
    from imr_archive.web.question.search import Search

# The number of values that a facet shows, and that it folds away below them.
SHOWN = 10
FOLDED = 10
# The facets that are open; the others stand under "More filters".
OPEN_FACETS = ("outcome", "treatment", "reason", "guideline", "basis", "specialty", YEAR)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet, with the part of its count that was overturned.

    ``share`` and ``overturned_share`` are both in percent of the facet's largest count, for its bar.
    """

    slug: str
    label: str
    count: int
    overturned: int
    share: float
    overturned_share: float
    selected: bool
    partly: bool
    element_id: str
    toggled: Callable[[str], str]
    parts: ValueList

    @property
    def toggle_url(self) -> str:
        """The query string with the value chosen, or removed; only the pages of facets link it."""
        return self.toggled(self.slug)

    @property
    def rate(self) -> float | None:
        """The share that was overturned; None of too few items."""
        return self.overturned / self.count if self.count >= MIN_WHOLE else None


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
    def is_open(self) -> bool:
        """Return whether it is not under "More filters"."""
        return self.name in OPEN_FACETS

    @property
    def is_searchable(self) -> bool:
        """Return whether it has enough values to offer a search by name."""
        return bool(self.values.folded) or self.name in ("treatment", "guideline", "ca_guideline")


def build_facets(search: Search) -> list[Facet]:
    """Count every dimension in the question's unit, in their order on the page."""
    return [FacetBuilder(each, search).facet() for each in DIMENSIONS]


class FacetBuilder:
    """Counts the values of one dimension under every filter but its own."""

    def __init__(self, dimension: Dimension, search: Search) -> None:
        self.dimension = dimension
        self.search = search
        self.unit = search.question.show
        self.sort = search.question.value_sort
        self.labels = dict(search.labels.get(dimension.name, {}))
        self.selection = search.without(dimension.name)
        self.names = search.snapshot.names[dimension.name]
        self.largest = 0
        self.overturned: Mapping[str, int] = {}
        self.below: dict[str, list[ValueCount]] = {}

    def facet(self) -> Facet:
        """Count the values that a page shows."""
        dimension, opened = self.dimension, self.dimension.opened(self.labels)
        shown = dimension.shown(self.selection.values(dimension, below=opened), opened)
        counts = self.count(shown) or self._at_zero(shown)
        kept = {slug: label for slug in opened if (label := dimension.label(slug, self.names))} | self.labels
        for each in _with_zeros(counts, kept):
            self.below.setdefault(each.slug.rpartition(STEP)[0], []).append(each)
        return Facet(
            name=dimension.name,
            title=dimension.title,
            values=self._values(above=""),
            selected=len(self.labels),
        )

    def count(self, slugs: Collection[str]) -> list[ValueCount]:
        """Count some values, and how many of each were overturned; return those that any item has."""
        dimension, selection = self.dimension, self.selection
        overturned = selection.having(DIMENSION_BY_NAME["outcome"], {Outcome.OVERTURNED})
        self.overturned = overturned.counts(dimension, slugs, self.unit)
        counts = dimension.arranged(selection.counts(dimension, slugs, self.unit), self.names)
        self.largest = max((each.count for each in counts), default=0)
        return counts

    def _at_zero(self, slugs: Collection[str]) -> list[ValueCount]:
        """Return the archive's most frequent values at zero, so that a page without results keeps its filters."""
        dimension, everything = self.dimension, self.search.everything
        counts = dimension.arranged(everything.counts(dimension, slugs, self.unit), self.names)
        kept = counts if dimension.ordered else sorted(counts, key=lambda each: -each.count)[:SHOWN]
        return [replace(each, count=0) for each in kept]

    def _values(self, above: str) -> ValueList:
        counts = self.below.get(above, [])
        if not self.dimension.ordered:
            counts = sorted(counts, key=self._rank)
        if not self.dimension.ordered or len(counts) > SHOWN:
            counts = sorted(counts, key=lambda each: not self._is_pinned(each))
        # The unknown is the last of the shown values, whatever its count.
        unknown = [each for each in counts if each.slug == UNKNOWN]
        known = [each for each in counts if each.slug != UNKNOWN]
        room = max(SHOWN - len(unknown), sum(map(self._is_pinned, known)))
        # A single value is not folded away, and neither is a year.
        cut = len(known) if len(known) == room + 1 or self.dimension.name == YEAR else room
        return ValueList(
            shown=tuple(map(self.value, (*known[:cut], *unknown))),
            folded=tuple(map(self.value, known[cut : cut + FOLDED])),
            left_out=max(0, len(known) - cut - FOLDED),
        )

    def _rank(self, counted: ValueCount) -> tuple[Any, ...]:
        """Return the sort key of a value in the order that the question asks for."""
        match self.sort:
            case ValueSort.NAME:
                return (counted.label,)
            case ValueSort.RATE:
                # Rates of few items are chance: their values come last.
                is_few = counted.count < MIN_WHOLE
                rate = 0.0 if is_few else self.overturned.get(counted.slug, 0) / counted.count
                return (is_few, -rate, -counted.count, counted.label)
        return (-counted.count, counted.label)

    def _is_pinned(self, counted: ValueCount) -> bool:
        """Return whether a value, or one below it, is chosen: it is always shown, and first."""
        if self.dimension.name == YEAR:
            return False
        return counted.slug in self.labels or self._is_partly(counted.slug)

    def _is_partly(self, slug: str) -> bool:
        return any(chosen.startswith(slug + STEP) for chosen in self.labels)

    def value(self, counted: ValueCount) -> FacetValue:
        """Return a counted value as a page shows it."""
        name, slug = self.dimension.name, counted.slug
        overturned = self.overturned.get(slug, 0)
        return FacetValue(
            slug=slug,
            label=counted.label,
            count=counted.count,
            overturned=overturned,
            share=self._bar(counted.count),
            overturned_share=self._bar(overturned),
            selected=slug in self.labels,
            partly=self._is_partly(slug),
            element_id=f"{name}-{slug.replace(STEP, '--')}",
            toggled=self._toggled,
            parts=self._values(above=slug) if slug in self.below else _NO_VALUES,
        )

    def _toggled(self, slug: str) -> str:
        return self._toggles(slug)

    @cached_property
    def _toggles(self) -> Callable[[str], str]:
        return self.search.question.toggles(self.dimension.name)

    def _bar(self, count: int) -> float:
        return round(100 * count / self.largest, 1) if self.largest else 0.0


def _with_zeros(counts: Iterable[ValueCount], kept: Mapping[str, str]) -> list[ValueCount]:
    """Add chosen values without items, and those above them, so that they are shown and can be removed."""
    counts = list(counts)
    found = {each.slug for each in counts}
    return counts + [ValueCount(slug, label, 0) for slug, label in kept.items() if slug not in found]
