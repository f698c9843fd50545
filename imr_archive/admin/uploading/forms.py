"""The form of an upload, and what is wrong with one that cannot be read at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from imr_archive.admin.body_limit import body_read_over
from imr_archive.ingest.sources.archives import CONTAINER_ENDINGS, LETTER_ENDINGS

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest

ACCEPTED = ",".join(ending for ending in (*LETTER_ENDINGS, *CONTAINER_ENDINGS) if ending)


class SeveralFilesInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """The files that were chosen, as a list; empty ones included, which the preview tells apart."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Check each file."""
        chosen = data if isinstance(data, list | tuple) else [data]
        return [super(SeveralFilesField, self).clean(file, initial) for file in chosen or [None]]


class UploadForm(forms.Form):
    """Letters and archives of letters, at most ``UPLOAD_MAX_FILES`` of them; ``problem`` is that of the whole body."""

    problem = ""
    most_files = settings.UPLOAD_MAX_FILES
    megabytes = settings.UPLOAD_MAX_MEGABYTES
    letters = SeveralFilesField(
        allow_empty_file=True,
        max_length=255,
        error_messages={"required": "Choose at least one file."},
        widget=SeveralFilesInput(attrs={"accept": ACCEPTED, "aria-describedby": "id_letters_helptext"}),
    )

    def clean_letters(self) -> list[UploadedFile]:
        """Refuse more files than may come at once."""
        files: list[UploadedFile] = self.cleaned_data["letters"]
        if len(files) > settings.UPLOAD_MAX_FILES:
            raise forms.ValidationError(too_many_files())
        return files


def too_many_files() -> str:
    """Say how many files may come at once, and what to do with more."""
    return (
        f"At most {settings.UPLOAD_MAX_FILES:,} files can be uploaded at once. Put them into one .zip archive instead."
    )


def upload_problem(request: HttpRequest) -> str:
    """Read the body of an upload, and return what is wrong with it as a whole, or nothing."""
    try:
        bool(request.POST)
    except TooManyFilesSent:
        body_read_over(request)
        return too_many_files()
    except (RequestDataTooBig, MultiPartParserError):
        return "The upload could not be read. Please choose the files again."
    except (UnreadablePostError, OSError):
        return "The upload was cut off before it was complete. Please try again."
    return ""
