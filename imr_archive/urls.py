"""Every address of the archive."""

from django.contrib import admin
from django.urls import include, path

handler500 = "imr_archive.web.pages.errors.server_error"
urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("imr_archive.web.api.urls")),
    path("", include("imr_archive.web.urls")),
]
