"""Reviewer profiles in the admin: boards and licences, never a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from imr_archive.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from imr_archive.admin.tables.canonical import link_to_list
from imr_archive.models import Reviewer, ReviewerLicence, ReviewerSpecialty

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


class ReviewerSpecialtyInline(ReadOnlyInline):
    """The boards and subspecialties of a profile, as facets count them."""

    model = ReviewerSpecialty
    fields = ["name", "slug"]


class ReviewerLicenceInline(ReadOnlyInline):
    """The licence states of a profile, as facets count them."""

    model = ReviewerLicence
    fields = ["name", "slug"]


@admin.register(Reviewer)
class ReviewerAdmin(ReadOnlyAdmin):
    """One row for each distinct profile."""

    list_display = ["id", "boards", "further_subspecialties", "licence_states", "reviewed"]
    list_display_links = ["id", "boards"]
    search_fields = ["specialties__name", "licences__name"]
    search_help_text = "By board, subspecialty or licence state."
    inlines = [ReviewerSpecialtyInline, ReviewerLicenceInline]

    @admin.display(description="certifications", empty_value="none stated")
    def boards(self, reviewer: Reviewer) -> str:
        """Name the boards in the order printed."""
        return ", ".join(reviewer.certifications)

    @admin.display(description="subspecialties")
    def further_subspecialties(self, reviewer: Reviewer) -> str:
        """Name the subspecialties in the order printed."""
        return ", ".join(reviewer.subspecialties)

    @admin.display(description="licence states")
    def licence_states(self, reviewer: Reviewer) -> str:
        """Name the states in the order printed."""
        return ", ".join(reviewer.states)

    @admin.display(description="reviewed")
    def reviewed(self, reviewer: Reviewer) -> SafeString:
        """Link to the determinations by reviewers of this profile."""
        return link_to_list("determination", "reviewer__id__exact", reviewer.pk, "Determinations")
