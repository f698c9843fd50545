"""The upload of letters: the form, and the run that ingests what it received."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings

from imr_archive.ingest.pipeline.runner import ingest_sources
from imr_archive.ingest.runs.runs import run_start
from imr_archive.ingest.sources.files import Source, printable, short

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from django.core.files.uploadedfile import UploadedFile

    from imr_archive.ingest.runs.report import FileResult
    from imr_archive.models import IngestRun

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


@dataclass(frozen=True, slots=True)
class UploadReport:
    """The run that an upload was, and the results of its files."""

    run: IngestRun
    results: list[FileResult]


def ingest_uploads(files: Sequence[UploadedFile], *, started_by: str) -> UploadReport:
    """Ingest uploaded files by the same code as ``manage.py ingest``, and return the result of each."""
    names = [printable(file.name or "upload") for file in files]
    run = run_start(arguments={"upload": names}, started_by=started_by)
    results = ingest_sources(map(_source, labels(names), files), run=run, processes=PROCESSES, take_dropped=True)
    return UploadReport(run, list(results))


def labels(names: Sequence[str]) -> list[str]:
    """Return names under which a run can tell files apart that were uploaded under one name."""
    times: Counter[str] = Counter()
    told: list[str] = []
    for name in names:
        times[name] += 1
        told.append(short(name if times[name] == 1 else f"{times[name]}/{name}"))
    return told


def _source(label: str, file: UploadedFile) -> Source:
    return Source(label, lambda: cast("BinaryIO", file.open("rb")))
