"""Base classes of the admin's lists and pages for rows that are read from letters and never edited by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import Http404

if TYPE_CHECKING:
    from django.http import HttpRequest


class MissingRowIs404:
    """Answer 404 for a row that does not exist or that the account may not see.

    Django would redirect to the index with a message and status 302, which hides a wrong link from a link
    checker.
    """

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row of an address."""
        found = super().get_object(request, object_id, from_field)  # type: ignore[misc]  # that of ModelAdmin
        if found is None:
            raise Http404
        return found


class ReadOnlyPermissions:
    """Let accounts with the permission view the rows; nobody adds, changes or deletes them here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether rows may be added: they come with a letter."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether a row may be changed: it changes with its letter."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether a row may be deleted: it goes with its letter."""
        return False


class ReadOnlyAdmin(ReadOnlyPermissions, MissingRowIs404, admin.ModelAdmin):
    """Lists that stay fast in large tables: pages of fifty, newest first, no count of the whole table."""

    list_per_page = 50
    ordering = ["-pk"]
    show_full_result_count = False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Head a list by what it holds instead of "Select … to change"."""
        title = str(self.opts.verbose_name_plural).capitalize()
        return super().changelist_view(request, {"title": title, **(extra_context or {})})


class ReadOnlyInline(ReadOnlyPermissions, admin.TabularInline):
    """A table of rows that belong to the row of the page."""

    extra = 0


class ReadOnlyTextInline(ReadOnlyPermissions, admin.StackedInline):
    """The row of wide text that belongs to the row of the page."""

    extra = 0
