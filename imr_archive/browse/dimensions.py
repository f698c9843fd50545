"""What items can be narrowed and counted by. Each dimension says, in one place, how it filters, counts and names.

A dimension's count of a value is the number of disputed items that its filter for that value keeps.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, CharField, Count, Min, Q, Value, When
from django.db.models.functions import ExtractYear

from imr_archive.models import (
    BodyPart,
    Guideline,
    GuidelineCitation,
    ItemBodyPart,
    ItemTreatment,
    ReviewerLicence,
    ReviewerSpecialty,
    Treatment,
)
from imr_archive.models.determination import AGE_BANDS
from imr_archive.vocabulary import Basis, CaseOutcome, CitedBy, Outcome, Sex

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    from django.db.models import Model, QuerySet

    from imr_archive.models import DisputedItem
    from imr_archive.vocabulary import Vocabulary

UNKNOWN = "unknown"
NOT_STATED = "Not stated"


@dataclass(frozen=True, slots=True)
class ValueCount:
    """How many items have a value."""

    slug: str
    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Dimension(ABC):
    """One way to narrow items. ``phrase`` leads its values in a sentence: "treatment Imaging"."""

    name: str
    title: str
    phrase: str
    # Whether values stand in an order of their own, or by count.
    ordered: bool = False

    @abstractmethod
    def condition(self, values: Collection[str]) -> Q:
        """Return the condition that an item has any of these values, which must be known ones."""

    @abstractmethod
    def counts(self, items: QuerySet[DisputedItem], chosen: Collection[str]) -> list[ValueCount]:
        """Count the items of each value that any has, and below ``chosen`` values of their parts too.

        The number of queries is fixed: one, and one more where names stand apart.
        """

    @abstractmethod
    def labels(self, values: Collection[str]) -> Mapping[str, str]:
        """Name those of the values that exist, in at most one query."""


@dataclass(frozen=True, kw_only=True)
class CodeDimension(Dimension):
    """A coded column of the item or, through it, of the determination; the empty code is "not stated"."""

    field: str
    vocabulary: type[Vocabulary]

    def condition(self, values: Collection[str]) -> Q:
        """Compare the column."""
        return Q(**{f"{self.field}__in": ["" if value == UNKNOWN else value for value in values]})

    def counts(self, items: QuerySet[DisputedItem], chosen: Collection[str]) -> list[ValueCount]:
        """Group by the column, in the vocabulary's order."""
        found = dict(items.order_by().values_list(self.field).annotate(n=Count("pk")))
        return [ValueCount(slug, label, n) for slug, label in self._all().items() if (n := found.get(_code(slug), 0))]

    def labels(self, values: Collection[str]) -> Mapping[str, str]:
        """Look the codes up."""
        return {slug: label for slug, label in self._all().items() if slug in values}

    def _all(self) -> dict[str, str]:
        return {**dict(self.vocabulary.choices()), UNKNOWN: NOT_STATED}


@dataclass(frozen=True, kw_only=True)
class YearDimension(Dimension):
    """The year of a date of the determination."""

    field: str

    def condition(self, values: Collection[str]) -> Q:
        """Compare the date with each year's first and last day, which an index can answer."""
        condition = Q()
        for value in values:
            condition |= Q(**{self.field: None} if value == UNKNOWN else {f"{self.field}__year": int(value)})
        return condition

    def counts(self, items: QuerySet[DisputedItem], chosen: Collection[str]) -> list[ValueCount]:
        """Group by year, newest first, the unknown last."""
        found = dict(items.order_by().values_list(ExtractYear(self.field)).annotate(n=Count("pk")))
        years = sorted((year for year in found if year is not None), reverse=True)
        counts = [ValueCount(str(year), str(year), found[year]) for year in years]
        return counts + ([ValueCount(UNKNOWN, "Unknown", found[None])] if None in found else [])

    def labels(self, values: Collection[str]) -> Mapping[str, str]:
        """Take any year of four digits for one."""
        labels = {value: value for value in values if len(value) == 4 and value.isdecimal() and value >= "1000"}
        return labels | ({UNKNOWN: "Unknown"} if UNKNOWN in values else {})


