"""Which runs and letters an account may see: every one, or those of its own uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from imr_archive.admin.people.roles import VIEW_EVERY_LETTER
from imr_archive.models import IngestRun, IngestRunFile, UploadPreview

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from imr_archive.models import SourceLetter


# Among the arguments of a run that somebody has started in the administration.
BY_ACCOUNT = "by_account"


def _own_uploads(request: HttpRequest) -> QuerySet[IngestRun]:
    # Commands name the account of the operating system in the same column; these arguments tell the two apart.
    own = IngestRun.objects.filter(
        Q(arguments__has_key="upload") | Q(arguments__has_key=BY_ACCOUNT), started_by=request.user.get_username()
    )
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


def visible_previews(request: HttpRequest) -> QuerySet[UploadPreview]:
    """Return the previews of uploads that the signed-in account may see."""
    previews = UploadPreview.objects.order_by("-pk")
    if request.user.has_perm(VIEW_EVERY_LETTER):
        return previews
    return previews.filter(uploaded_by=request.user.get_username())
