"""Reviewer profiles: board certifications and licence states, without any name."""

from django.db import models

from imr_archive.models.fields import StrictJSONField


class Reviewer(models.Model):
    """One distinct profile of certifications, subspecialties and licence states, in the order printed.

    The names of reviewers are confidential by law. Two physicians with the same profile share one row.
    """

    fingerprint = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the profile.")
    certifications = StrictJSONField(default=list, blank=True)
    subspecialties = StrictJSONField(default=list, blank=True)
    states = StrictJSONField(default=list, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = "reviewer profile"

    def __str__(self) -> str:
        boards = ", ".join(self.certifications) or "no board stated"
        return f"{boards} · {', '.join(self.states) or 'no licence state stated'}"


class ReviewerSpecialty(models.Model):
    """One board or subspecialty of a profile, as facets count it."""

    reviewer = models.ForeignKey(Reviewer, on_delete=models.CASCADE, db_index=False, related_name="specialties")
    slug = models.SlugField(max_length=120, db_index=False)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["reviewer", "pk"]
        verbose_name_plural = "reviewer specialties"
        constraints = [
            models.UniqueConstraint(fields=["reviewer", "slug"], name="reviewer_specialty_once"),
        ]
        indexes = [models.Index(fields=["slug", "reviewer"], name="reviewer_specialty_slug")]

    def __str__(self) -> str:
        return self.name


class ReviewerLicence(models.Model):
    """One licence state of a profile, as facets count it."""

    reviewer = models.ForeignKey(Reviewer, on_delete=models.CASCADE, db_index=False, related_name="licences")
    slug = models.SlugField(max_length=60, db_index=False)
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["reviewer", "pk"]
        constraints = [models.UniqueConstraint(fields=["reviewer", "slug"], name="reviewer_licence_once")]
        indexes = [models.Index(fields=["slug", "reviewer"], name="reviewer_licence_slug")]

    def __str__(self) -> str:
        return self.name
