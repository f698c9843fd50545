"""Every address of the archive."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("imr_archive.web.api.urls")),
    path("", include("imr_archive.web.urls")),
]
