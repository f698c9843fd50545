"""Treatments in three levels: category, subcategory, service."""

from django.db import models


class Treatment(models.Model):
    """A canonical treatment, loaded from the parser's tables.

    ``slug`` is the full path, such as ``pharmaceuticals/opioid/tramadol``. ``category`` is its first step and
    ``subcategory`` its first two (empty for a category), so that facets can group by them.
    """

    slug = models.CharField(max_length=160, unique=True)
    name = models.CharField(max_length=120)
    level = models.PositiveSmallIntegerField()
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    category = models.CharField(max_length=60, db_index=True)
    subcategory = models.CharField(max_length=120, blank=True, db_index=True)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(condition=models.Q(level__in=[1, 2, 3]), name="treatment_level_is_1_to_3"),
            models.CheckConstraint(
                condition=models.Q(level=1, parent=None) | models.Q(level__gt=1, parent__isnull=False),
                name="treatment_below_a_category_has_a_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name
