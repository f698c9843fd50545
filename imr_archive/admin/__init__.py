"""The back office: what the archive holds, row by row, and the upload of letters. What letters say is read-only."""

from django.contrib import admin

from imr_archive.admin import canonical, determinations, items, reviewers, runs, satellites, source_letters

__all__ = ["canonical", "determinations", "items", "reviewers", "runs", "satellites", "source_letters"]

admin.site.site_header = "IMR archive: administration"
admin.site.site_title = "IMR archive"
admin.site.index_title = "What the archive holds"
