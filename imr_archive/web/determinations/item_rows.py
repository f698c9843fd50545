"""Disputed items with all related rows that a determination's page shows, in a fixed number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Prefetch

from imr_archive.models import GuidelineCitation, GuidelineMention, ItemBodyPart, ItemReason, ItemTreatment
from imr_archive.vocabulary import DiagnosticCode

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from imr_archive.models import DisputedItem, Treatment
    from imr_archive.vocabulary import CitedBy


# The attributes of an item that hold its prefetched rows.
_TREATMENTS, _BODY_PARTS = "treatment_rows", "body_part_rows"
_CITATIONS, _REASONS, _MENTIONS = "citation_rows", "reason_rows", "mention_rows"

_DOUBTS = {code.value: code.label for code in DiagnosticCode}


def with_rows(items: QuerySet[DisputedItem]) -> QuerySet[DisputedItem]:
    """Fetch items with their text, treatments, body parts, citations, reasons and mentions of guidelines."""
    return items.select_related("text").prefetch_related(
        Prefetch(
            "item_treatments",
            ItemTreatment.objects.order_by("position").select_related("treatment__parent__parent"),
            to_attr=_TREATMENTS,
        ),
        Prefetch(
            "item_body_parts", ItemBodyPart.objects.order_by("pk").select_related("body_part"), to_attr=_BODY_PARTS
        ),
        Prefetch(
            "citations",
            GuidelineCitation.objects.order_by("cited_by", "position").select_related("guideline"),
            to_attr=_CITATIONS,
        ),
        Prefetch("reasons", ItemReason.objects.order_by("position"), to_attr=_REASONS),
        Prefetch(
            "mentions",
            GuidelineMention.objects.order_by("position").select_related("guideline"),
            to_attr=_MENTIONS,
        ),
    )


def with_reasons(items: QuerySet[DisputedItem]) -> QuerySet[DisputedItem]:
    """Fetch items with their text, determination and reasons."""
    return items.select_related("text", "determination").prefetch_related(
        Prefetch("reasons", ItemReason.objects.order_by("position"), to_attr=_REASONS)
    )


def doubts_of(item: DisputedItem) -> tuple[str, ...]:
    """Return the labels of the parser's doubts about an item."""
    return tuple(_DOUBTS[code] for code in item.doubts if code in _DOUBTS)


def citations_of(item: DisputedItem, side: CitedBy) -> tuple[GuidelineCitation, ...]:
    """Return one side's citations of an item that was fetched ``with_rows``."""
    return tuple(citation for citation in item.citation_rows if citation.cited_by == side)


def treatment_line(treatment: Treatment) -> list[Treatment]:
    """Return a treatment that was fetched with its parents, preceded by them."""
    return [*treatment_line(treatment.parent), treatment] if treatment.parent else [treatment]
