"""Dimensions whose values are rows of other tables: linked ones, and trees of treatments and of guidelines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Min, Value
from django.db.models.functions import Coalesce

from imr_archive.models import Guideline, GuidelineCitation
from imr_archive.search.facets.dimension import Dimension, Posting, SectionPosting
from imr_archive.search.facets.grouping import grouped, narrowed
from imr_archive.search.facets.sections import STEP, section_slug
from imr_archive.search.fulltext.keys import Keys
from imr_archive.vocabulary import CitedBy, GuidelineSource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from django.db.models import Model, QuerySet


@dataclass(frozen=True, kw_only=True)
class LinkedDimension(Dimension):
    """Rows that link an item, or a reviewer, to any number of values.

    ``slug`` is the lookup path from such a row to its value, ``key`` to the item or determination, ``letter`` to the
    determination. ``table`` has the labels.
    """

    rows: type[Model]
    slug: str
    key: str
    letter: str
    table: type[Model]
    label_field: str = "name"

    def postings(self, determinations: QuerySet[Any] | None, *, using: str) -> Iterator[Posting]:
        """Group the rows by their value."""
        rows = self.rows._default_manager.all()
        yield from grouped(narrowed(rows, self.letter, determinations, using), self.slug, self.key)

    def names(self, using: str) -> Mapping[str, str]:
        """Query the table of the values."""
        rows = self.table._default_manager.using(using).order_by("slug").values_list("slug")
        return dict(rows.annotate(label=Min(self.label_field)))


@dataclass(frozen=True, kw_only=True)
class TreeDimension(LinkedDimension):
    """Values in three levels; a value includes all values below it."""

    def opened(self, chosen: Iterable[str]) -> set[str]:
        """Expand the values of the first two levels that are selected or have a selected descendant."""
        return {STEP.join(value.split(STEP)[:level]) for value in chosen for level in (1, 2)}

    def shown(self, slugs: Iterable[str], opened: Collection[str]) -> set[str]:
        """Show the first level, and the children of expanded values."""
        return {slug for slug in slugs if STEP not in slug or (opened and slug.rpartition(STEP)[0] in opened)}


@dataclass(frozen=True, kw_only=True)
class TreatmentDimension(TreeDimension):
    """Treatments: category, subcategory, service."""

    def postings(self, determinations: QuerySet[Any] | None, *, using: str) -> Iterator[Posting]:
        """Yield each treatment's posting for itself and for its ancestors."""
        for slug, keys in super().postings(determinations, using=using):
            steps = slug.split(STEP)
            for length in range(1, len(steps) + 1):
                yield Posting(STEP.join(steps[:length]), keys)


@dataclass(frozen=True, kw_only=True)
class GuidelineDimension(TreeDimension):
    """What one of the two sides cited for an item: source, guideline, section."""

    cited_by: CitedBy
    has_sections: bool = True

    def postings(self, determinations: QuerySet[Any] | None, *, using: str) -> Iterator[Posting]:
        """Yield each guideline's posting for itself and for its source."""
        values = _guideline_values(using)
        for guideline, keys in grouped(self._citations(determinations, using), "guideline", self.key):
            yield Posting(values[guideline], keys)
            yield Posting(values[guideline].partition(STEP)[0], keys)

    def section_postings(self, determinations: QuerySet[Any] | None, *, using: str) -> Iterator[SectionPosting]:
        """Group the side's citations by guideline and printed section."""
        values = _guideline_values(using)
        # The printed text is in no index: reading the table in its order is faster than row by row in that of an index.
        rows = self._citations(determinations, using, by_expression=True).exclude(section="")
        by_section = rows.values_list("guideline", "section").annotate(keys=Keys(self.key))
        for guideline, printed, keys in by_section:
            if slug := section_slug(printed):
                yield SectionPosting(f"{values[guideline]}{STEP}{slug}", printed, keys)

    def _citations(
        self, determinations: QuerySet[Any] | None, using: str, *, by_expression: bool = False
    ) -> QuerySet[Any]:
        """Return the side's citations; for few letters, by the index of letters instead of the index of sides."""
        rows: QuerySet[Any] = GuidelineCitation.objects.all()
        if determinations is None and not by_expression:
            rows = rows.filter(cited_by=self.cited_by)
        else:
            # An expression, because SQLite might choose the index of guidelines and sides, which has all citations.
            rows = rows.alias(side=Coalesce("cited_by", Value(""))).filter(side=self.cited_by)
        return narrowed(rows, self.letter, determinations, using)

    def names(self, using: str) -> Mapping[str, str]:
        """Return the sources, and the guidelines from their table."""
        rows = Guideline.objects.using(using).order_by("slug").values_list("source", "slug", "label")
        sources = {source.value: source.label for source in GuidelineSource}
        return sources | {guideline_value(source, slug): label for source, slug, label in rows}

    def current(self, slug: str, names: Mapping[str, str]) -> str:
        """Return the value of a guideline for its bare slug, as addresses had it before guidelines had sources."""
        if STEP in slug or slug in names:
            return slug
        return next((value for source in GuidelineSource if (value := guideline_value(source, slug)) in names), slug)

    def full_label(self, slug: str, names: Mapping[str, str]) -> str | None:
        """Put the guideline before a section; the label of a guideline names its source where that is needed."""
        label = self.label(slug, names)
        guideline = STEP.join(slug.split(STEP)[:2])
        return f"{names.get(guideline, guideline)} › {label}" if label and guideline != slug else label


def guideline_value(source: str, guideline: str, section: str = "") -> str:
    """Return the facet value of a guideline of a source, or of a section of it as printed."""
    slug = section_slug(section)
    return STEP.join((source, guideline, slug) if slug else (source, guideline))


def _guideline_values(using: str) -> dict[int, str]:
    """Return the facet value of each guideline, by key."""
    rows = Guideline.objects.using(using).order_by().values_list("pk", "source", "slug")
    return {key: guideline_value(source, slug) for key, source, slug in rows}
