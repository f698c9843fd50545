"""The back office: what the archive holds, row by row, the upload of letters, and corrections of what was read."""

from django.contrib import admin

from imr_archive.admin import (
    canonical,
    corrections,
    dependent_rows,
    determinations,
    items,
    reviewers,
    runs,
    source_letters,
)

__all__ = [
    "canonical",
    "corrections",
    "dependent_rows",
    "determinations",
    "items",
    "reviewers",
    "runs",
    "source_letters",
]

admin.site.site_header = "IMR archive: administration"
admin.site.site_title = "IMR archive"
admin.site.index_title = "What the archive holds"
