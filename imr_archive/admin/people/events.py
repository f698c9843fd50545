"""Login events in the admin, read-only."""

from django.contrib import admin

from imr_archive.admin.readonly import ReadOnlyAdmin
from imr_archive.models import LoginEvent


@admin.register(LoginEvent)
class LoginEventAdmin(ReadOnlyAdmin):
    """The sign-ins and the failures, newest first."""

    list_display = ["at", "kind", "account", "by", "address", "browser"]
    list_display_links = ["at", "kind"]
    list_filter = ["kind", "at"]
    search_fields = ["account__exact", "address__exact"]
    search_help_text = "By account, or by network address."
