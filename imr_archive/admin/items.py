"""Disputed items, reasons, guideline citations and mentions in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from imr_archive.admin.corrections import ItemForm, may_correct
from imr_archive.admin.readonly import ReadOnlyAdmin, ReadOnlyInline, ReadOnlyTextInline
from imr_archive.admin.wording import outcome_column
from imr_archive.history.correctable import ITEM_FIELDS
from imr_archive.history.corrections import corrections_make
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

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return the fields: the form shows the texts to accounts that may correct them."""
        return ["raw"] if may_correct(request) else [*ItemForm.texts, "raw"]


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


@admin.register(DisputedItem)
class DisputedItemAdmin(ReadOnlyAdmin):
    """The items of all determinations, by what was asked: to be looked at and corrected."""

    form = ItemForm
    readonly_fields = ["determination", "position", "doubts"]

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
        """Return the correctable fields; to other accounts the inlines show the texts, treatments and body parts."""
        correctable = ITEM_FIELDS if may_correct(request) else ItemForm.Meta.fields
        return ["determination", "position", *correctable, "doubts"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether items may be corrected: as determinations may."""
        return may_correct(request)

    def save_model(self, request: HttpRequest, obj: DisputedItem, form: Any, change: bool) -> None:
        """Record what was changed as corrections."""
        corrections_make(
            determination=obj.determination_id,
            item=obj.position,
            values=form.corrected(),
            made_by=request.user.get_username(),
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Write no inline: the corrections have written treatments and body parts."""
        for formset in formsets:
            formset.save(commit=False)

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
