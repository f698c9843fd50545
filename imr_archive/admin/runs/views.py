"""A run in the administration: its progress, its undoing, and the publication that is resumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from imr_archive.admin.own_uploads import BY_ACCOUNT, visible_runs
from imr_archive.admin.runs.pages import may_undo, run_is_working, run_progress, undo_page
from imr_archive.admin.uploading.tasks import publish_letters, undo_run
from imr_archive.ingest.previews.publishing import publication_can_resume, publication_resume
from imr_archive.ingest.runs.runs import run_start
from imr_archive.ingest.runs.undo import CannotUndo, run_to_undo
from imr_archive.models import IngestRun

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite
    from django.http import HttpRequest


@require_safe
def progress_view(request: HttpRequest, key: int, site: AdminSite) -> HttpResponse:
    """Show how far a run is, as a part of its page; have the page reloaded once the run has ended."""
    run = _visible(request, key)
    if not run_is_working(run):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "admin/runs/_progress.html", {"progress": run_progress(run)})


def undo_view(request: HttpRequest, key: int, site: AdminSite) -> HttpResponse:
    """Show what undoing a run would do, and undo it."""
    run = _visible(request, key)
    if not may_undo(request, run):
        raise PermissionDenied
    try:
        run_to_undo(run.pk)
    except CannotUndo as error:
        messages.error(request, str(error))
        return _to(run)
    if request.method == "POST":
        arguments = {"undo": run.pk, BY_ACCOUNT: True}
        undoing = run_start(arguments=arguments, started_by=request.user.get_username(), is_waiting=True)
        undo_run.enqueue(undoing.pk)
        return _to(undoing)
    context = {**site.each_context(request), "title": f"Undo run {run.pk}", "page": undo_page(run)}
    return TemplateResponse(request, "admin/runs/undo.html", context)


@require_POST
def resume_view(request: HttpRequest, key: int, site: AdminSite) -> HttpResponse:
    """Resume a run that publishes letters of a preview and was interrupted."""
    run = _visible(request, key)
    if publication_can_resume(run):
        publication_resume(run)
        publish_letters.enqueue(run.pk)
    return _to(run)


def _to(run: IngestRun) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:imr_archive_ingestrun_change", args=[run.pk]))


def _visible(request: HttpRequest, key: int) -> IngestRun:
    if not request.user.has_perm("imr_archive.view_ingestrun"):
        raise PermissionDenied
    return get_object_or_404(visible_runs(request, IngestRun.objects.all()), pk=key)
