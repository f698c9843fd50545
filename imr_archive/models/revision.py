"""Revisions: every change of what the archive says of a case, append-only."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from imr_archive.models.constraints import one_of
from imr_archive.vocabulary import RevisionKind


class Revision(models.Model):
    """One change of one determination: who, when, in which run, why, and what it said before.

    ``before`` is what the change replaced, as compressed JSON (``imr_archive.history.states``); null if there was
    nothing. What the change left is not stored again: it is the ``before`` of the determination's next revision, or
    what its rows say now, and ``after_sha256`` is the hash of that record (``imr_archive.letters.hashes``; empty if
    none is left). ``changes`` lists the values that differ, so that lists of changes decode nothing. A revision without
    a determination changed what is read of a source letter and nothing that is public.

    Rows are only added. Triggers of the database refuse every deletion, and every update but the one that erases
    ``before`` (and ``changes``, if wanted), sets ``is_erased`` and leaves the rest alone
    (``imr_archive.history.revisions``). So the keys here are plain numbers to the database: a row keeps the key of a
    determination, letter or run that is deleted, and a determination that an undo brings back finds its history.
    """

    determination = models.ForeignKey(
        "Determination",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        blank=True,
        related_name="history",
    )
    reference = models.CharField(max_length=20, blank=True, help_text="The case number at the time, or the number.")
    letter = models.ForeignKey(
        "SourceLetter",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        blank=True,
        related_name="history",
        help_text="The source letter that the change comes from.",
    )
    run = models.ForeignKey(
        "IngestRun",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        blank=True,
        related_name="history",
    )
    kind = models.CharField(max_length=20, choices=RevisionKind.choices())
    made_by = models.CharField(max_length=150, help_text="The account that made it.")
    made_at = models.DateTimeField(default=timezone.now)
    reason = models.TextField(blank=True)
    undoes = models.ForeignKey(
        "self",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        blank=True,
        related_name="+",
        help_text="The revision that it takes back.",
    )
    before = models.BinaryField(null=True, blank=True)
    after_sha256 = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the record that it left.")
    changes = models.JSONField(default=list, blank=True, help_text="Values that differ: field, item, before, after.")
    is_erased = models.BooleanField(default=False, help_text="What was before is not kept any more.")

    class Meta:
        ordering = ["pk"]
        constraints = [one_of("kind", RevisionKind, name="revision_kind_is_known")]
        indexes = [
            models.Index(fields=["determination", "id"], name="revision_of_determination"),
            models.Index(fields=["run", "id"], name="revision_of_run"),
            models.Index(fields=["letter", "id"], name="revision_of_letter"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.reference or 'a file'}"
