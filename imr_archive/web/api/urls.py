"""The addresses of the API."""

from django.urls import path, re_path

from imr_archive.web.api import outcomes, views
from imr_archive.web.api.comparables import comparables

app_name = "api"
urlpatterns = [
    path("v1/items/", views.items, name="items"),
    path("v1/determinations/", views.determinations, name="determinations"),
    path("v1/facets/", views.facets, name="facets"),
    path("v1/outcomes/", outcomes.outcomes, name="outcomes"),
    path("v1/suggestions/", views.suggested, name="suggestions"),
    path("v1/comparables/", comparables, name="comparables"),
    path("v1/versions/", views.versions, name="versions"),
    path("v1/openapi.json", views.openapi, name="openapi"),
    path("v1/", views.unknown, name="root"),
    path("items/", views.former),
    path("facets/", views.former),
    path("suggestions/", views.former),
    re_path(r"^.*$", views.unknown),
]
