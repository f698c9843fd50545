"""Admin classes for rows that follow from letters: to be looked at, never to be edited by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

if TYPE_CHECKING:
    from django.http import HttpRequest


class ReadOnlyPermissions:
    """Whoever may view the rows may view them; nobody may add, change or delete them here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows come with a letter."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows change with their letter."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows go with their letter."""
        return False


class ReadOnlyAdmin(ReadOnlyPermissions, admin.ModelAdmin):
    """Lists that stay quick in large tables: pages of fifty, newest first, no count of what a search left out."""

    list_per_page = 50
    ordering = ["-pk"]
    show_full_result_count = False


class ReadOnlyInline(ReadOnlyPermissions, admin.TabularInline):
    """Rows that hang on the one that is shown."""

    extra = 0


class ReadOnlyTextInline(ReadOnlyPermissions, admin.StackedInline):
    """The one row of wide text that belongs to the one that is shown."""

    extra = 0