@dataclass(frozen=True, kw_only=True)
class AgeDimension(Dimension):
    """The worker's age in bands."""

    field: str

    def condition(self, values: Collection[str]) -> Q:
        """Compare the age with each band's ends."""
        condition = Q()
        for value in values:
            condition |= self._conditions()[value]
        return condition

    def counts(self, items: QuerySet[DisputedItem], chosen: Collection[str]) -> list[ValueCount]:
        """Group by band, youngest first, the unknown last."""
        whens = [When(condition, then=Value(slug)) for slug, condition in self._conditions().items()]
        band = Case(*whens, output_field=CharField())
        found = dict(items.order_by().values_list(band).annotate(n=Count("pk")))
        return [ValueCount(slug, label, found[slug]) for slug, label in self._all().items() if slug in found]

    def labels(self, values: Collection[str]) -> Mapping[str, str]:
        """Look the bands up."""
        return {slug: label for slug, label in self._all().items() if slug in values}

    def _all(self) -> dict[str, str]:
        return {**{slug: label for slug, label, _, _ in AGE_BANDS}, UNKNOWN: NOT_STATED}

    def _conditions(self) -> dict[str, Q]:
        conditions = {UNKNOWN: Q(**{self.field: None})}
        for slug, _, youngest, oldest in AGE_BANDS:
            band = Q(**{f"{self.field}__gte": youngest})
            conditions[slug] = band if oldest is None else band & Q(**{f"{self.field}__lte": oldest})
        return conditions


@dataclass(frozen=True, kw_only=True)
class RelatedDimension(Dimension):
    """Rows of which an item, or its reviewer, has any number; none at all is "not stated".

    ``rows`` link ``owner`` (the path from an item) by their column ``key``; ``slug`` and ``label`` are paths from such
    a row, and ``path`` leads from an item to the rows.
    """

    rows: type[Model]
    owner: str
    key: str
    path: str
    slug: str = "slug"
    label: str = "name"
    vocabulary: type[Model]

    def condition(self, values: Collection[str]) -> Q:
        """Look the item, or its reviewer, up among the rows."""
        named = [value for value in values if value != UNKNOWN]
        condition = Q(**{f"{self.owner}__in": self._rows().filter(**{f"{self.slug}__in": named}).values(self.key)})
        if UNKNOWN in values:
            condition |= ~Q(**{f"{self.owner}__in": self._rows().values(self.key)})
        return condition

    def counts(self, items: QuerySet[DisputedItem], chosen: Collection[str]) -> list[ValueCount]:
        """Group by the rows that items lead to; those that lead to none have no slug."""
        rows = (
            items.order_by()
            .values_list(f"{self.path}__{self.slug}")
            .annotate(label=Min(f"{self.path}__{self.label}"), n=Count("pk", distinct=True))
        )
        return [ValueCount(slug or UNKNOWN, label or NOT_STATED, n) for slug, label, n in rows]

    def labels(self, values: Collection[str]) -> Mapping[str, str]:
        """Ask the vocabulary."""
        rows = self.vocabulary._default_manager.filter(slug__in=values).order_by().values_list("slug")
        return dict(rows.annotate(label=Min("name"))) | ({UNKNOWN: NOT_STATED} if UNKNOWN in values else {})

    def _rows(self) -> QuerySet[Any]:
        return self.rows._default_manager.order_by()


@dataclass(frozen=True, kw_only=True)
class GuidelineDimension(Dimension):
    """The guidelines that one of the two sides cited for an item."""

    cited_by: CitedBy

    def condition(self, values: Collection[str]) -> Q:
        """Look the item up among the side's citations."""
        return Q(pk__in=self._citations().filter(guideline__slug__in=values).values("item"))

    def counts(self, items: QuerySet[DisputedItem], chosen: Collection[str]) -> list[ValueCount]:
        """Group the side's citations; a guideline cited twice for an item counts once."""
        rows = (
            self._citations()
            .filter(item__in=items.order_by().values("pk"))
            .values_list("guideline__slug")
            .annotate(label=Min("guideline__label"), n=Count("item", distinct=True))
        )
        return [ValueCount(*row) for row in rows]

    def labels(self, values: Collection[str]) -> Mapping[str, str]:
        """Ask the table of guidelines."""
        return dict(Guideline.objects.filter(slug__in=values).order_by().values_list("slug", "label"))

    def _citations(self) -> QuerySet[GuidelineCitation]:
        return GuidelineCitation.objects.filter(cited_by=self.cited_by).order_by()


