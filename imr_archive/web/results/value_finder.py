"""The search for the values of a facet by name, which also knows their other names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imr_archive.models import Guideline
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME, GuidelineDimension, ValueCount, guideline_value
from imr_archive.search.facets.sections import STEP
from imr_archive.search.query.thesaurus import wordings_of
from imr_archive.web.results.facets import Facet, FacetBuilder, ValueList

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imr_archive.search.facets.dimensions import Dimension
    from imr_archive.web.question.search import Search

# The most values that a search by name returns.
FOUND = 50


def find_values(search: Search, name: str, within: str) -> Facet:
    """Return the values of a facet, at any level, that have all words of a name; the most frequent first.

    Their names are their labels with those above them, and of a guideline its title and source. What the thesaurus
    knows by another wording is found by it, too: "norco" finds hydrocodone.
    """
    dimension = DIMENSION_BY_NAME[name]
    builder = FacetBuilder(dimension, search)
    slugs = builder.selection.values(dimension) | builder.selection.sections(dimension)
    labels = {slug: _whole_label(builder, slug) for slug in slugs}
    also = _further_names(dimension)
    names = {slug: f"{label} {also.get(slug, '')}".lower() for slug, label in labels.items()}
    wordings = [each.lower().split() for each in (within, *wordings_of(within))]
    wanted = {slug for slug, known in names.items() if any(_has_words(known, words) for words in wordings)}
    counts = [ValueCount(each.slug, labels[each.slug], each.count) for each in builder.count(wanted)]
    counts.sort(key=lambda each: (-each.count, each.label, each.slug))
    # On the list page the facet may show the same value; element ids must differ.
    shown = [replace(value, element_id=f"found-{value.element_id}") for value in map(builder.value, counts[:FOUND])]
    values = ValueList(shown=tuple(shown), left_out=max(0, len(counts) - FOUND))
    return Facet(dimension.name, dimension.title, values, len(builder.labels))


def _has_words(name: str, words: Iterable[str]) -> bool:
    return all(word in name for word in words)


def _whole_label(builder: FacetBuilder, slug: str) -> str:
    """Return the label of a value with the labels above it."""
    steps = slug.split(STEP)
    above = (builder.dimension.label(STEP.join(steps[:length]), builder.names) for length in range(1, len(steps) + 1))
    return " › ".join(label for label in above if label)


def _further_names(dimension: Dimension) -> dict[str, str]:
    """Return the words by which a value is known beside its label: of a guideline, its title and its source."""
    if not isinstance(dimension, GuidelineDimension):
        return {}
    guidelines = Guideline.objects.order_by("pk")
    return {guideline_value(each.source, each.slug): f"{each.title} {each.get_source_display()}" for each in guidelines}
