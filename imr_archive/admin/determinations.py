"""Determinations in the admin."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count, F, OuterRef, Subquery
from django.urls import path, reverse
from django.utils.html import format_html

from imr_archive.admin.corrections import CorrectionInline, may_correct, review_link
from imr_archive.admin.inbox.filters import WorkFilter
from imr_archive.admin.readonly import ReadOnlyAdmin, ReadOnlyInline, ReadOnlyTextInline
from imr_archive.admin.review.versions import undo_view
from imr_archive.admin.review.views import determination_review
from imr_archive.admin.withdrawals import MAY_WITHDRAW, withdraw_view
from imr_archive.admin.wording import moment_column, outcome_column
from imr_archive.ingest.runs.speaking import last_change
from imr_archive.models import Determination, DeterminationText, DisputedItem, SourceLetter
from imr_archive.models.source_letter import WIDE_COLUMNS

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.urls import URLPattern
    from django.utils.safestring import SafeString


class DeterminationTextInline(ReadOnlyTextInline):
    """The clinical summary, and the printed words behind the coded values."""

    model = DeterminationText
    verbose_name_plural = "text"
    fields = ["clinical_summary", "raw"]


class DisputedItemInline(ReadOnlyInline):
    """The items of a determination, with a link to each."""

    model = DisputedItem
    fields = ["position", "description", outcome_column, "treatment_names", "ca_basis", "reviewer_basis"]
    readonly_fields = ["description", outcome_column, "treatment_names"]
    ordering = ["position"]
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[DisputedItem]:
        """Fetch the description and the treatments, and no other text."""
        items = super().get_queryset(request).select_related("determination", "text").prefetch_related("treatments")
        return items.defer(*(f"text__{name}" for name in ("ca_guideline", "reviewer_guideline", "rationale", "raw")))

    @admin.display
    def description(self, item: DisputedItem) -> str:
        """The request that was decided."""
        return item.text.description

    @admin.display(description="treatments")
    def treatment_names(self, item: DisputedItem) -> str:
        """Name the treatments, first named first."""
        return ", ".join(treatment.name for treatment in item.treatments.all())


received = moment_column("received_at", "received")


class SourceLetterInline(ReadOnlyInline):
    """The files a determination was received as."""

    model = SourceLetter
    fields = ["name", "state", "kind", "size", received, "parser_version"]
    readonly_fields = [received]
    ordering = ["-received_at"]
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[SourceLetter]:
        """Defer the wide columns."""
        return super().get_queryset(request).defer(*WIDE_COLUMNS)


_FIELDS: tuple[Any, ...] = (
    *("review_page", "undo", "case_number", outcome_column, "decision_date", "priority", "injury_date"),
    *(
        "ur_decision_date",
        "received_date",
        "assigned_date",
        "worker_age",
        "worker_sex",
        "reviewer",
        "layout",
        "text_sha256",
        "withdraw",
    ),
)


@admin.register(Determination)
class DeterminationAdmin(ReadOnlyAdmin):
    """One IMR case each: to be looked at, and withdrawn where it must not be public; another page corrects it."""

    readonly_fields = ["review_page", "undo", outcome_column, "withdraw"]

    list_display = ["__str__", "decision_date", outcome_column, "item_count", "worker_age", "worker_sex", "reviewer"]
    list_filter = ["outcome", WorkFilter, "priority", "worker_sex", "layout"]
    list_select_related = ["reviewer"]
    date_hierarchy = "decision_date"
    ordering = [F("decision_date").desc(nulls_last=True), "-pk"]
    search_fields = ["case_number"]
    search_help_text = "By case number. Disputed items are searched by their descriptions."
    inlines = [CorrectionInline, DisputedItemInline, DeterminationTextInline, SourceLetterInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Determination]:
        """Count the items of the determinations that are shown."""
        items = DisputedItem.objects.filter(determination=OuterRef("pk")).order_by().values("determination")
        counted = Subquery(items.annotate(count=Count("pk")).values("count"))
        determinations: QuerySet[Determination] = super().get_queryset(request)
        return determinations.annotate(item_count=counted)

    @admin.display(description="items", ordering="item_count")
    def item_count(self, determination: Any) -> int:
        """How many items were disputed."""
        return determination.item_count or 0

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return the facts, with what the account may do with them."""
        may = dict.fromkeys(("review_page", "undo"), may_correct(request))
        may["withdraw"] = request.user.has_perm(MAY_WITHDRAW)
        return [each for each in _FIELDS if may.get(each, True)]

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that review a determination, undo its last change by hand, and withdraw it."""
        review = self.admin_site.admin_view(partial(determination_review, site=self.admin_site))
        undo = self.admin_site.admin_view(partial(undo_view, site=self.admin_site))
        view = self.admin_site.admin_view(partial(withdraw_view, site=self.admin_site))
        return [
            path("<int:key>/review/", review, name="imr_archive_determination_review"),
            path("<int:key>/undo/", undo, name="imr_archive_determination_undo"),
            path("<int:key>/withdraw/", view, name="imr_archive_determination_withdraw"),
            *super().get_urls(),
        ]

    @admin.display(description="review")
    def review_page(self, determination: Determination) -> SafeString:
        """Link to the page that shows it beside its letter, where it is corrected."""
        return review_link(determination.pk, "Review and correct")

    @admin.display(description="last change by hand", empty_value="none")
    def undo(self, determination: Determination) -> SafeString | None:
        """Link to the page that undoes it."""
        revision = last_change(determination.pk)
        if revision is None:
            return None
        address = reverse("admin:imr_archive_determination_undo", args=[determination.pk])
        return format_html('{} by {}: <a href="{}">undo</a>', revision.get_kind_display(), revision.made_by, address)

    @admin.display(description="take back", empty_value="only administrators")
    def withdraw(self, determination: Determination) -> SafeString:
        """Link to the page that withdraws the determination."""
        address = reverse("admin:imr_archive_determination_withdraw", args=[determination.pk])
        return format_html('<a href="{}">Withdraw {}</a>', address, determination.reference)
