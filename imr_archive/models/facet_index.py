"""The stored facet index: derived from the other tables, versioned, read by ``imr_archive.search.facets``."""

from django.db import models


class FacetIndex(models.Model):
    """One version of the facet index. The newest is in use; the one before stays for readers that still load it."""

    built_at = models.DateTimeField(auto_now_add=True)
    covers = models.BigIntegerField(help_text="The last change that it has taken in.")
    determinations = models.PositiveIntegerField()
    items = models.PositiveIntegerField()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "facet indexes"

    def __str__(self) -> str:
        return f"Facet index {self.pk} of {self.items} items"


class FacetIndexPart(models.Model):
    """One part of a version: the order of the items, or the values of one dimension, as bytes."""

    index = models.ForeignKey(FacetIndex, on_delete=models.CASCADE, db_index=False, related_name="parts")
    name = models.CharField(max_length=200)
    payload = models.BinaryField()
    sha256 = models.CharField(max_length=64, blank=True, db_default="", help_text="Checksum of the payload.")

    class Meta:
        ordering = ["index", "name"]
        constraints = [models.UniqueConstraint(fields=["index", "name"], name="facet_index_part_once")]

    def __str__(self) -> str:
        return f"{self.name} of facet index {self.index_id}"


class IndexChange(models.Model):
    """A determination that was written or deleted since the facet index was built. Database triggers add the rows.

    Each determination has one row, with the number of its last change. Determination 0 stands for a change to the
    names of treatments, guidelines or body parts.
    """

    NAMES = 0

    determination = models.BigIntegerField(unique=True, help_text="Its key; it may be deleted.")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Change {self.pk} of determination {self.determination}"
