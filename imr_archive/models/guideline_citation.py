"""Guideline citations: what one side relied on for one item."""

from django.db import models

from imr_archive.models.constraints import one_of
from imr_archive.models.fields import StrictJSONField
from imr_archive.vocabulary import CitedBy


class GuidelineCitation(models.Model):
    """One guideline, and section of it, that one side cited for one item.

    Facets read only the index on guidelines, which does not contain the printed text.
    """

    item = models.ForeignKey("DisputedItem", on_delete=models.CASCADE, db_index=False, related_name="citations")
    cited_by = models.CharField(max_length=20, choices=CitedBy.choices())
    position = models.PositiveSmallIntegerField(help_text="Its place among the citations of its side, from 1.")
    guideline = models.ForeignKey("Guideline", on_delete=models.PROTECT, db_index=False, related_name="citations")
    title = models.TextField(help_text="The canonical title, or the title or address as printed.")
    section = models.TextField(blank=True)
    year = models.PositiveSmallIntegerField("edition year", null=True, blank=True)
    pages = models.CharField(max_length=200, blank=True)
    tables = StrictJSONField(default=list, blank=True)
    text = models.TextField("printed text")

    class Meta:
        ordering = ["item", "cited_by", "position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "cited_by", "position"], name="citation_position_once"),
            one_of("cited_by", CitedBy, name="citation_side_is_known"),
        ]
        indexes = [models.Index(fields=["guideline", "cited_by", "item"], name="citation_guideline")]

    def __str__(self) -> str:
        return f"{self.title}, {self.section}" if self.section else self.title
