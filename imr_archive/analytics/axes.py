"""By what outcomes are broken down: the values of a facet, of a tree those of one level, of a citation by each side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.search.facets.dimension import UNKNOWN
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME, YEAR
from imr_archive.search.facets.sections import STEP

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from imr_archive.search.facets.dimension import Dimension
    from imr_archive.search.facets.selection import Selection

SECTION_LEVEL = 3


@dataclass(frozen=True)
class Axis:
    """One way to break items down.

    ``level`` is that of the values of a tree, from 1; 0 where values have no levels. With two dimensions, an item has
    a value if it has it in both: a guideline that both sides cite.
    """

    name: str
    title: str
    dimensions: tuple[Dimension, ...]
    level: int = 0

    @property
    def dimension(self) -> Dimension:
        """The dimension that names the values."""
        return self.dimensions[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its dimensions."""
        return tuple(each.name for each in self.dimensions)

    @property
    def is_of_sections(self) -> bool:
        """Return whether its values are sections of guidelines."""
        return self.level == SECTION_LEVEL and self.dimension.has_sections

    @property
    def cited(self) -> str:
        """Which side's citations it is about: "both", a dimension's name, or nothing."""
        return "both" if len(self.dimensions) > 1 else self.dimension.name if self.dimension.has_sections else ""

    def having(self, selection: Selection, values: Collection[str]) -> Selection:
        """Keep the items that have any of some values; with two dimensions, one value."""
        for dimension in self.dimensions:
            selection = selection.having(dimension, values)
        return selection

    def candidates(self, everything: Selection, chosen: Mapping[str, Collection[str]]) -> set[str]:
        """Return the values that are counted: those of its level, under the values chosen in its dimensions.

        A chosen value below the level stands for itself, so that each value can be asked for by itself.
        """
        found: set[str] | None = None
        for dimension in self.dimensions:
            own = self._candidates(everything, dimension, chosen.get(dimension.name))
            found = own if found is None else found & own
        return found or set()

    def _candidates(self, everything: Selection, dimension: Dimension, chosen: Collection[str] | None) -> set[str]:
        if not self.level:
            if chosen is not None:
                return {*chosen}
            return {value for value in everything.values(dimension) if value != UNKNOWN or dimension.none_label}
        values = self._values_of_level(everything, dimension)
        if chosen is None:
            return values
        return {value for value in values if any(value == each or value.startswith(each + STEP) for each in chosen)} | {
            each for each in chosen if each.count(STEP) >= self.level
        }

    def _values_of_level(self, everything: Selection, dimension: Dimension) -> set[str]:
        if self.is_of_sections:
            return everything.sections(dimension)
        values = everything.values(dimension) - {UNKNOWN}
        return {value for value in values if value.count(STEP) == self.level - 1}

    def without_value(self, selection: Selection) -> int:
        """Count the selected items that have no value of the axis, of those that no value stands for."""
        if not self.level or len(self.dimensions) > 1:
            return 0
        any_value = selection.snapshot.computed.get(f"any {self.name}")
        if any_value is None:
            everything = selection.of_everything(selection.snapshot)
            any_value = everything.having(self.dimension, self._values_of_level(everything, self.dimension)).positions
            selection.snapshot.computed[f"any {self.name}"] = any_value
        pairs = zip(selection.positions, any_value, strict=True)
        return selection.size() - sum(own.intersection_cardinality(found) for own, found in pairs)

    def counts(self, selection: Selection, values: Collection[str]) -> dict[str, int]:
        """Return the number of selected items of each value; values without items may be missing."""
        counts = selection.counts(self.dimension, values)
        if len(self.dimensions) > 1:
            likely = [value for value in values if counts.get(value)]
            return {value: self.having(selection, [value]).size() for value in likely}
        return {value: counts[value] for value in values if counts.get(value)}


def _tree(name: str, dimensions: tuple[str, ...], titles: Iterable[tuple[str, str]]) -> tuple[Axis, ...]:
    facets = tuple(DIMENSION_BY_NAME[each] for each in dimensions)
    return tuple(Axis(f"{name}_{suffix}", title, facets, level) for level, (suffix, title) in enumerate(titles, 1))


def _flat(name: str, title: str = "") -> Axis:
    return Axis(name, title or DIMENSION_BY_NAME[name].title, (DIMENSION_BY_NAME[name],))


def _cited(title: str, name: str, *dimensions: str) -> tuple[Axis, ...]:
    levels = (("source", "guideline source"), ("title", "guideline"), ("section", "guideline section"))
    return _tree(name, dimensions, [(suffix, title.format(level)) for suffix, level in levels])


# In the order in which a page offers them.
AXES: tuple[Axis, ...] = (
    _flat(YEAR),
    *_tree(
        "treatment",
        ("treatment",),
        (
            ("category", "Treatment category"),
            ("subcategory", "Treatment subcategory"),
            ("service", "Treatment: service or drug"),
        ),
    ),
    _flat("reason", "Reason"),
    *_cited("Reviewer’s {}", "guideline", "guideline"),
    *_cited("Administrator’s {}", "ca_guideline", "ca_guideline"),
    *_cited("Both sides’ {}", "both_guideline", "guideline", "ca_guideline"),
    *map(_flat, ("basis", "ca_basis", "body_part", "specialty", "state", "sex", "age")),
)
AXIS_BY_NAME = {axis.name: axis for axis in AXES}


def axis_below(name: str, chosen: Iterable[str]) -> Axis | None:
    """Return the axis of a dimension: of a tree, that of the level below the deepest chosen value."""
    axes = [axis for axis in AXES if axis.names == (name,)]
    deepest = max((value.count(STEP) + 1 for value in chosen), default=0)
    return axes[min(deepest, len(axes) - 1)] if axes else None
