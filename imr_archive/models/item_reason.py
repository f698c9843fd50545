"""Reasons: why an item was upheld or overturned, as codes with the clauses that state them."""

from django.db import models
from django.db.models import Q

from imr_archive.models.constraints import one_of
from imr_archive.vocabulary import ReasonCode


class ItemReason(models.Model):
    """One reason that an item's rationale states for its outcome. Several clauses may have the same code.

    The facet reads only the covering index, which does not contain the printed words.
    """

    item = models.ForeignKey("DisputedItem", on_delete=models.CASCADE, db_index=False, related_name="reasons")
    position = models.PositiveSmallIntegerField(help_text="Its place among the reasons of its item, from 1.")
    code = models.CharField(max_length=24, choices=ReasonCode.choices())
    quote = models.TextField(help_text="The clause of the rationale that states it.")
    start = models.PositiveIntegerField(help_text="Where the clause begins in the rationale.")

    class Meta:
        ordering = ["item", "position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "position"], name="reason_position_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="reason_position_from_1"),
            one_of("code", ReasonCode, name="reason_code_is_known"),
        ]
        indexes = [models.Index(fields=["code", "item"], name="reason_covering")]

    def __str__(self) -> str:
        return self.quote
