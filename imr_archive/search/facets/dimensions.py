"""The facets' dimensions: by what items are filtered and counted. Each declares where its values and names are stored.

A dimension's count of a value is the number of disputed items (or of their letters) that have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import F, Min, Value
from django.db.models.functions import Coalesce, ExtractYear
from django.utils import timezone

from imr_archive.models import (
    BodyPart,
    Determination,
    DisputedItem,
    Guideline,
    GuidelineCitation,
    ItemBodyPart,
    ItemReason,
    ItemTreatment,
    ReviewerLicence,
    ReviewerSpecialty,
    Treatment,
)
from imr_archive.models.determination import AGE_BANDS
from imr_archive.search.facets.dimension import UNKNOWN, Dimension, Posting, SectionPosting, ValueCount
from imr_archive.search.facets.sections import STEP, section_slug
from imr_archive.search.fulltext.keys import Keys
from imr_archive.vocabulary import Basis, CaseOutcome, CitedBy, GuidelineSource, Outcome, ReasonCode, Sex

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from django.db.models import Model, QuerySet
    from numpy.typing import NDArray

    from imr_archive.vocabulary import Vocabulary

# The name of the dimension that can be limited by a range.
YEAR = "year"


@dataclass(frozen=True, kw_only=True)
class CodeDimension(Dimension):
    """A coded column of the item or of the determination; the empty code is "not stated"."""

    model: type[DisputedItem] | type[Determination]
    field: str
    vocabulary: type[Vocabulary]
    ordered: bool = True

    def postings(self, determinations: QuerySet[Any] | None, *, using: str) -> Iterator[Posting]:
        """Group by the column."""
        path = "pk" if self.of_letters else "determination"
        rows = _narrowed(self.model.objects, path, determinations, using).exclude(**{self.field: ""})
        yield from _grouped(rows, self.field, "pk")

    def names(self, using: str) -> Mapping[str, str]:
        """Return the vocabulary."""
        return dict(self.vocabulary.choices())


@dataclass(frozen=True, kw_only=True)
class YearDimension(Dimension):
    """The year of a date of the determination, newest first."""

    field: str
    ordered: bool = True
    of_letters: bool = True
    none_label: str = "Unknown"

    def postings(self, determinations: QuerySet[Any] | None, *, using: str) -> Iterator[Posting]:
        """Group by the year."""
        rows = _narrowed(Determination.objects, "pk", determinations, using).exclude(**{self.field: None})
        for year, keys in _grouped(rows, ExtractYear(self.field), "pk"):
            yield Posting(str(year), keys)

    def label(self, slug: str, names: Mapping[str, str]) -> str | None:
        """Return the year; any four digits are a year."""
        if slug == UNKNOWN:
            return self.none_label
        return slug if len(slug) == 4 and slug.isascii() and slug.isdecimal() and slug >= "1000" else None

    def arranged(self, counts: Mapping[str, int], names: Mapping[str, str]) -> list[ValueCount]:
        """Sort by year, the newest first."""
        arranged = super().arranged(counts, names)
        return sorted(
            arranged, key=lambda each: (each.slug == UNKNOWN, -int(each.slug) if each.slug.isdecimal() else 0)
        )


@dataclass(frozen=True, kw_only=True)
class DayDimension(Dimension):
    """The day of a time of the determination, in the archive's time zone: ``2026-11-29``."""

    field: str
    ordered: bool = True
    of_letters: bool = True
    none_label: str = "Unknown"

    def postings(self, determinations: QuerySet[Any] | None, *, using: str) -> Iterator[Posting]:
        """Group by the time, and yield the keys of each day.

        Letters that are stored together have one time. Finding the day of each letter in SQLite would call Python once
        a row.
        """
        rows = _narrowed(Determination.objects, "pk", determinations, using).exclude(**{self.field: None})
        days: dict[str, list[NDArray[np.int64]]] = {}
        for at, keys in _grouped(rows, self.field, "pk"):
            days.setdefault(timezone.localtime(at).date().isoformat(), []).append(keys)
        for day, keys_of_day in days.items():
            yield Posting(day, np.concatenate(keys_of_day))


@dataclass(frozen=True, kw_only=True)
class AgeDimension(Dimension):
    """The worker's age in bands."""

    field: str
    ordered: bool = True
    of_letters: bool = True

    def postings(self, determinations: QuerySet[Any] | None, *, using: str) -> Iterator[Posting]:
        """Group by the age in years, and yield the band of each."""
        rows = _narrowed(Determination.objects, "pk", determinations, using).exclude(**{self.field: None})
        for age, keys in _grouped(rows, self.field, "pk"):
            yield Posting(
                next(slug for slug, _, youngest, oldest in AGE_BANDS if _in_band(age, youngest, oldest)), keys
            )

    def names(self, using: str) -> Mapping[str, str]:
        """Return the bands."""
        return {slug: label for slug, label, _, _ in AGE_BANDS}


def _in_band(age: int, youngest: int, oldest: int | None) -> bool:
    return youngest <= age and (oldest is None or age <= oldest)


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
        yield from _grouped(_narrowed(rows, self.letter, determinations, using), self.slug, self.key)

    def names(self, using: str) -> Mapping[str, str]:
        """Query the table of the values."""
        rows = self.table._default_manager.using(using).order_by("slug").values_list("slug")
        return dict(rows.annotate(label=Min(self.label_field)))


