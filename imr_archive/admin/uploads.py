"""The upload of letters: the form, and the run that ingests what it received."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings

from imr_archive.ingest.report import IngestReport
from imr_archive.ingest.runner import ingest_sources
from imr_archive.ingest.sources import Source, printable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from django.core.files.uploadedfile import UploadedFile

# Uploads are parsed apart from the server: PDFium is not safe in its threads, and a hostile file costs a process.
PROCESSES = 1


class SeveralFilesInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """The files that were chosen, as a list; empty ones included, which are told apart later."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Check each file."""
        chosen = data if isinstance(data, list | tuple) else [data]
        if not chosen:
            chosen = [None]
        return [super(SeveralFilesField, self).clean(file, initial) for file in chosen]


class UploadForm(forms.Form):
    """Letters, none larger than ``UPLOAD_MAX_MEGABYTES``."""

    letters = SeveralFilesField(
        allow_empty_file=True,
        error_messages={"required": "Choose at least one letter."},
        widget=SeveralFilesInput(
            attrs={"accept": ".pdf,.txt,application/pdf,text/plain", "aria-describedby": "id_letters_helptext"}
        ),
    )

    def clean_letters(self) -> list[UploadedFile]:
        """Refuse files that are too large, by name."""
        limit = settings.UPLOAD_MAX_MEGABYTES
        files: list[UploadedFile] = self.cleaned_data["letters"]
        too_large = [file for file in files if (file.size or 0) > limit * 1024 * 1024]
        if too_large:
            raise forms.ValidationError(
                [f"{file.name} is larger than {limit} MB, the limit for one letter." for file in too_large]
            )
        return files


def ingest_uploads(files: Sequence[UploadedFile]) -> IngestReport:
    """Ingest uploaded files by the same code as ``manage.py ingest``, and report what became of each."""
    results = ingest_sources(map(_source, files), processes=PROCESSES)
    return IngestReport(list(results))


def _source(file: UploadedFile) -> Source:
    return Source(printable(file.name or "upload"), lambda: cast("BinaryIO", file.open("rb")))
