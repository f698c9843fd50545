"""Guideline mentions: guidelines that a rationale names without citing them."""

from django.db import models
from django.db.models import Q


class GuidelineMention(models.Model):
    """A guideline that an item's rationale mentions. It is not a citation: the letter does not base the decision on it.

    Searches by guideline read only the covering index, which does not contain the printed words.
    """

    item = models.ForeignKey("DisputedItem", on_delete=models.CASCADE, db_index=False, related_name="mentions")
    guideline = models.ForeignKey("Guideline", on_delete=models.PROTECT, db_index=False, related_name="mentions")
    position = models.PositiveSmallIntegerField(help_text="Its place among the mentions of its rationale, from 1.")
    text = models.TextField("printed text")

    class Meta:
        ordering = ["item", "position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "position"], name="mention_position_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="mention_position_from_1"),
        ]
        indexes = [models.Index(fields=["guideline", "item"], name="mention_covering")]

    def __str__(self) -> str:
        return self.text
