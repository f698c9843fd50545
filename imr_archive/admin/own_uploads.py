"""Which runs and letters an account may see: every one, or those of its own uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from imr_archive.admin.people.roles import VIEW_EVERY_LETTER
from imr_archive.models import IngestRun, IngestRunFile

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from imr_archive.models import SourceLetter


def _own_uploads(request: HttpRequest) -> QuerySet[IngestRun]:
    # Commands name the account of the operating system in the same column; "upload" tells the two apart.
    own = IngestRun.objects.filter(started_by=request.user.get_username(), arguments__has_key="upload")
    return own.order_by()


def visible_runs(request: HttpRequest, runs: QuerySet[IngestRun]) -> QuerySet[IngestRun]:
    """Leave out the runs that the signed-in account may not see."""
    return runs if request.user.has_perm(VIEW_EVERY_LETTER) else runs.filter(pk__in=_own_uploads(request).values("pk"))


def visible_run_files(request: HttpRequest, files: QuerySet[IngestRunFile]) -> QuerySet[IngestRunFile]:
    """Leave out the files of runs that the signed-in account may not see."""
    if request.user.has_perm(VIEW_EVERY_LETTER):
        return files
    return files.filter(run__in=_own_uploads(request).values("pk"))


def visible_letters(request: HttpRequest, letters: QuerySet[SourceLetter]) -> QuerySet[SourceLetter]:
    """Leave out the letters that the signed-in account may not see."""
    if request.user.has_perm(VIEW_EVERY_LETTER):
        return letters
    uploads = IngestRunFile.objects.filter(letter=OuterRef("pk"), run__in=_own_uploads(request).values("pk"))
    return letters.filter(Exists(uploads.order_by()))
