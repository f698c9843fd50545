"""Revisions: the append-only history of all changes to determinations."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from imr_archive.models.constraints import one_of
from imr_archive.models.fields import StrictJSONField
from imr_archive.vocabulary import RevisionKind

# The kinds that lists of corrections and withdrawals ask for.
BY_PEOPLE = (
    RevisionKind.CORRECTION.value,
    RevisionKind.CORRECTION_WITHDRAWN.value,
    RevisionKind.WITHDRAWAL.value,
)


class Revision(models.Model):
    """One change of one determination: who made it, when, in which run, why, and the state before it.

    ``before`` is the state before the change, as compressed JSON (``imr_archive.history.states``); null if there was
    none. The state after the change is not stored here, because it is the ``before`` of the determination's next
    revision, or its current rows. ``after_sha256`` is the hash of the record after the change
    (``imr_archive.letters.hashes``; empty if no record remains). ``changes`` lists the values that differ, so that
    lists of changes need not decode ``before``. A revision without a determination changed a source letter only, and
    nothing public.

    Rows are append-only. Database triggers reject every deletion, and every update except one that erases ``before``
    (and ``changes``, if wanted) and sets ``is_erased`` (``imr_archive.history.revisions``). The foreign keys have no
    database constraint: a row keeps the key of a deleted determination, letter or run, and a determination that an undo
    restores gets its history back.
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
    changes = StrictJSONField(default=list, blank=True, help_text="Values that differ: field, item, before, after.")
    is_erased = models.BooleanField(default=False, help_text="What was before is not kept any more.")

    class Meta:
        ordering = ["pk"]
        constraints = [one_of("kind", RevisionKind, name="revision_kind_is_known")]
        indexes = [
            models.Index(fields=["determination", "id"], name="revision_of_determination"),
            models.Index(fields=["run", "id"], name="revision_of_run"),
            models.Index(fields=["letter", "id"], name="revision_of_letter"),
            models.Index(fields=["made_at", "id"], name="revision_newest"),
            # What people did, among millions of revisions of runs.
            models.Index(fields=["kind", "made_at", "id"], condition=Q(kind__in=BY_PEOPLE), name="revision_by_people"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.reference or 'a file'}"
