"""The audit of the administration: who did what when, with filters, in pages and as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from imr_archive.admin.audit.entries import all_entries, entries
from imr_archive.admin.audit.question import BEFORE_VAR, AuditQuestion
from imr_archive.spreadsheets import safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from django.http import HttpRequest, HttpResponse

    from imr_archive.admin.audit.entries import AuditEntry
    from imr_archive.admin.audit.question import AuditForm

# Who may read the sign-ins may read everything else that the audit shows.
MAY_AUDIT = "imr_archive.view_loginevent"
ENTRIES_ON_PAGE = 50
_HEADER = ("when", "who", "what", "case", "field", "old", "new", "reason")


@dataclass(frozen=True)
class AuditPage:
    """A page of the audit; the addresses are empty where there is nothing to lead to."""

    form: AuditForm
    entries: Sequence[AuditEntry]
    csv_url: str
    first_url: str
    older_url: str


@require_safe
def audit_view(request: HttpRequest, context: Mapping[str, Any]) -> HttpResponse:
    """Show the entries that a question asks for, the newest first."""
    _refuse_others(request)
    question = AuditQuestion.read(request.GET)
    found = entries(question, limit=ENTRIES_ON_PAGE + 1)
    shown = found[:ENTRIES_ON_PAGE]
    query = request.GET.copy()
    query.pop(BEFORE_VAR, None)
    asked = query.urlencode()
    older = query.copy()
    older[BEFORE_VAR] = str(shown[-1].cursor) if shown else ""
    page = AuditPage(
        form=question.form,
        entries=shown,
        csv_url=f"{reverse('admin:audit_csv')}?{asked}",
        first_url=f"?{asked}" if question.before else "",
        older_url=f"?{older.urlencode()}" if len(found) > len(shown) else "",
    )
    return TemplateResponse(request, "admin/audit.html", {**context, "title": "Audit", "page": page})


@require_safe
def audit_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Stream all entries that a question asks for, a line for each changed value."""
    _refuse_others(request)
    question = replace(AuditQuestion.read(request.GET), before=None)
    found = all_entries(question, after=lambda cursor: replace(question, before=cursor))
    name = f"imr-audit-{timezone.localdate():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(_csv_lines(found), content_type="text/csv; charset=utf-8", headers=headers)


def _refuse_others(request: HttpRequest) -> None:
    if not request.user.has_perm(MAY_AUDIT):
        raise PermissionDenied


def _csv_lines(found: Iterable[AuditEntry]) -> Iterator[str]:
    yield "\ufeff" + _line(_HEADER)  # without the byte order mark, spreadsheets assume another encoding
    for entry in found:
        for change in entry.changes or (("", "", ""),):
            yield _line((entry.at.isoformat(), entry.who, entry.what, entry.case, *change, entry.reason))


def _line(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(map(safe_cell, cells))
    return written.getvalue()
