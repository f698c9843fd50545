"""Upload, preview, publish: each page works by reload and without scripts."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from imr_archive.admin.body_limit import MAY_UPLOAD
from imr_archive.admin.own_uploads import visible_previews
from imr_archive.admin.uploading.forms import UploadForm, upload_problem
from imr_archive.admin.uploading.handlers import UploadRootHandler
from imr_archive.admin.uploading.letters import previewed_letter_page
from imr_archive.admin.uploading.previews import is_working, preview_page, uploads_page
from imr_archive.admin.uploading.tasks import publish_letters, read_upload
from imr_archive.ingest.previews.publishing import NothingToPublish, publication_start
from imr_archive.ingest.previews.receiving import upload_receive
from imr_archive.ingest.previews.removing import preview_remove
from imr_archive.models import PreviewedLetter, UploadPreview
from imr_archive.vocabulary import PreviewStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    Context = Mapping[str, Any]


@csrf_exempt
def uploads_view(request: HttpRequest, context: Context) -> HttpResponse:
    """Show the previews and the form that takes uploads; take one.

    The token is checked once the body is known to be one that can be read: what is wrong with it is said on the page.
    """
    _refuse_others(request)
    request.upload_handlers = [UploadRootHandler(request)]
    if request.method == "POST" and (problem := upload_problem(request)):
        form = UploadForm()
        form.problem = problem
        return _uploads_response(request, context, form)
    return _uploads(request, context)


@csrf_protect
def _uploads(request: HttpRequest, context: Context) -> HttpResponse:
    form = UploadForm()
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            preview = upload_receive(form.cleaned_data["letters"], uploaded_by=request.user.get_username())
            read_upload.enqueue(preview.pk)
            return HttpResponseRedirect(reverse("admin:upload_preview", args=[preview.pk]))
    return _uploads_response(request, context, form)


def _uploads_response(request: HttpRequest, context: Context, form: UploadForm) -> HttpResponse:
    page = uploads_page(visible_previews(request), form)
    return TemplateResponse(
        request, "admin/uploading/uploads.html", {**context, "title": "Upload letters", "page": page}
    )


@require_safe
def preview_view(request: HttpRequest, context: Context, key: int) -> HttpResponse:
    """Show a preview; while it is read, HTMX asks for its progress alone."""
    preview = _preview(request, key)
    is_fragment = request.headers.get("HX-Request") == "true"
    if is_fragment and not is_working(preview):
        return HttpResponse(headers={"HX-Refresh": "true"})
    page = preview_page(preview, show=request.GET.get("show", ""), number=request.GET.get("page", "1"))
    if is_fragment:
        return render(request, "admin/uploading/_progress.html", {"page": page})
    return TemplateResponse(
        request, "admin/uploading/preview.html", {**context, "title": f"Upload of {page.names}", "page": page}
    )


@require_safe
def letter_view(request: HttpRequest, context: Context, key: int, letter: int) -> HttpResponse:
    """Show what was read of a letter of a preview, beside its text."""
    rows = PreviewedLetter.objects.defer("content").filter(preview=_preview(request, key))
    page = previewed_letter_page(get_object_or_404(rows, pk=letter))
    return TemplateResponse(
        request, "admin/uploading/letter.html", {**context, "title": page.letter.name, "page": page}
    )


@require_safe
def original_view(request: HttpRequest, context: Context, key: int, letter: int) -> FileResponse:
    """Serve the bytes as received, always as an attachment: a foreign file must not run in the browser."""
    row = get_object_or_404(
        PreviewedLetter.objects.filter(preview=_preview(request, key)).exclude(content=b""), pk=letter
    )
    name = row.name.rpartition("/")[2] or "letter"
    content = io.BytesIO(bytes(row.content))
    return FileResponse(content, as_attachment=True, filename=name, content_type="application/octet-stream")


@require_POST
def publish_view(request: HttpRequest, context: Context, key: int) -> HttpResponse:
    """Publish the ticked letters, or all that are recommended, as a run; lead to the run's page."""
    preview = _preview(request, key)
    letters = preview.letters.filter(is_recommended=True)
    if "recommended" not in request.POST:
        ticked = [int(value) for value in request.POST.getlist("letter") if value.isascii() and value.isdecimal()]
        letters = preview.letters.filter(pk__in=[key for key in ticked if key < 1 << 63])
    try:
        run = publication_start(preview, letters, started_by=request.user.get_username())
    except NothingToPublish as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("admin:upload_preview", args=[preview.pk]))
    publish_letters.enqueue(run.pk)
    return HttpResponseRedirect(reverse("admin:imr_archive_ingestrun_change", args=[run.pk]))


@require_POST
def read_again_view(request: HttpRequest, context: Context, key: int) -> HttpResponse:
    """Read an upload again whose reading has failed or was interrupted."""
    preview = _preview(request, key)
    if not is_working(preview) and preview.status != PreviewStatus.READY:
        preview.status, preview.failure, preview.touched_at = PreviewStatus.WAITING, "", timezone.now()
        preview.save()
        read_upload.enqueue(preview.pk)
    return HttpResponseRedirect(reverse("admin:upload_preview", args=[preview.pk]))


@require_POST
def discard_view(request: HttpRequest, context: Context, key: int) -> HttpResponse:
    """Remove a preview; what was published of it stays."""
    preview_remove(_preview(request, key))
    messages.success(request, "The upload was discarded. What was published of it stays.")
    return HttpResponseRedirect(reverse("admin:uploads"))


def _preview(request: HttpRequest, key: int) -> UploadPreview:
    _refuse_others(request)
    return get_object_or_404(visible_previews(request), pk=key)


def _refuse_others(request: HttpRequest) -> None:
    if not request.user.has_perm(MAY_UPLOAD):
        raise PermissionDenied
