"""Disputed items, reasons, guideline citations and mentions in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from imr_archive.admin.corrections import may_correct, review_link
from imr_archive.admin.readonly import ReadOnlyAdmin, ReadOnlyInline, ReadOnlyTextInline
from imr_archive.admin.wording import outcome_column
from imr_archive.models import (
    DisputedItem,
    DisputedItemText,
    GuidelineCitation,
    GuidelineMention,
    ItemBodyPart,
    ItemReason,
    ItemTreatment,
    Treatment,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString


class TreatmentFilter(admin.SimpleListFilter):
    """Items that request a treatment or anything below it; the list offers categories, links name any treatment."""

    title = "treatment"
    parameter_name = "treatment"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Return the categories, and the treatment that the address names."""
        asked = request.GET.get(self.parameter_name, "")
        categories = Treatment.objects.filter(level=1) | Treatment.objects.filter(slug=asked)
        return list(categories.values_list("slug", "name"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[DisputedItem]) -> QuerySet[DisputedItem]:
        """Keep the items of one treatment, each once."""
        slug = self.value()
        if not slug:
            return queryset
        below = Treatment.objects.filter(slug=slug) | Treatment.objects.filter(slug__startswith=f"{slug}/")
        return queryset.filter(pk__in=ItemTreatment.objects.filter(treatment__in=below).values("item"))


class DisputedItemTextInline(ReadOnlyTextInline):
    """What is printed of an item."""

    model = DisputedItemText
    verbose_name_plural = "text"
    fields = [
        *("description", "original_request", "authorized", "ca_guideline", "reviewer_guideline", "rationale", "raw"),
    ]


class ItemTreatmentInline(ReadOnlyInline):
    """The treatments an item requests, with the words that name them."""

    model = ItemTreatment
    fields = ["position", "treatment", "raw"]
    verbose_name_plural = "treatments"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ItemTreatment]:
        """Fetch the treatments."""
        return super().get_queryset(request).select_related("treatment")


class ItemBodyPartInline(ReadOnlyInline):
    """The body parts an item names."""

    model = ItemBodyPart
    fields = ["body_part", "raw"]
    verbose_name_plural = "body parts"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ItemBodyPart]:
        """Fetch the body parts."""
        return super().get_queryset(request).select_related("body_part")


class GuidelineCitationInline(ReadOnlyInline):
    """What each side cited for an item."""

    model = GuidelineCitation
    fields = ["cited_by", "position", "guideline", "section", "year", "pages", "text"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[GuidelineCitation]:
        """Fetch the guidelines."""
        return super().get_queryset(request).select_related("guideline")


class GuidelineMentionInline(ReadOnlyInline):
    """What an item's rationale mentions in passing."""

    model = GuidelineMention
    fields = ["position", "guideline", "text"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[GuidelineMention]:
        """Fetch the guidelines."""
        return super().get_queryset(request).select_related("guideline")


class ItemReasonInline(ReadOnlyInline):
    """Why an item was upheld or overturned."""

    model = ItemReason
    fields = ["position", "code", "quote"]


_ITEM_FACTS: tuple[Any, ...] = (
    *("position", outcome_column, "laterality", "quantity", "service_from", "service_to", "ca_basis"),
    *("reviewer_basis", "doubts"),
)


@admin.register(DisputedItem)
class DisputedItemAdmin(ReadOnlyAdmin):
    """The items of all determinations, by what was asked; they are corrected with their determination."""

    readonly_fields = ["review", outcome_column]

    list_display = ["description", "determination", "position", outcome_column, "treatment_names", "reviewer_basis"]
    list_filter = ["outcome", TreatmentFilter, "reviewer_basis", "ca_basis", "body_parts", "laterality"]
    search_fields = ["determination__case_number", "text__description"]
    search_help_text = "By case number, or by words of the description."
    inlines = [
        DisputedItemTextInline,
        ItemTreatmentInline,
        ItemBodyPartInline,
        GuidelineCitationInline,
        ItemReasonInline,
        GuidelineMentionInline,
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DisputedItem]:
        """Fetch the description and the treatments, and no other text."""
        items = super().get_queryset(request).select_related("determination", "text").prefetch_related("treatments")
        return items.defer(*(f"text__{name}" for name in ("ca_guideline", "reviewer_guideline", "rationale", "raw")))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Link to the review for accounts that may correct."""
        return ["review", *_ITEM_FACTS] if may_correct(request) else ["determination", *_ITEM_FACTS]

    @admin.display(description="determination")
    def review(self, item: DisputedItem) -> SafeString:
        """Link to the page on which the determination and its items are corrected."""
        return review_link(item.determination_id, f"Review {item.determination}")

    @admin.display(ordering="text__description")
    def description(self, item: DisputedItem) -> str:
        """The request that was decided."""
        return item.text.description

    @admin.display(description="treatments")
    def treatment_names(self, item: DisputedItem) -> str:
        """Name the treatments, first named first."""
        return ", ".join(treatment.name for treatment in item.treatments.all())


@admin.register(GuidelineCitation)
class GuidelineCitationAdmin(ReadOnlyAdmin):
    """What letters cite, with the printed words."""

    list_display = ["guideline", "section", "year", "pages", "cited_by", "case"]
    list_display_links = ["guideline", "section"]
    list_filter = ["cited_by", "guideline__source"]
    list_select_related = ["guideline", "item__determination"]
    search_fields = ["item__determination__case_number", "title", "section"]
    search_help_text = "By case number, title or section."

    @admin.display(description="determination", ordering="item__determination__case_number")
    def case(self, citation: GuidelineCitation) -> str:
        """Name the determination."""
        return str(citation.item.determination)


@admin.register(GuidelineMention)
class GuidelineMentionAdmin(ReadOnlyAdmin):
    """What rationales mention, with the printed words."""

    list_display = ["guideline", "text", "case"]
    list_display_links = ["guideline", "text"]
    list_filter = ["guideline__source"]
    list_select_related = ["guideline", "item__determination"]
    search_fields = ["item__determination__case_number", "guideline__title"]
    search_help_text = "By case number, or by title."

    @admin.display(description="determination", ordering="item__determination__case_number")
    def case(self, mention: GuidelineMention) -> str:
        """Name the determination."""
        return str(mention.item.determination)
