"""The search for the values of a facet by name, which also knows their other names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imr_archive.models import Guideline
from imr_archive.search.facets.dimension import ValueCount
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME
from imr_archive.search.facets.linked_dimensions import GuidelineDimension, guideline_value
from imr_archive.search.facets.names import values_named, whole_label
from imr_archive.web.facets.builder import Facet, FacetBuilder, ValueList

if TYPE_CHECKING:
    from imr_archive.search.facets.dimension import Dimension
    from imr_archive.web.question.search import Search

# The most values that a search by name returns.
FOUND = 50


def find_values(search: Search, name: str, within: str) -> Facet:
    """Return the values of a facet, at any level, whose names have all words; the most frequent first.

    Their names are their labels with those above them, their slugs, and of a guideline its title. What the thesaurus
    knows by another wording is found by it, too: "norco" finds hydrocodone.
    """
    dimension = DIMENSION_BY_NAME[name]
    builder = FacetBuilder(dimension, search)
    labels = {each.slug: each.label for each in values_named(search.snapshot, name, within)}
    for slug, title in _titles(dimension).items():
        if all(word in title.lower() for word in within.lower().split()):
            labels.setdefault(slug, whole_label(dimension, slug, builder.names))
    counts = [ValueCount(each.slug, labels[each.slug], each.count) for each in builder.count(labels)]
    counts.sort(key=lambda each: (-each.count, each.label, each.slug))
    # On the list page the facet may show the same value; element ids must differ.
    shown = [replace(value, element_id=f"found-{value.element_id}") for value in map(builder.value, counts[:FOUND])]
    values = ValueList(shown=tuple(shown), left_out=max(0, len(counts) - FOUND))
    return Facet(dimension.name, dimension.title, values, len(builder.labels))


def _titles(dimension: Dimension) -> dict[str, str]:
    """Return the title of each guideline, by which it is known beside its label."""
    if not isinstance(dimension, GuidelineDimension):
        return {}
    guidelines = Guideline.objects.order_by("pk").values_list("source", "slug", "title")
    return {guideline_value(source, slug): title for source, slug, title in guidelines}
