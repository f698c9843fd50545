"""Login events in the admin, read-only."""

from django.contrib import admin

from imr_archive.admin.readonly import ReadOnlyAdmin
from imr_archive.admin.wording import moment_column
from imr_archive.models import LoginEvent

at = moment_column("at", "time")


@admin.register(LoginEvent)
class LoginEventAdmin(ReadOnlyAdmin):
    """The sign-ins and the failures, newest first."""

    list_display = [at, "kind", "account", "by", "address", "browser"]
    list_display_links = [at, "kind"]
    fields = [at, "kind", "account", "by", "address", "browser"]
    readonly_fields = [at]
    list_filter = ["kind", "at"]
    search_fields = ["account__exact", "address__exact"]
    search_help_text = "By account, or by network address."
