"""Ingest runs: who started them, when, with which files, and the result of each file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Q

from imr_archive.models.constraints import one_of
from imr_archive.models.fields import StrictJSONField
from imr_archive.vocabulary import FileStatus, RunStatus, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME_LENGTH = 500


class IngestRun(models.Model):
    """One call of ``manage.py ingest``, one upload, or one retry of the quarantine. A resumed run stays the same run.

    ``counts`` (by file status) and ``errors`` (by code) summarize ``files``. They are exact when the run has ended, and
    lag by up to a few seconds while it works or after it was killed. ``changes`` is always exact: it counts, by field,
    the letters and values that a run of ``manage.py reparse`` changed.
    """

    arguments = StrictJSONField(default=dict, help_text="What was asked for; a resumed run does it again.")
    started_by = models.CharField(max_length=150, help_text="The account that started it.")
    parser_version = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=RunStatus.choices(), default=RunStatus.RUNNING)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(default=0, help_text="Time at work, without the pauses between resumptions.")
    process = models.CharField(max_length=120, blank=True, help_text="The process that works on it, while one does.")
    counts = StrictJSONField(default=dict, blank=True)
    errors = StrictJSONField(default=dict, blank=True)
    failure = models.TextField(blank=True, help_text="Why the run failed.")
    changes = StrictJSONField(
        default=dict, blank=True, help_text="Of how many letters it changed how many values, field by field."
    )
    forgotten_at = models.DateTimeField(
        null=True, blank=True, help_text="When what was kept to undo the run was let go of."
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            one_of("status", RunStatus, name="run_status_is_known"),
            models.CheckConstraint(
                condition=Q(status=RunStatus.RUNNING) | Q(finished_at__isnull=False), name="run_ended_has_a_time"
            ),
            models.CheckConstraint(
                condition=Q(status=RunStatus.FAILED, failure__gt="") | (~Q(status=RunStatus.FAILED) & Q(failure="")),
                name="run_failed_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"Run {self.pk}"

    @property
    def total(self) -> int:
        """The number of files that the run has completed."""
        return sum(self.counts.values())

    @property
    def rate(self) -> float:
        """Files per second of working time."""
        return self.total / self.seconds if self.seconds else 0.0

    def count_files(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Count the run's files in the database: by status, and the quarantined ones by code."""
        by_both = self.files.order_by().values_list("status", "code").annotate(Count("pk"))
        counts: dict[str, int] = {}
        errors: dict[str, int] = {}
        for status, code, number in by_both:
            counts[status] = counts.get(status, 0) + number
            if code:
                errors[code] = errors.get(code, 0) + number
        return counts, errors


class IngestRunFile(models.Model):
    """The result of one file of a run; written in the same transaction as the rows of its letter."""

    run = models.ForeignKey(IngestRun, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=NAME_LENGTH, help_text="The file as the run names it, its archive included.")
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, help_text="Empty if no bytes were had.")
    status = models.CharField(max_length=12, choices=FileStatus.choices())
    stage = models.CharField(max_length=10, choices=Stage.choices(), blank=True)
    code = models.CharField(max_length=40, blank=True)
    reason = models.TextField()
    conflicts = StrictJSONField(
        default=list, blank=True, help_text="Corrections that were kept though the letter is read otherwise now."
    )
    letter = models.ForeignKey(
        "SourceLetter", on_delete=models.SET_NULL, null=True, blank=True, related_name="run_files"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "name"], name="run_file_name_once"),
            one_of("status", FileStatus, name="run_file_status_is_known"),
            one_of("stage", Stage, name="run_file_stage_is_known", blank=True),
            models.CheckConstraint(
                condition=Q(status=FileStatus.QUARANTINED, code__gt="", stage__gt="")
                | (~Q(status=FileStatus.QUARANTINED) & Q(code="", stage="")),
                name="run_file_quarantined_has_a_code",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "sha256"], name="run_file_bytes"),
            models.Index(fields=["run", "status", "code"], name="run_file_status"),
        ]

    def __str__(self) -> str:
        return self.name
