"""Uploaded files are received where they stay, so that storing one is a rename whatever its size."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler


class UploadRootFile(TemporaryUploadedFile):
    """A file that is received in the folder of uploads, instead of the system's temporary one, which may be small."""

    def __init__(self, name: str, content_type: str | None, charset: str | None, extra: Any) -> None:
        folder = Path(settings.MEDIA_ROOT)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = tempfile.NamedTemporaryFile(suffix=".upload", dir=folder)  # noqa: SIM115 - closed with the request
        UploadedFile.__init__(self, file, name, content_type, 0, charset, extra)


class UploadRootHandler(TemporaryFileUploadHandler):
    """Django's handler of large files, for files of every size: many small ones would fill the memory."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.file = UploadRootFile(self.file_name or "upload", self.content_type, self.charset, self.content_type_extra)
