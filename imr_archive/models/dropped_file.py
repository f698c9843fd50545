"""Dropped files: files removed from the quarantine. Their hashes are stored, so that later runs skip them."""

from __future__ import annotations

from django.db import models


class DroppedFile(models.Model):
    """A file that was quarantined and then dropped: its hash and the reason for the quarantine, without its bytes."""

    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    name = models.CharField(max_length=255, help_text="The file's name as received.")
    size = models.PositiveBigIntegerField("size in bytes")
    reason_code = models.CharField(max_length=40, help_text="Why it was quarantined.")
    reason = models.TextField()
    dropped_by = models.CharField(max_length=150, blank=True, help_text="The account that dropped it.")
    dropped_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
