"""The addresses of the API."""

from django.urls import path

from imr_archive.web.api import views

app_name = "api"
urlpatterns = [
    path("items/", views.items, name="items"),
    path("facets/", views.facets, name="facets"),
    path("suggestions/", views.suggested, name="suggestions"),
]
