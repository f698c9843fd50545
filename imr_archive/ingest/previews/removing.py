"""Previews are removed: discarded by a person, or expired because nobody has touched them for long."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from imr_archive.models import IngestRun, PreviewFile, UploadPreview
from imr_archive.vocabulary import PreviewStatus, RunStatus


def files_remove(preview: UploadPreview) -> None:
    """Remove the bytes of the files of an upload; their names stay with the preview."""
    for file in preview.files.exclude(content="").order_by("pk"):
        file.content.delete(save=False)
        PreviewFile.objects.filter(pk=file.pk).update(content="")


def preview_remove(preview: UploadPreview) -> None:
    """Remove a preview with all that is kept of its letters; what was published of it stays."""
    files_remove(preview)
    preview.delete()


def previews_expire() -> int:
    """Remove the previews that nobody has touched for ``PREVIEW_DAYS`` days; return how many they were.

    Those that are being read or published stay.
    """
    limit = timezone.now() - timedelta(days=settings.PREVIEW_DAYS)
    at_work = IngestRun.objects.filter(status=RunStatus.RUNNING, previewed__isnull=False).values("previewed__preview")
    old = UploadPreview.objects.filter(touched_at__lt=limit).exclude(status=PreviewStatus.READING)
    expired = [*old.exclude(pk__in=at_work).order_by("pk")]
    for preview in expired:
        preview_remove(preview)
    return len(expired)
