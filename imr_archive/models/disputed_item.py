"""Disputed items: treatments or services that were decided. Facts and wide text are in separate tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from imr_archive.models.constraints import one_of
from imr_archive.models.fields import StrictJSONField
from imr_archive.vocabulary import Basis, Laterality, Outcome

if TYPE_CHECKING:
    from imr_archive.models.body_part import BodyPart
    from imr_archive.models.guideline_citation import GuidelineCitation
    from imr_archive.models.guideline_mention import GuidelineMention
    from imr_archive.models.item_reason import ItemReason
    from imr_archive.models.treatment import Treatment


class DisputedItem(models.Model):
    """One disputed item of a determination: the facts that facets read."""

    determination = models.ForeignKey("Determination", on_delete=models.CASCADE, db_index=False, related_name="items")
    position = models.PositiveSmallIntegerField(help_text="Its place in the letter, from 1.")
    outcome = models.CharField(max_length=10, choices=Outcome.choices(), blank=True)
    laterality = models.CharField(max_length=10, choices=Laterality.choices(), blank=True)
    quantity = models.PositiveIntegerField(null=True, blank=True)
    service_from = models.DateField(null=True, blank=True)
    service_to = models.DateField(null=True, blank=True)
    ca_basis = models.CharField("claims administrator's basis", max_length=10, choices=Basis.choices())
    reviewer_basis = models.CharField(max_length=10, choices=Basis.choices())
    doubts = StrictJSONField(
        default=list, blank=True, help_text="The codes of the parser's doubts about the item, each once."
    )
    treatments: models.ManyToManyField[Treatment, ItemTreatment] = models.ManyToManyField(
        "Treatment", through="ItemTreatment", related_name="items"
    )
    body_parts: models.ManyToManyField[BodyPart, ItemBodyPart] = models.ManyToManyField(
        "BodyPart", through="ItemBodyPart", related_name="items"
    )

    # Filled by ``Prefetch(..., to_attr=...)`` for pages, each in the order printed.
    treatment_rows: list[ItemTreatment]
    body_part_rows: list[ItemBodyPart]
    citation_rows: list[GuidelineCitation]
    reason_rows: list[ItemReason]
    mention_rows: list[GuidelineMention]

    class Meta:
        ordering = ["determination", "position"]
        constraints = [
            models.UniqueConstraint(fields=["determination", "position"], name="item_position_once"),
            one_of("outcome", Outcome, name="item_outcome_is_known", blank=True),
            one_of("laterality", Laterality, name="item_laterality_is_known", blank=True),
            one_of("ca_basis", Basis, name="item_ca_basis_is_known"),
            one_of("reviewer_basis", Basis, name="item_reviewer_basis_is_known"),
            models.CheckConstraint(condition=Q(position__gte=1), name="item_position_from_1"),
            models.CheckConstraint(
                condition=Q(service_from=None, service_to=None) | Q(service_from__lte=F("service_to")),
                name="item_service_dates_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["outcome", "determination"], name="item_outcome"),
            models.Index(fields=["ca_basis"], name="item_ca_basis"),
            models.Index(fields=["reviewer_basis"], name="item_reviewer_basis"),
        ]

    def __str__(self) -> str:
        return f"Item {self.position} of determination {self.determination_id}"

    def get_absolute_url(self) -> str:
        """Return the address of the item on its determination's page."""
        return f"{self.determination.get_absolute_url()}#item-{self.position}"

    @property
    def reference(self) -> str:
        """The reference of the determination with the item's position, as addresses name it: "CM16-0224814-1"."""
        return f"{self.determination.reference}-{self.position}"


class DisputedItemText(models.Model):
    """The printed text of a disputed item. Full-text search reads it; facets do not.

    ``raw`` maps the item's coded fields (``outcome``, ``laterality``, ``quantity``, ``service_dates``) to the words as
    printed; the words of treatments and body parts are in ``ItemTreatment`` and ``ItemBodyPart``.
    """

    item = models.OneToOneField(DisputedItem, on_delete=models.CASCADE, primary_key=True, related_name="text")
    description = models.TextField(help_text="The request that was decided.")
    original_request = models.TextField(blank=True)
    authorized = models.TextField(blank=True, help_text="The part that utilization review had approved.")
    ca_guideline = models.TextField("claims administrator guideline", blank=True)
    reviewer_guideline = models.TextField("expert reviewer guideline", blank=True)
    rationale = models.TextField(blank=True)
    raw = StrictJSONField(default=dict, blank=True)

    class Meta:
        verbose_name = "disputed item text"

    def __str__(self) -> str:
        return self.description


class ItemTreatment(models.Model):
    """A treatment that an item's request names, with the words that name it, in the order of the request."""

    item = models.ForeignKey(DisputedItem, on_delete=models.CASCADE, db_index=False, related_name="item_treatments")
    treatment = models.ForeignKey("Treatment", on_delete=models.PROTECT, db_index=False, related_name="item_treatments")
    position = models.PositiveSmallIntegerField()
    raw = models.CharField(max_length=600)

    class Meta:
        ordering = ["item", "position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "position"], name="item_treatment_position_once"),
            models.UniqueConstraint(fields=["item", "treatment"], name="item_treatment_once"),
        ]
        indexes = [models.Index(fields=["treatment", "item"], name="item_treatment_covering")]

    def __str__(self) -> str:
        return self.raw


class ItemBodyPart(models.Model):
    """A body part that an item's request names, with the words that name it."""

    item = models.ForeignKey(DisputedItem, on_delete=models.CASCADE, db_index=False, related_name="item_body_parts")
    body_part = models.ForeignKey("BodyPart", on_delete=models.PROTECT, db_index=False, related_name="item_body_parts")
    raw = models.CharField(max_length=200)

    class Meta:
        ordering = ["item", "pk"]
        constraints = [models.UniqueConstraint(fields=["item", "body_part"], name="item_body_part_once")]
        indexes = [models.Index(fields=["body_part", "item"], name="item_body_part_covering")]

    def __str__(self) -> str:
        return self.raw
