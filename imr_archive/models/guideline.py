"""Guidelines that letters cite."""

from django.db import models

from imr_archive.models.constraints import one_of
from imr_archive.vocabulary import GuidelineSource


class Guideline(models.Model):
    """A canonical guideline, loaded from the parser's tables.

    Each source with citations outside our tables has one more entry, ``<source>-unlisted``, so that "stated, but not in
    our tables" is a separate value. The printed title is stored with the citation.
    """

    slug = models.SlugField(max_length=120, unique=True)
    source = models.CharField(max_length=20, choices=GuidelineSource.choices())
    title = models.CharField(max_length=200)
    label = models.CharField(max_length=120, help_text="The short form that lists and facets show.")
    chapter_number = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["source", "title", "pk"]
        constraints = [one_of("source", GuidelineSource, name="guideline_source_is_known")]

    def __str__(self) -> str:
        return self.label
