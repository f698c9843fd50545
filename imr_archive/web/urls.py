"""The addresses of the browsing pages."""

from django.urls import path

from imr_archive.web import health, views
from imr_archive.web.determinations import downloads
from imr_archive.web.exports import streams as exports

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("help/", views.help_page, name="help"),
    path("determinations/", views.determination_list, name="list"),
    path("disputed-items.csv", exports.as_csv, name="csv"),
    path("disputed-items.ndjson", exports.as_ndjson, name="ndjson"),
    path("facets/<slug:name>/", views.facet_values, name="facet"),
    path("determinations/<str:reference>/", views.determination_detail, name="determination"),
    path("determinations/<str:reference>/original/", downloads.original, name="original"),
    path("determinations/<str:reference>/source.txt", downloads.source_text, name="source"),
    path("determinations/<str:reference>/letters/<int:letter>/original/", downloads.original, name="version-original"),
    path(
        "determinations/<str:reference>/letters/<int:letter>/source.txt", downloads.source_text, name="version-source"
    ),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", health.robots, name="robots"),
]