@dataclass(frozen=True, kw_only=True)
class TreatmentDimension(Dimension):
    """Treatments in three levels; a value holds all that is below it."""

    def condition(self, values: Collection[str]) -> Q:
        """Compare each value with the column of its own level."""
        condition = Q()
        for level, column in enumerate(("treatment__category", "treatment__subcategory", "treatment__slug")):
            if at_level := [value for value in values if value.count("/") == level]:
                condition |= Q(**{f"{column}__in": at_level})
        return Q(pk__in=ItemTreatment.objects.order_by().filter(condition).values("item"))

    def counts(self, items: QuerySet[DisputedItem], chosen: Collection[str]) -> list[ValueCount]:
        """Count categories, the subcategories of chosen categories, and the services of chosen subcategories."""
        opened = {"/".join(value.split("/")[:level]) for value in chosen for level in (1, 2)}
        rows = ItemTreatment.objects.order_by().filter(item__in=items.order_by().values("pk"))
        below = rows.filter(treatment__category__in=opened).exclude(treatment__subcategory="")
        services = rows.filter(treatment__subcategory__in=opened, treatment__level=3)
        levels = [
            level.values_list(column).annotate(n=Count("item", distinct=True))
            for level, column in (
                (rows, "treatment__category"),
                (below, "treatment__subcategory"),
                (services, "treatment__slug"),
            )
        ]
        found = dict(levels[0].union(*levels[1:], all=True))
        # What is opened stays in sight, so that chosen values below it do.
        found = dict.fromkeys(sorted(opened), 0) | found
        names = self.labels(found)
        return [ValueCount(slug, names[slug], n) for slug, n in found.items()]

    def labels(self, values: Collection[str]) -> Mapping[str, str]:
        """Ask the table of treatments."""
        return dict(Treatment.objects.filter(slug__in=list(values)).order_by().values_list("slug", "name"))


def _code(slug: str) -> str:
    return "" if slug == UNKNOWN else slug


_REVIEWER = "determination__reviewer"

# In the order of the page.
DIMENSIONS: tuple[Dimension, ...] = (
    CodeDimension(name="outcome", title="Outcome", phrase="outcome", ordered=True, field="outcome", vocabulary=Outcome),
    TreatmentDimension(name="treatment", title="Treatment", phrase="treatment"),
    GuidelineDimension(
        name="guideline", title="Reviewer relied on", phrase="reviewer relied on", cited_by=CitedBy.REVIEWER
    ),
    GuidelineDimension(
        name="ca_guideline",
        title="Administrator relied on",
        phrase="administrator relied on",
        cited_by=CitedBy.CLAIMS_ADMINISTRATOR,
    ),
    CodeDimension(
        name="basis",
        title="Reviewer’s basis",
        phrase="reviewer’s basis",
        ordered=True,
        field="reviewer_basis",
        vocabulary=Basis,
    ),
    CodeDimension(
        name="ca_basis",
        title="Administrator’s basis",
        phrase="administrator’s basis",
        ordered=True,
        field="ca_basis",
        vocabulary=Basis,
    ),
    RelatedDimension(
        name="body_part",
        title="Body part",
        phrase="body part",
        rows=ItemBodyPart,
        owner="pk",
        key="item",
        path="item_body_parts",
        slug="body_part__slug",
        label="body_part__name",
        vocabulary=BodyPart,
    ),
    RelatedDimension(
        name="specialty",
        title="Reviewer’s specialty",
        phrase="specialty",
        rows=ReviewerSpecialty,
        owner=_REVIEWER,
        key="reviewer",
        path=f"{_REVIEWER}__specialties",
        vocabulary=ReviewerSpecialty,
    ),
    RelatedDimension(
        name="state",
        title="Reviewer licensed in",
        phrase="licensed in",
        rows=ReviewerLicence,
        owner=_REVIEWER,
        key="reviewer",
        path=f"{_REVIEWER}__licences",
        vocabulary=ReviewerLicence,
    ),
    YearDimension(
        name="year", title="Decision year", phrase="decided in", ordered=True, field="determination__decision_date"
    ),
    CodeDimension(
        name="case_outcome",
        title="Whole case",
        phrase="whole case",
        ordered=True,
        field="determination__outcome",
        vocabulary=CaseOutcome,
    ),
    CodeDimension(
        name="sex", title="Worker’s sex", phrase="sex", ordered=True, field="determination__worker_sex", vocabulary=Sex
    ),
    AgeDimension(name="age", title="Worker’s age", phrase="age", ordered=True, field="determination__worker_age"),
)
