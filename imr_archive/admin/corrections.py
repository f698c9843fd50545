"""Corrections in the admin: what people have set in place of what the parser read, and how the parser reads it now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from imr_archive.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from imr_archive.admin.wording import moment_column
from imr_archive.history.corrections import stands
from imr_archive.models import Correction

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

_LONGEST = 200
made = moment_column("made_at", "made")


def may_correct(request: HttpRequest) -> bool:
    """Return whether a user may set values in place of those that the parser read."""
    return request.user.has_perm("imr_archive.change_determination")


def review_link(determination: int, text: str) -> SafeString:
    """Return a link to the page on which a determination is reviewed and corrected."""
    address = reverse("admin:imr_archive_determination_review", args=[determination])
    return format_html('<a href="{}">{}</a>', address, text)


def value_text(value: Any) -> str:
    """Return a value as a correction keeps it in words."""
    if value in (None, "", []):
        return "not stated"
    if isinstance(value, dict):
        value = value["description"]
    if isinstance(value, list):
        value = "; ".join(map(_part_text, value))
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _part_text(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value['guideline']} ({value['section']})" if value["section"] else str(value["guideline"])
    return value if isinstance(value, str) else f"{value[0]} (“{value[1]}”)"


class ShownCorrection:
    """The columns of a correction: its values in words, and where it stands against the parser."""

    @admin.display(description="parser reads")
    def read(self, correction: Correction) -> str:
        """Say what the parser reads in its place."""
        return value_text(correction.parsed)

    @admin.display(description="corrected to")
    def corrected_to(self, correction: Correction) -> str:
        """Say what was set."""
        return "removed" if correction.value is None and correction.field == "item" else value_text(correction.value)

    @admin.display(description="against the parser")
    def stands(self, correction: Correction) -> str:
        """Say whether the parser agrees by now."""
        return stands(correction)


class CorrectionInline(ShownCorrection, ReadOnlyInline):
    """The corrections of a determination and of its items."""

    model = Correction
    fields = ["item", "field", "read", "corrected_to", "stands", "reason", "made_by", made]
    readonly_fields = ["read", "corrected_to", "stands", made]


@admin.register(Correction)
class CorrectionAdmin(ShownCorrection, ReadOnlyAdmin):
    """All corrections, newest first; they are made and withdrawn on the page that reviews their determination."""

    list_display = ["determination", "item", "field", "corrected_to", "stands", "reason", "made_by", made]
    list_display_links = ["determination", "field"]
    list_filter = ["field", "made_by"]
    list_select_related = ["determination"]
    search_fields = ["determination__case_number", "made_by"]
    search_help_text = "By case number, or by the account that made it."
    fields = ["review", "item", "field", "read", "corrected_to", "stands", "reason", "made_by", made]
    readonly_fields = ["review", "read", "corrected_to", "stands", made]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Correction]:
        """Fetch the determinations."""
        return super().get_queryset(request).select_related("determination")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Link to the review for accounts that may correct."""
        return self.fields if may_correct(request) else ["determination", *self.fields[1:]]

    @admin.display(description="determination")
    def review(self, correction: Correction) -> SafeString:
        """Link to the page where it is withdrawn."""
        return review_link(correction.determination_id, f"Review {correction.determination}")
