"""Atom feeds: what arrives for any question, and the corrections and withdrawals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed

from imr_archive.models import Determination
from imr_archive.search.facets.paging import Order
from imr_archive.search.facets.selection import Unit
from imr_archive.vocabulary import CaseOutcome
from imr_archive.web.changes.entries import CORRECTED, public_changes
from imr_archive.web.question.active_filters import active_filters, question_in_words

if TYPE_CHECKING:
    from django.http import HttpRequest

    from imr_archive.web.question.search import Search

ENTRIES = 50
# A request is read in so many characters in an entry.
_LONGEST_REQUEST = 160
_ITEMS = 10


def question_feed(request: HttpRequest, search: Search) -> HttpResponse:
    """Answer with the determinations of a question that arrived last, each with its selected items."""
    question = search.question.on_page(1)
    words = question_in_words(active_filters(search))
    feed = Atom1Feed(
        title=f"IMR Archive: {words or 'all determinations'}",
        link=request.build_absolute_uri(reverse("web:list") + question.query_string),
        description=f"Determinations in the order in which they came into the archive{': ' if words else ''}{words}.",
        feed_url=request.build_absolute_uri(),
        language="en",
    )
    selection = search.selection
    keys = selection.page(Order.ARRIVED, Unit.DETERMINATIONS, offset=0, limit=ENTRIES)
    selected = {key: {*selection.items_of(key)} for key in keys}
    rows = Determination.objects.prefetch_related("items__text").order_by("pk").in_bulk(keys)
    for determination in (rows[key] for key in keys if key in rows):
        items = [item for item in determination.items.all() if item.pk in selected[determination.pk]]
        outcome = CaseOutcome(determination.outcome).label if determination.outcome else "No outcome stated"
        lines = [
            f"{item.get_outcome_display() or 'No outcome stated'}: {item.text.description[:_LONGEST_REQUEST]}"
            for item in sorted(items, key=lambda each: each.position)[:_ITEMS]
        ]
        address = request.build_absolute_uri(determination.get_absolute_url())
        feed.add_item(
            title=f"{determination}: {outcome}",
            link=address,
            description="\n".join(lines),
            unique_id=address,
            pubdate=determination.arrived_at,
            updateddate=determination.arrived_at or timezone.now(),
        )
    return atom(feed)


def corrections_feed(request: HttpRequest) -> HttpResponse:
    """Answer with the last corrections and withdrawals."""
    feed = Atom1Feed(
        title="IMR Archive: corrections and withdrawals",
        link=request.build_absolute_uri(reverse("web:corrections")),
        description="Which fields of which cases were corrected, and which determinations were withdrawn and why.",
        feed_url=request.build_absolute_uri(),
        language="en",
    )
    for entry in public_changes(CORRECTED).entries[:ENTRIES]:
        address = request.build_absolute_uri(entry.url or reverse("web:corrections"))
        feed.add_item(
            title=f"{entry.reference}: {entry.what.lower()}",
            link=address,
            description=f"{entry.sentence}. {entry.words}".strip(),
            unique_id=f"{address}#{entry.cursor}",
            updateddate=entry.at,
        )
    return atom(feed)


def atom(feed: Atom1Feed) -> HttpResponse:
    """Answer with a feed."""
    response = HttpResponse(content_type="application/atom+xml; charset=utf-8", headers={"Cache-Control": "no-cache"})
    feed.write(response, "utf-8")
    return response
