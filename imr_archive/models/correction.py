"""Corrections: values that people set in place of what the parser read."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from imr_archive.models.fields import StrictJSONField


class Correction(models.Model):
    """One value of a determination or of an item that a person set. It stays when the letter is read again.

    ``parsed`` is the parser's value from the last reading: withdrawing the correction restores it. Values have the
    form that ``imr_archive.history.correctable`` defines. The field ``item`` is a whole item: added by a person where
    ``parsed`` is null, removed where ``value`` is.
    """

    WITHOUT_PLACE = 0

    determination = models.ForeignKey("Determination", on_delete=models.CASCADE, related_name="corrections")
    item = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="The item's position; empty: of the determination; 0: the letter says nothing any more to correct.",
    )
    field = models.CharField(max_length=40)
    value = StrictJSONField(null=True, blank=True)
    parsed = StrictJSONField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was made, in words that everybody may read.")
    made_by = models.CharField(max_length=150, help_text="The account that made it.")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["determination", "item", "field", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["determination", "field"], condition=Q(item=None), name="correction_of_a_determination_once"
            ),
            models.UniqueConstraint(
                fields=["determination", "item", "field"], condition=Q(item__gt=0), name="correction_of_an_item_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} of item {self.item}" if self.item else self.field
