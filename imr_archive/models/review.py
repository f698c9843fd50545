"""Reviews: a person has compared a determination with its letter and accepted what it says."""

from __future__ import annotations

from django.db import models


class Review(models.Model):
    """The last acceptance of a determination by a person.

    It holds for the record whose hash it keeps (``imr_archive.letters.hashes``). A determination that says something
    else since, because it was read again or corrected, is to be reviewed again.
    """

    determination = models.OneToOneField("Determination", on_delete=models.CASCADE, related_name="review")
    record_sha256 = models.CharField(max_length=64, help_text="SHA-256 of the record that was accepted.")
    reviewed_by = models.CharField(max_length=150, help_text="The account that accepted it.")
    reviewed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-reviewed_at", "-pk"]

    def __str__(self) -> str:
        return f"Review of {self.determination}"
