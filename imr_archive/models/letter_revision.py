"""Revisions: what letters were before a run read them again."""

from __future__ import annotations

from django.db import models


class LetterRevision(models.Model):
    """What a run changed of one letter and of its case, kept so that the run can be undone.

    ``before`` holds what differed: columns of the letter, the state and determination of each letter of the case, and
    facts of determinations by their keys (null: there was none). ``after`` is a digest of what the run left, which
    tells whether anybody has changed it since.
    """

    run = models.ForeignKey("IngestRun", on_delete=models.CASCADE, related_name="revisions")
    letter = models.ForeignKey("SourceLetter", on_delete=models.CASCADE, related_name="revisions")
    before = models.JSONField()
    after = models.CharField(max_length=64, help_text="SHA-256 of what the run left.")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["run", "letter"], name="letter_revision_once_a_run")]

    def __str__(self) -> str:
        return f"Letter {self.letter_id} before run {self.run_id}"
