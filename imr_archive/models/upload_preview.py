"""Previews of uploads: the files that wait to be read, and the letters that were read and are not public yet."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from imr_archive.models.constraints import one_of
from imr_archive.models.ingest_run import NAME_LENGTH
from imr_archive.vocabulary import PreviewStatus, PreviewVerdict


class UploadPreview(models.Model):
    """One upload: its files are stored first, then read and compared with the archive, and published by a person.

    Nothing of a preview is public. ``bytes_read`` of ``bytes_total`` says how far reading is. Previews that nobody has
    touched for ``PREVIEW_DAYS`` days are removed.
    """

    uploaded_by = models.CharField(max_length=150, help_text="The account that uploaded it.")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(default=timezone.now, help_text="When somebody last did something with it.")
    status = models.CharField(max_length=10, choices=PreviewStatus.choices(), default=PreviewStatus.WAITING)
    failure = models.TextField(blank=True, help_text="Why it could not be read.")
    parser_version = models.CharField(max_length=20, blank=True)
    process = models.CharField(max_length=120, blank=True, help_text="The process that reads it, while one does.")
    bytes_total = models.PositiveBigIntegerField(default=0)
    bytes_read = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            one_of("status", PreviewStatus, name="preview_status_is_known"),
            models.CheckConstraint(
                condition=Q(status=PreviewStatus.FAILED, failure__gt="")
                | (~Q(status=PreviewStatus.FAILED) & Q(failure="")),
                name="preview_failed_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"Upload {self.pk}"


class PreviewFile(models.Model):
    """A file of an upload as it was sent; its bytes are removed once its letters are read."""

    preview = models.ForeignKey(UploadPreview, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=NAME_LENGTH, help_text="The file's name as sent.")
    size = models.PositiveBigIntegerField("size in bytes")
    content = models.FileField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class PreviewedLetter(models.Model):
    """A letter of an upload: its bytes, what was read of it, and what publishing it would do.

    ``reading`` is the parser's reading as compressed JSON (``imr_archive.ingest.previews.readings``), empty if the file
    can't be read. ``changes`` lists the values that an update would change, each with its field, item, before and
    after. ``run`` publishes it; the bytes are then with the source letter, and no more here.
    """

    preview = models.ForeignKey(UploadPreview, on_delete=models.CASCADE, db_index=False, related_name="letters")
    name = models.CharField(max_length=NAME_LENGTH, help_text="The file as runs name it, its archive included.")
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    size = models.PositiveBigIntegerField("size in bytes", default=0)
    verdict = models.CharField(max_length=12, choices=PreviewVerdict.choices())
    code = models.CharField(max_length=40, blank=True)
    reason = models.TextField()
    case_number = models.CharField(max_length=20, blank=True)
    changes = models.JSONField(default=list, blank=True)
    turns_outcome = models.BooleanField(default=False, help_text="An outcome that is public would change.")
    can_be_published = models.BooleanField(default=False, help_text="Publishing it would change something.")
    is_recommended = models.BooleanField(default=False, help_text="It is ticked unless somebody decides otherwise.")
    doubts = models.PositiveSmallIntegerField(default=0, help_text="How many warnings the parser has about it.")
    note = models.TextField(blank=True, help_text="Why it was not published although it was ticked.")
    run = models.ForeignKey("IngestRun", on_delete=models.SET_NULL, null=True, blank=True, related_name="previewed")
    reading = models.BinaryField(blank=True)
    content = models.BinaryField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["preview", "name"], name="previewed_letter_name_once"),
            one_of("verdict", PreviewVerdict, name="previewed_letter_verdict_is_known"),
        ]
        indexes = [
            models.Index(fields=["preview", "verdict", "id"], name="previewed_letter_verdict"),
            models.Index(fields=["sha256"], name="previewed_letter_bytes"),
            models.Index(fields=["case_number"], name="previewed_letter_case"),
        ]

    def __str__(self) -> str:
        return self.name
