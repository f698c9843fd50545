"""The addresses of uploads in the administration."""

from __future__ import annotations

from functools import update_wrapper
from typing import TYPE_CHECKING, Any

from django.urls import path

from imr_archive.admin.uploading import views

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.admin import AdminSite
    from django.http import HttpRequest, HttpResponseBase
    from django.urls import URLPattern


def uploading_urls(site: AdminSite) -> list[URLPattern]:
    """Return the addresses; each view gets the context of the site."""

    def of_site(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        def with_context(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
            return view(request, site.each_context(request), **arguments)

        return site.admin_view(update_wrapper(with_context, view))

    preview, letter = "uploads/<int:key>/", "uploads/<int:key>/letters/<int:letter>/"
    return [
        path("uploads/", of_site(views.uploads_view), name="uploads"),
        path(preview, of_site(views.preview_view), name="upload_preview"),
        path(f"{preview}publish/", of_site(views.publish_view), name="upload_publish"),
        path(f"{preview}read-again/", of_site(views.read_again_view), name="upload_read_again"),
        path(f"{preview}discard/", of_site(views.discard_view), name="upload_discard"),
        path(letter, of_site(views.letter_view), name="upload_letter"),
        path(f"{letter}original/", of_site(views.original_view), name="upload_original"),
    ]
