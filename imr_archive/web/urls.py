"""The addresses of the public pages."""

from django.urls import path, re_path

from imr_archive.web.catalogue import views as catalogue
from imr_archive.web.changes import views as changes
from imr_archive.web.comparables import views as comparables
from imr_archive.web.determinations import views as determinations
from imr_archive.web.determinations.page_images import page_image_view
from imr_archive.web.exports import views as exports
from imr_archive.web.outcomes import views as outcomes
from imr_archive.web.pages import sitemap
from imr_archive.web.pages import views as pages
from imr_archive.web.phrases import views as phrases
from imr_archive.web.results import views as results
from imr_archive.web.suggestions import views as suggestions
from imr_archive.web.tray import views as tray

app_name = "web"
_DETERMINATION = "determinations/<str:reference>/"
_LETTER = f"{_DETERMINATION}letters/<int:letter>/"
_FORM = f"(?P<form>{'|'.join(exports.CONTENT_TYPES)})"
# A value of a facet: one to three steps.
_VALUE = r"(?P<value>[\w-]{1,200}(?:/[\w-]{1,200}){0,2})"
urlpatterns = [
    path("", pages.home, name="home"),
    path("help/", pages.show_help, name="help"),
    path("robots.txt", pages.robots, name="robots"),
    path("sitemap.xml", sitemap.sitemap_index, name="sitemap"),
    path("sitemap-pages.xml", sitemap.sitemap_pages, name="sitemap-pages"),
    path("sitemap-<int:part>.xml", sitemap.sitemap_part, name="sitemap-part"),
    path("determinations/", results.determination_list, name="list"),
    path("determinations/feed/", changes.question_feed, name="feed"),
    path("new/", changes.new, name="new"),
    path("new/<str:day>/", changes.new_day, name="new-day"),
    path("corrections/", changes.corrections, name="corrections"),
    path("corrections/feed/", changes.corrections_feed, name="corrections-feed"),
    path("outcomes/", outcomes.outcomes, name="outcomes"),
    path("outcomes.csv", outcomes.outcomes_csv, name="outcomes-csv"),
    path("outcomes.svg", outcomes.outcomes_svg, name="outcomes-svg"),
    path("outcomes/compare/", outcomes.compare_outcomes, name="compare-outcomes"),
    path("treatments/", catalogue.treatments, name="treatments"),
    # Before the address of a treatment, whose value may end in any word.
    path("treatments/<path:treatment>/phrases/", phrases.phrases, name="phrases"),
    re_path(rf"^treatments/{_VALUE}/$", catalogue.treatment, name="treatment"),
    path("guidelines/", catalogue.guidelines, name="guidelines"),
    re_path(rf"^guidelines/{_VALUE}/$", catalogue.guideline, name="guideline"),
    path("specialties/", catalogue.specialties, name="specialties"),
    path("comparable/<str:reference>/", comparables.comparables, name="comparables"),
    path("compare/", comparables.compare, name="compare"),
    path("tray/", tray.tray, name="tray"),
    path("tray/items/", tray.tray_list, name="tray-items"),
    path("tray/export/", tray.tray_export, name="tray-export"),
    path("suggest/", suggestions.suggest, name="suggest"),
    path("facets/<slug:name>/", results.facet_values, name="facet"),
    path("about/", pages.about, name="about"),
    path("data/", pages.data, name="data"),
    re_path(rf"^disputed-items\.{_FORM}$", exports.items, name="items-download"),
    re_path(rf"^determinations\.{_FORM}$", exports.determinations, name="determinations-download"),
    path(_DETERMINATION, determinations.detail, name="determination"),
    path(f"{_DETERMINATION}original/", determinations.original, name="original"),
    path(f"{_DETERMINATION}source.txt", determinations.source_text, name="source"),
    path(f"{_DETERMINATION}pages/<int:number>.png", page_image_view, name="page-image"),
    path(f"{_DETERMINATION}cite.<slug:form>", determinations.cite, name="cite"),
    path(f"{_LETTER}original/", determinations.original, name="version-original"),
    path(f"{_LETTER}source.txt", determinations.source_text, name="version-source"),
]