@dataclass(frozen=True, kw_only=True)
class ReasonDimension(Dimension):
    """Why an item was upheld or overturned: grounds of upheld items first, in the order of the vocabulary."""

    ordered: bool = True
    none_label: str = "None read"

    def postings(self, determinations: QuerySet[Any] | None, *, using: str) -> Iterator[Posting]:
        """Group the reasons by their code."""
        yield from _grouped(_narrowed(ItemReason.objects, "item__determination", determinations, using), "code", "item")

    def names(self, using: str) -> Mapping[str, str]:
        """Return the vocabulary."""
        return dict(ReasonCode.choices())


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
        for guideline, keys in _grouped(self._citations(determinations, using), "guideline", self.key):
            yield Posting(values[guideline], keys)
            yield Posting(values[guideline].partition(STEP)[0], keys)

    def section_postings(self, determinations: QuerySet[Any] | None, *, using: str) -> Iterator[SectionPosting]:
        """Group the side's citations by guideline and printed section."""
        values = _guideline_values(using)
        # The printed text is in no index: reading the table in its order is faster than row by row in that of an index.
        rows = self._citations(determinations, using, by_expression=True).exclude(section="")
        grouped = rows.values_list("guideline", "section").annotate(keys=Keys(self.key))
        for guideline, printed, keys in grouped:
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
        return _narrowed(rows, self.letter, determinations, using)

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


def _narrowed(rows: Any, path: str, determinations: QuerySet[Any] | None, using: str) -> QuerySet[Any]:
    narrowed: QuerySet[Any] = rows.using(using).order_by()
    return narrowed if determinations is None else narrowed.filter(**{f"{path}__in": determinations})


def _grouped(rows: QuerySet[Any], value: Any, key: str) -> Iterator[Posting]:
    value = F(value) if isinstance(value, str) else value
    yield from map(Posting._make, rows.annotate(of_value=value).values_list("of_value").annotate(keys=Keys(key)))


# In the order of the page.
DIMENSIONS: tuple[Dimension, ...] = (
    CodeDimension(
        name="outcome", title="Outcome", phrase="outcome", model=DisputedItem, field="outcome", vocabulary=Outcome
    ),
    TreatmentDimension(
        name="treatment",
        title="Treatment",
        phrase="treatment",
        rows=ItemTreatment,
        slug="treatment__slug",
        key="item",
        letter="item__determination",
        table=Treatment,
        none_label="",
    ),
    ReasonDimension(name="reason", title="Why", phrase="because"),
    GuidelineDimension(
        name="guideline",
        title="Reviewer relied on",
        phrase="reviewer relied on",
        rows=GuidelineCitation,
        cited_by=CitedBy.REVIEWER,
        slug="guideline",
        key="item",
        letter="item__determination",
        table=Guideline,
        none_label="",
    ),
    GuidelineDimension(
        name="ca_guideline",
        title="Administrator relied on",
        phrase="administrator relied on",
        rows=GuidelineCitation,
        cited_by=CitedBy.CLAIMS_ADMINISTRATOR,
        slug="guideline",
        key="item",
        letter="item__determination",
        table=Guideline,
        none_label="",
    ),
    CodeDimension(
        name="basis",
        title="Reviewer’s basis",
        phrase="reviewer’s basis",
        model=DisputedItem,
        field="reviewer_basis",
        vocabulary=Basis,
    ),
    CodeDimension(
        name="ca_basis",
        title="Administrator’s basis",
        phrase="administrator’s basis",
        model=DisputedItem,
        field="ca_basis",
        vocabulary=Basis,
    ),
    LinkedDimension(
        name="body_part",
        title="Body part",
        phrase="body part",
        rows=ItemBodyPart,
        slug="body_part__slug",
        key="item",
        letter="item__determination",
        table=BodyPart,
    ),
    LinkedDimension(
        name="specialty",
        title="Reviewer’s specialty",
        phrase="specialty",
        rows=ReviewerSpecialty,
        slug="slug",
        key="reviewer__determinations",
        letter="reviewer__determinations",
        table=ReviewerSpecialty,
        of_letters=True,
    ),
    LinkedDimension(
        name="state",
        title="Reviewer licensed in",
        phrase="licensed in",
        rows=ReviewerLicence,
        slug="slug",
        key="reviewer__determinations",
        letter="reviewer__determinations",
        table=ReviewerLicence,
        of_letters=True,
    ),
    YearDimension(name=YEAR, title="Decision year", phrase="decided in", field="decision_date"),
    CodeDimension(
        name="case_outcome",
        title="Whole case",
        phrase="whole case",
        model=Determination,
        field="outcome",
        vocabulary=CaseOutcome,
        of_letters=True,
    ),
    CodeDimension(
        name="sex",
        title="Worker’s sex",
        phrase="sex",
        model=Determination,
        field="worker_sex",
        vocabulary=Sex,
        of_letters=True,
    ),
    AgeDimension(name="age", title="Worker’s age", phrase="age", field="worker_age"),
)
# When determinations arrived. It has a value for each day, so it is no facet of the page: lists are limited by it, and
# sorted.
ARRIVED = DayDimension(name="arrived", title="Arrived", phrase="arrived", field="arrived_at")
# All that the index holds.
INDEXED: tuple[Dimension, ...] = (*DIMENSIONS, ARRIVED)
DIMENSION_BY_NAME = {dimension.name: dimension for dimension in DIMENSIONS}
