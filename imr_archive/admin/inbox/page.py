"""The first page of the administration: work to do, and a place to drop letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.admin.body_limit import MAY_UPLOAD
from imr_archive.admin.inbox.work import work_to_do
from imr_archive.admin.uploading.forms import UploadForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from imr_archive.admin.inbox.work import Work


@dataclass(frozen=True)
class InboxPage:
    """The kinds of work, and the form that takes uploads, if the account may upload."""

    work: Sequence[Work]
    form: UploadForm | None


def inbox_page(request: HttpRequest) -> InboxPage:
    """Make the page for an account."""
    form = UploadForm() if request.user.has_perm(MAY_UPLOAD) else None
    return InboxPage(work_to_do(request), form)
