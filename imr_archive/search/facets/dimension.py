"""The base of the facets' dimensions: what a dimension is asked for by the index and by pages, and postings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    import numpy as np
    from django.db.models import QuerySet
    from numpy.typing import NDArray

UNKNOWN = "unknown"
NOT_STATED = "Not stated"


@dataclass(frozen=True, slots=True)
class ValueCount:
    """How many items, or letters, have a value."""

    slug: str
    label: str
    count: int


class Posting(NamedTuple):
    """The keys of the items, or of the determinations, that have a value."""

    slug: Any
    keys: NDArray[np.int64]


class SectionPosting(NamedTuple):
    """The keys of the items for which a section was cited in one printed form."""

    slug: str
    printed: str
    keys: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Dimension(ABC):
    """One facet. ``phrase`` precedes its values in a sentence: "treatment Imaging"."""

    name: str
    title: str
    phrase: str
    # Whether values have an order of their own, instead of being sorted by count.
    ordered: bool = False
    # Whether keys are those of determinations, all of whose items have the value.
    of_letters: bool = False
    # The label of the value that items without a value have; empty if there is no such value.
    none_label: str = NOT_STATED
    # Whether it has sections below the values that ``postings`` yields: so many that only those asked for are counted.
    has_sections: bool = False

    @abstractmethod
    def postings(self, determinations: QuerySet[Any] | None, *, using: str) -> Iterator[Posting]:
        """Yield the postings of some determinations, or of all (None): each value with the keys of what has it.

        Keys come in any order and may repeat, a value may have several postings, items without a value have none.
        """

    def section_postings(self, determinations: QuerySet[Any] | None, *, using: str) -> Iterator[SectionPosting]:
        """Yield the postings of the sections, for dimensions that have them."""
        return iter(())

    def names(self, using: str) -> Mapping[str, str]:
        """Return the label of every possible value, sections excepted, in order; at most one query."""
        return {}

    def current(self, slug: str, names: Mapping[str, str]) -> str:
        """Return the slug of the value that a slug means now: old addresses have slugs that were changed since."""
        return slug

    def full_label(self, slug: str, names: Mapping[str, str]) -> str | None:
        """Return the label of a value where those above it are not shown beside it; None if there is no such value."""
        return self.label(slug, names)

    def label(self, slug: str, names: Mapping[str, str]) -> str | None:
        """Return the label of a value; None if there is no such value."""
        return self.none_label or None if slug == UNKNOWN else names.get(slug)

    def opened(self, chosen: Iterable[str]) -> set[str]:
        """Return the values that a page expands when some are selected."""
        return set()

    def shown(self, slugs: Iterable[str], opened: Collection[str]) -> set[str]:
        """Return the values that a page shows when some are expanded."""
        return {*slugs}

    def arranged(self, counts: Mapping[str, int], names: Mapping[str, str]) -> list[ValueCount]:
        """Return the values with a count, labelled, in the dimension's order if it has one, the unknown last."""
        found = {slug: label for slug in counts if (label := self.label(slug, names))}
        # Without an order of their own they are sorted by slug; there may be far more names than counts.
        order = {slug: place for place, slug in enumerate(names)} if self.ordered else {}
        arranged = sorted(found, key=lambda slug: (slug == UNKNOWN, order.get(slug, 0), slug))
        return [ValueCount(slug, found[slug], counts[slug]) for slug in arranged if counts[slug]]
