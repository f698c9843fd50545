"""The facets' dimensions: by what items are filtered and counted. Each declares where its values and names are stored.

A dimension's count of a value is the number of disputed items (or of their letters) that have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models.functions import ExtractYear
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
from imr_archive.search.facets.dimension import UNKNOWN, Dimension, Posting, ValueCount
from imr_archive.search.facets.grouping import grouped, narrowed
from imr_archive.search.facets.linked_dimensions import GuidelineDimension, LinkedDimension, TreatmentDimension
from imr_archive.vocabulary import Basis, CaseOutcome, CitedBy, Outcome, ReasonCode, Sex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.models import QuerySet
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
        rows = narrowed(self.model.objects, path, determinations, using).exclude(**{self.field: ""})
        yield from grouped(rows, self.field, "pk")

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
        rows = narrowed(Determination.objects, "pk", determinations, using).exclude(**{self.field: None})
        for year, keys in grouped(rows, ExtractYear(self.field), "pk"):
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
        rows = narrowed(Determination.objects, "pk", determinations, using).exclude(**{self.field: None})
        days: dict[str, list[NDArray[np.int64]]] = {}
        for at, keys in grouped(rows, self.field, "pk"):
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
        rows = narrowed(Determination.objects, "pk", determinations, using).exclude(**{self.field: None})
        for age, keys in grouped(rows, self.field, "pk"):
            yield Posting(
                next(slug for slug, _, youngest, oldest in AGE_BANDS if _in_band(age, youngest, oldest)), keys
            )

    def names(self, using: str) -> Mapping[str, str]:
        """Return the bands."""
        return {slug: label for slug, label, _, _ in AGE_BANDS}


def _in_band(age: int, youngest: int, oldest: int | None) -> bool:
    return youngest <= age and (oldest is None or age <= oldest)


@dataclass(frozen=True, kw_only=True)
class ReasonDimension(Dimension):
    """Why an item was upheld or overturned: grounds of upheld items first, in the order of the vocabulary."""

    ordered: bool = True
    none_label: str = "None read"

    def postings(self, determinations: QuerySet[Any] | None, *, using: str) -> Iterator[Posting]:
        """Group the reasons by their code."""
        yield from grouped(narrowed(ItemReason.objects, "item__determination", determinations, using), "code", "item")

    def names(self, using: str) -> Mapping[str, str]:
        """Return the vocabulary."""
        return dict(ReasonCode.choices())


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
