"""Guidelines, treatments and body parts in the admin: the parser's tables, with links to what they are used for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from imr_archive.admin.readonly import ReadOnlyAdmin
from imr_archive.models import BodyPart, Guideline, Treatment

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString


def link_to_list(model: str, lookup: str, key: object, text: str) -> SafeString:
    """Return a link to another model's list, narrowed to one value."""
    address = reverse(f"admin:imr_archive_{model}_changelist", query={lookup: key})
    return format_html('<a href="{}">{}</a>', address, text)


@admin.register(Guideline)
class GuidelineAdmin(ReadOnlyAdmin):
    """The guidelines that citations resolve to."""

    list_display = ["label", "source", "title", "chapter_number", "slug", "cited"]
    list_filter = ["source"]
    ordering = ["source", "label"]
    search_fields = ["label", "title", "slug"]

    @admin.display(description="cited by")
    def cited(self, guideline: Guideline) -> SafeString:
        """Link to the citations of a guideline."""
        return link_to_list("guidelinecitation", "guideline__id__exact", guideline.pk, "Citations")


class LevelFilter(admin.SimpleListFilter):
    """Categories, subcategories or services."""

    title = "level"
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Name the three levels."""
        return [("1", "Categories"), ("2", "Subcategories"), ("3", "Services")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Treatment]) -> QuerySet[Treatment]:
        """Keep one level."""
        level = self.value()
        return queryset.filter(level=level) if level in ("1", "2", "3") else queryset


@admin.register(Treatment)
class TreatmentAdmin(ReadOnlyAdmin):
    """The treatments in three levels."""

    list_display = ["slug", "name", "level", "parent", "requested"]
    list_filter = [LevelFilter, "category"]
    ordering = ["slug"]
    list_select_related = ["parent"]
    search_fields = ["name", "slug"]

    @admin.display(description="requested in")
    def requested(self, treatment: Treatment) -> SafeString:
        """Link to the disputed items that request a treatment, or anything below it."""
        return link_to_list("disputeditem", "treatment", treatment.slug, "Disputed items")


@admin.register(BodyPart)
class BodyPartAdmin(ReadOnlyAdmin):
    """The body parts that requests name."""

    list_display = ["name", "slug", "requested"]
    ordering = ["name"]
    search_fields = ["name", "slug"]

    @admin.display(description="requested in")
    def requested(self, body_part: BodyPart) -> SafeString:
        """Link to the disputed items that name a body part."""
        return link_to_list("disputeditem", "body_parts__id__exact", body_part.pk, "Disputed items")
