"""The page about the data: what the archive covers, what is unknown, and how its figures are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Max
from django.urls import reverse

from imr_archive.analytics.overturn import letter_sums, overturn_rate
from imr_archive.models import Determination, SourceLetter
from imr_archive.search.facets.dimension import UNKNOWN
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME, DIMENSIONS, YEAR
from imr_archive.search.facets.selection import Unit
from imr_archive.vocabulary import Layout, SourceState
from imr_archive.web.question.question import Question
from imr_archive.web.question.search import Search
from imr_archive.web.results.list_page import unit_totals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from imr_archive.analytics.rates import Rate
    from imr_archive.search.facets.selection import Selection


class Coverage(NamedTuple):
    """The number of determinations, or items, of something; ``share`` is of all, ``url`` is their list, if any."""

    label: str
    number: int
    share: float
    url: str = ""


@dataclass(frozen=True, slots=True)
class AboutPage:
    """The live figures of the archive.

    ``described`` are the determinations that were read by rules written from descriptions, by year; ``unknown`` are
    items for which a letter does not say a facet's value.
    """

    question: Question
    totals: Mapping[str, int]
    rate: Rate
    correlation: float | None
    years: Sequence[Coverage]
    layouts: Sequence[Coverage]
    described: Sequence[Coverage]
    unknown: Sequence[Coverage]
    quarantined: int
    last_received: datetime | None
    data_version: str


def about_page() -> AboutPage:
    """Build the page about the data from the archive as it is now."""
    search = Search.of_everything()
    everything = search.everything
    return AboutPage(
        question=search.question,
        totals=unit_totals(everything),
        rate=overturn_rate(everything),
        correlation=letter_sums(everything).correlation,
        years=_years(search),
        layouts=everything.cached("layouts", lambda: _layouts(everything)),
        described=everything.cached("described", lambda: _described(everything)),
        unknown=_unknown(search),
        quarantined=SourceLetter.objects.filter(state=SourceState.QUARANTINED).count(),
        last_received=last_received(),
        data_version=search.snapshot.data_version,
    )


def last_received() -> datetime | None:
    """Return when the newest current letter was received."""
    letters = SourceLetter.objects.filter(state=SourceState.CURRENT)
    received: datetime | None = letters.aggregate(last=Max("received_at"))["last"]
    return received


def _years(search: Search) -> list[Coverage]:
    dimension, unit = DIMENSION_BY_NAME[YEAR], Unit.DETERMINATIONS
    counts = search.everything.counts(dimension, unit=unit)
    whole = search.everything.size(unit)
    return [
        Coverage(each.label, each.count, each.count / whole, _list_of(YEAR, each.slug))
        for each in dimension.arranged(counts, search.snapshot.names[YEAR])
    ]


def _layouts(everything: Selection) -> list[Coverage]:
    whole = everything.size(Unit.DETERMINATIONS)
    rows = Determination.objects.order_by().values_list("layout").annotate(number=Count("pk"))
    found = sorted(rows, key=lambda row: (-row[1], row[0]))
    return [Coverage(Layout(layout).label, number, number / whole) for layout, number in found if whole]


def _described(everything: Selection) -> list[Coverage]:
    whole = everything.size(Unit.DETERMINATIONS)
    years = Determination.objects.read_by_description().order_by().values_list("decision_date__year")
    found = sorted(years.annotate(number=Count("pk")), key=lambda row: (row[0] is None, row[0]))
    return [
        Coverage(str(year or "Not stated"), number, number / whole, _list_of(YEAR, str(year)) if year else "")
        for year, number in found
        if whole
    ]


def _unknown(search: Search) -> list[Coverage]:
    """Return the facets with the items of which they are unknown, the most first."""
    whole = search.everything.size()
    found = []
    for dimension in DIMENSIONS:
        if dimension.none_label and (number := search.everything.counts(dimension, {UNKNOWN}).get(UNKNOWN, 0)):
            label = f"{dimension.title}: {dimension.none_label.lower()}"
            found.append(Coverage(label, number, number / whole, _list_of(dimension.name, UNKNOWN)))
    return sorted(found, key=lambda each: (-each.number, each.label))


def _list_of(name: str, value: str) -> str:
    return reverse("web:list") + Question().with_value(name, value).query_string
