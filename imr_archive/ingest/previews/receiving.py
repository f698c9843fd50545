"""An upload is stored as it was sent, before anything of it is read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction

from imr_archive.ingest.previews.removing import files_remove
from imr_archive.ingest.sources.files import printable, short
from imr_archive.models import PreviewFile, UploadPreview

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files import File


def upload_receive(files: Sequence[File[bytes]], *, uploaded_by: str) -> UploadPreview:
    """Store the files of an upload, and return its preview, which waits to be read."""
    names = _labels([printable(file.name or "upload") for file in files])
    preview = UploadPreview.objects.create(
        uploaded_by=uploaded_by[:150], bytes_total=sum(file.size or 0 for file in files)
    )
    try:
        with transaction.atomic():
            for name, file in zip(names, files, strict=True):
                row = PreviewFile(preview=preview, name=name, size=file.size or 0)
                # The name on disk says nothing of the letter, and can lead nowhere.
                row.content.save(uuid4().hex, file, save=True)
    except BaseException:
        files_remove(preview)
        preview.delete()
        raise
    return preview


def _labels(names: Sequence[str]) -> list[str]:
    """Return names by which a run can tell files apart that were uploaded under one name."""
    times: Counter[str] = Counter()
    told: list[str] = []
    for name in names:
        times[name] += 1
        told.append(short(name if times[name] == 1 else f"{times[name]}/{name}"))
    return told
