"""The disputed items of a determination's page, each part with its provenance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from imr_archive.search.facets.linked_dimensions import guideline_value
from imr_archive.search.facets.sections import section_name
from imr_archive.vocabulary import Basis, CitedBy, Outcome, ReasonCode
from imr_archive.web.determinations.combinations import Combination, combinations_of
from imr_archive.web.determinations.item_rows import citations_of, doubts_of, treatment_line
from imr_archive.web.determinations.provenance import Fact, LinkedValue, Provenance, facet_url, single_fact
from imr_archive.web.formatting import day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imr_archive.models import (
        DisputedItem,
        GuidelineCitation,
        GuidelineMention,
        ItemBodyPart,
        ItemReason,
        ItemTreatment,
    )
    from imr_archive.search.facets.selection import Selection
    from imr_archive.web.determinations.provenance import Spans


@dataclass(frozen=True, slots=True)
class SideView:
    """What the claims administrator or the expert reviewer relied on for an item."""

    name: str
    basis: Basis
    provenance: Provenance | None
    citations: tuple[tuple[GuidelineCitation, LinkedValue], ...]
    text: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """A disputed item with both sides; each of its reasons stands with the clause that states it.

    ``url`` unfolds it, ``is_unfolded`` tells that the page does so now. ``pages`` are those of its treatments and of
    what the reviewer cited, as labels and addresses.
    """

    item: DisputedItem
    url: str
    is_unfolded: bool
    meaning: str
    description: LinkedValue
    outcome_provenance: Provenance | None
    treatments: tuple[tuple[LinkedValue, ...], ...]
    body_parts: tuple[LinkedValue, ...]
    details: tuple[Fact, ...]
    sides: tuple[SideView, SideView]
    reasons: tuple[tuple[LinkedValue, str], ...]
    rationale: LinkedValue
    mentions: tuple[LinkedValue, ...]
    doubts: tuple[str, ...]
    combinations: tuple[Combination, ...]
    comparables_url: str
    pages: tuple[tuple[str, str], ...]


def item_view(item: DisputedItem, spans: Spans, everything: Selection, *, is_unfolded: bool) -> ItemView:
    """Return the view of an item that was fetched ``with_rows``; ``everything`` are all items of the archive."""
    path, name = f"items.{item.position - 1}", f"item {item.position}"
    text = item.text
    return ItemView(
        item=item,
        url=spans.item_url(item.position),
        is_unfolded=is_unfolded,
        meaning=Outcome(item.outcome).meaning if item.outcome else "No outcome is stated",
        description=LinkedValue(text.description, spans.provenance(f"{name}, description", f"{path}.description")),
        outcome_provenance=spans.provenance(f"{name}, outcome", f"{path}.outcome"),
        treatments=tuple(_treatments(item.treatment_rows, spans, path)),
        body_parts=tuple(_body_parts(item.body_part_rows, spans, path)),
        details=tuple(_details(item, spans, path)),
        sides=(
            _side(item, CitedBy.CLAIMS_ADMINISTRATOR, spans, path),
            _side(item, CitedBy.REVIEWER, spans, path),
        ),
        reasons=tuple(_reasons(item.reason_rows, spans, path)),
        rationale=LinkedValue(text.rationale, spans.provenance(f"{name}, rationale", f"{path}.rationale")),
        mentions=tuple(_mentions(item.mention_rows, spans, path)),
        doubts=doubts_of(item),
        combinations=combinations_of(item, everything),
        comparables_url=reverse("web:comparables", args=[item.reference]),
        pages=tuple(dict(_pages(item)).items()),
    )


def _pages(item: DisputedItem) -> Iterator[tuple[str, str]]:
    for row in item.treatment_rows:
        yield row.treatment.name, reverse("web:treatment", args=[row.treatment.slug])
    for citation in citations_of(item, CitedBy.REVIEWER):
        guideline, section = citation.guideline, section_name(citation.section)
        value = guideline_value(guideline.source, guideline.slug, citation.section)
        yield f"{guideline.label} › {section}" if section else guideline.label, reverse("web:guideline", args=[value])


def _treatments(rows: Iterable[ItemTreatment], spans: Spans, path: str) -> Iterator[tuple[LinkedValue, ...]]:
    """Yield the levels of each treatment; the last level has the provenance."""
    for index, row in enumerate(rows):
        provenance = spans.provenance(row.treatment.name, f"{path}.treatments.{index}")
        *above, own = treatment_line(row.treatment)
        yield (
            *(LinkedValue(each.name, None, facet_url("treatment", each.slug)) for each in above),
            LinkedValue(own.name, provenance, facet_url("treatment", own.slug)),
        )


def _body_parts(rows: Iterable[ItemBodyPart], spans: Spans, path: str) -> Iterator[LinkedValue]:
    for index, row in enumerate(rows):
        provenance = spans.provenance(row.body_part.name, f"{path}.body_parts.{index}")
        yield LinkedValue(row.body_part.name, provenance, facet_url("body_part", row.body_part.slug))


def _reasons(rows: Iterable[ItemReason], spans: Spans, path: str) -> Iterator[tuple[LinkedValue, str]]:
    for index, row in enumerate(rows):
        label = ReasonCode(row.code).label
        provenance = spans.provenance(f"reason, {label}", f"{path}.reasons.{index}")
        yield LinkedValue(label, provenance, facet_url("reason", row.code)), row.quote


def _mentions(rows: Iterable[GuidelineMention], spans: Spans, path: str) -> Iterator[LinkedValue]:
    """Yield each guideline that the rationale mentions once, with the provenance of its first mention."""
    shown: set[int] = set()
    for index, row in enumerate(rows):
        if row.guideline_id not in shown:
            shown.add(row.guideline_id)
            provenance = spans.provenance(f"mention of {row.text}", f"{path}.mentions.{index}")
            yield LinkedValue(row.guideline.label, provenance)


def _details(item: DisputedItem, spans: Spans, path: str) -> Iterator[Fact]:
    """Yield the facts that only some items state."""

    def detail(label: str, text: str, name: str, field: str) -> Fact:
        return single_fact(label, text, spans.provenance(name, f"{path}.{field}"))

    text = item.text
    if text.original_request:
        yield detail("Original request", text.original_request, "original request", "original_request")
    if text.authorized:
        yield detail("Authorized before", text.authorized, "authorized part", "authorized")
    if item.quantity is not None:
        yield detail("Quantity", f"{item.quantity:,}", "quantity", "quantity")
    if item.laterality:
        yield detail("Side", item.get_laterality_display(), "side", "laterality")
    if item.service_from:
        days = dict.fromkeys((item.service_from, item.service_to))
        yield detail("Date of service", " – ".join(map(day, days)), "date of service", "service_dates")


def _side(item: DisputedItem, side: CitedBy, spans: Spans, path: str) -> SideView:
    is_reviewer = side is CitedBy.REVIEWER
    side_path = f"{path}.{side.value}"
    citations = []
    for index, citation in enumerate(citations_of(item, side)):
        provenance = spans.provenance(f"{side.label.lower()}’s citation", f"{side_path}.citations.{index}")
        value = guideline_value(citation.guideline.source, citation.guideline.slug)
        url = facet_url("guideline" if is_reviewer else "ca_guideline", value)
        citations.append((citation, LinkedValue(citation.title, provenance, url)))
    return SideView(
        name=f"{side.label} relied on",
        basis=Basis(item.reviewer_basis if is_reviewer else item.ca_basis),
        provenance=spans.provenance(f"{side.label.lower()}’s guideline paragraph", f"{side_path}.text"),
        citations=tuple(citations),
        text=item.text.reviewer_guideline if is_reviewer else item.text.ca_guideline,
    )
