"""Determinations: one IMR case each."""

from __future__ import annotations

import re

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from imr_archive.models.constraints import one_of
from imr_archive.models.fields import StrictJSONField
from imr_archive.records import FIRST_YEAR_UNSEEN, is_read_by_description
from imr_archive.search.query.case_numbers import possible_numbers
from imr_archive.vocabulary import CaseOutcome, Layout, Priority, Sex

# Age bands of the worker: slug, label, youngest, oldest (None: no upper end).
AGE_BANDS: tuple[tuple[str, str, int, int | None], ...] = (
    ("under-25", "Under 25", 0, 24),
    ("25-34", "25-34", 25, 34),
    ("35-44", "35-44", 35, 44),
    ("45-54", "45-54", 45, 54),
    ("55-64", "55-64", 55, 64),
    ("65-and-over", "65 and over", 65, None),
)


CASE_NUMBER_FORM = r"\A[A-Z]{2}[0-9]{2}-[0-9]{7}\Z"
CASE_NUMBER_HINT = "A case number has the form CM16-0213037."
# What can stand in the address of a page, and is no id.
_ADDRESSABLE = re.compile(r"(?=[A-Z0-9-]*[A-Z-])[A-Z0-9-]{1,20}", re.ASCII)


def reference_of(case_number: str | None, key: int | None) -> str:
    """Return what names a determination in addresses: its case number, or its id if there is none that can."""
    return case_number if case_number and _ADDRESSABLE.fullmatch(case_number) else str(key)


class DeterminationQuerySet(models.QuerySet["Determination"]):
    """Querysets of determinations."""

    def by_reference(self, reference: str) -> DeterminationQuerySet:
        """Return the determination that a page address names, by case number or by id."""
        if reference.isascii() and reference.isdecimal() and len(reference) < 19:
            return self.filter(pk=int(reference))
        return self.filter(case_number=reference.upper())

    def numbered(self, case_number: str) -> DeterminationQuerySet:
        """Return the determinations with a case number; ``CM16*`` matches its beginning, ``*0224`` its end."""
        if case_number.endswith("*"):
            return self.filter(case_number__startswith=case_number.rstrip("*"))
        return self.filter(case_number__in=possible_numbers(case_number))

    def read_by_description(self) -> DeterminationQuerySet:
        """Return those whose form was never seen whole when the rules that read it were written."""
        seen = [layout for layout in Layout if layout.was_seen_whole]
        return self.filter(~Q(layout__in=seen) | Q(decision_date__year__gte=FIRST_YEAR_UNSEEN))


class Determination(models.Model):
    """The final determination of one IMR case: the facts that lists and facets read."""

    case_number = models.CharField(
        max_length=20,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(CASE_NUMBER_FORM, CASE_NUMBER_HINT)],
    )
    text_sha256 = models.CharField(
        max_length=64,
        unique=True,
        help_text="Hash of the letter's normalised text: its identity without a case number.",
    )
    layout = models.CharField(max_length=20, choices=Layout.choices())
    priority = models.CharField(max_length=10, choices=Priority.choices(), blank=True)
    injury_date = models.DateField(null=True, blank=True)
    ur_decision_date = models.DateField("UR decision date", null=True, blank=True)
    received_date = models.DateField(null=True, blank=True)
    assigned_date = models.DateField(null=True, blank=True)
    decision_date = models.DateField(null=True, blank=True)
    worker_age = models.PositiveSmallIntegerField(null=True, blank=True)
    worker_sex = models.CharField(max_length=1, choices=Sex.choices(), blank=True)
    outcome = models.CharField(
        max_length=20, choices=CaseOutcome.choices(), blank=True, help_text="Follows from the items' outcomes."
    )
    reviewer = models.ForeignKey(
        "Reviewer", on_delete=models.PROTECT, null=True, blank=True, related_name="determinations"
    )

    arrived_at = models.DateTimeField(
        "arrived",
        null=True,
        editable=False,
        help_text="When it came into the archive.",
    )

    objects = DeterminationQuerySet.as_manager()

    class Meta:
        ordering = [F("decision_date").desc(nulls_last=True), "-pk"]
        constraints = [
            one_of("layout", Layout, name="determination_layout_is_known"),
            one_of("priority", Priority, name="determination_priority_is_known", blank=True),
            one_of("worker_sex", Sex, name="determination_sex_is_known", blank=True),
            one_of("outcome", CaseOutcome, name="determination_outcome_is_known", blank=True),
            models.CheckConstraint(condition=~Q(case_number=""), name="determination_case_number_is_not_empty"),
        ]
        indexes = [
            models.Index(fields=["-decision_date", "-id"], name="determination_newest"),
            models.Index(fields=["outcome"], name="determination_outcome"),
            models.Index(fields=["worker_age"], name="determination_age"),
        ]

    def __str__(self) -> str:
        return self.case_number or f"Determination {self.pk}"

    def get_absolute_url(self) -> str:
        """Return the address of the determination's page."""
        return reverse("web:determination", args=[self.reference])

    @property
    def is_read_by_description(self) -> bool:
        """Whether the letter's form was never seen whole when the rules that read it were written."""
        return is_read_by_description(Layout(self.layout), self.decision_date)

    @property
    def reference(self) -> str:
        """The case number, or the id if there is none, as used in the page address."""
        return reference_of(self.case_number, self.pk)


class DeterminationText(models.Model):
    """The wide text of a determination, and the printed words behind each of its coded values.

    ``raw`` maps paths of the parse schema (``dates.injury``, ``reviewer.certifications.0``) to the words as printed.
    """

    determination = models.OneToOneField(Determination, on_delete=models.CASCADE, primary_key=True, related_name="text")
    clinical_summary = models.TextField(blank=True)
    raw = StrictJSONField(default=dict, blank=True)

    class Meta:
        verbose_name = "determination text"

    def __str__(self) -> str:
        return f"Text of determination {self.pk}"
