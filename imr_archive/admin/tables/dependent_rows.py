"""Rows that belong to others, in lists of their own: wordings of requests, and rows that only an owner's page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from imr_archive.admin.readonly import ReadOnlyAdmin
from imr_archive.admin.wording import moment_column
from imr_archive.models import (
    DeterminationText,
    DisputedItemText,
    ItemBodyPart,
    ItemReason,
    ItemTreatment,
    Review,
    ReviewerLicence,
    ReviewerSpecialty,
    Revision,
)
from imr_archive.models.source_letter import WIDE_COLUMNS_OF_LETTER

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class OffTheIndexAdmin(ReadOnlyAdmin):
    """Lists that are reached by address; the index names their owners instead."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Keep the list off the index."""
        return False


@admin.register(ItemTreatment)
class ItemTreatmentAdmin(ReadOnlyAdmin):
    """Which words of requests were read as which treatment."""

    list_display = ["raw", "treatment", "position", "item"]
    list_filter = ["treatment__category"]
    list_select_related = ["treatment", "item"]
    search_fields = ["raw", "treatment__slug"]
    search_help_text = "By the words printed, or by the treatment."


@admin.register(ItemBodyPart)
class ItemBodyPartAdmin(ReadOnlyAdmin):
    """Which words of requests were read as which body part."""

    list_display = ["raw", "body_part", "item"]
    list_filter = ["body_part"]
    list_select_related = ["body_part", "item"]
    search_fields = ["raw", "body_part__slug"]
    search_help_text = "By the words printed, or by the body part."


@admin.register(ItemReason)
class ItemReasonAdmin(ReadOnlyAdmin):
    """Which clauses of rationales were read as which reason."""

    list_display = ["quote", "code", "position", "item"]
    list_filter = ["code"]
    list_select_related = ["item"]
    search_fields = ["quote"]
    search_help_text = "By the words printed."


@admin.register(DeterminationText)
class DeterminationTextAdmin(OffTheIndexAdmin):
    """Clinical summaries."""

    list_display = ["determination"]
    list_select_related = ["determination"]
    search_fields = ["determination__case_number", "clinical_summary"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeterminationText]:
        """Defer the text: the list does not show it."""
        return super().get_queryset(request).defer("clinical_summary", "raw")


@admin.register(DisputedItemText)
class DisputedItemTextAdmin(OffTheIndexAdmin):
    """The printed text of items."""

    list_display = ["description", "item"]
    list_select_related = ["item"]
    search_fields = ["description"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DisputedItemText]:
        """Defer every text but the description."""
        wide = ("original_request", "authorized", "ca_guideline", "reviewer_guideline", "rationale", "raw")
        return super().get_queryset(request).defer(*wide)


@admin.register(Review)
class ReviewAdmin(OffTheIndexAdmin):
    """Who has accepted what a determination says, and when."""

    list_display = ["determination", "reviewed_by", moment_column("reviewed_at", "reviewed")]
    list_select_related = ["determination"]
    search_fields = ["determination__case_number", "reviewed_by"]
    search_help_text = "By case number, or by account."


@admin.register(ReviewerSpecialty)
class ReviewerSpecialtyAdmin(OffTheIndexAdmin):
    """Boards and subspecialties of profiles."""

    list_display = ["name", "slug", "reviewer"]
    list_select_related = ["reviewer"]
    search_fields = ["name", "slug"]


@admin.register(ReviewerLicence)
class ReviewerLicenceAdmin(OffTheIndexAdmin):
    """Licence states of profiles."""

    list_display = ["name", "slug", "reviewer"]
    list_select_related = ["reviewer"]
    search_fields = ["name", "slug"]


@admin.register(Revision)
class RevisionAdmin(OffTheIndexAdmin):
    """What changed of determinations: who, when, in which run, and why."""

    list_display = ["reference", "kind", "made_by", "made_at", "reason"]
    list_filter = ["kind"]
    exclude = ["before"]
    search_fields = ["reference", "made_by"]
    search_help_text = "By case number, or by the account that made the change."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Revision]:
        """Leave what was before, and what letters say, in the database."""
        revisions = super().get_queryset(request).select_related("determination", "letter", "run")
        return revisions.defer("before", *WIDE_COLUMNS_OF_LETTER)
