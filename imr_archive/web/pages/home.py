"""The home page and the help page: everything that their templates show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from imr_archive.analytics.axes import AXIS_BY_NAME
from imr_archive.analytics.overturn import overturn_rate
from imr_archive.search.facets.dimension import UNKNOWN
from imr_archive.search.facets.dimensions import YEAR
from imr_archive.vocabulary import Outcome
from imr_archive.web.changes.pages import added_url, days_of_arrival
from imr_archive.web.outcomes.figures import marks, scale_of, trend
from imr_archive.web.outcomes.rows import OutcomeRows
from imr_archive.web.question.question import Question
from imr_archive.web.question.search import Search
from imr_archive.web.results.list_page import unit_totals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imr_archive.analytics.rates import Rate
    from imr_archive.web.outcomes.figures import Mark, Trend

# Questions that show what can be typed; each finds something in any archive of some size.
EXAMPLES = ("MRI lumbar", '"home exercise program"', 'opioid* cites:"chronic pain"')
_LARGEST_TREATMENTS = 12


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the archive holds and how often treatments are overturned: in a sentence, by year and by treatment."""

    question: Question
    list_url: str
    totals: Mapping[str, int]
    rate: Rate
    outcomes: Sequence[Outcome]
    examples: Sequence[tuple[str, str]]
    trend: Trend | None
    treatments: Sequence[Mark]
    scale: float
    total_at: float
    first_year: str
    last_year: str
    new_this_week: int
    new_url: str


@dataclass(frozen=True, slots=True)
class HelpPage:
    """The search language and the terms of the archive."""

    question: Question
    outcomes: Sequence[Outcome]


def home_page() -> HomePage:
    """Build the home page from the archive as it is now."""
    search = Search.of_everything()
    everything, rate = search.everything, overturn_rate(search.everything)
    rows, year, treatment = OutcomeRows(search), AXIS_BY_NAME[YEAR], AXIS_BY_NAME["treatment_subcategory"]
    decided = sorted(value for value in everything.values(year.dimension) if value != UNKNOWN)
    years = sorted(rows.rows(year, decided), key=lambda row: row.value)
    treatments = rows.rows(treatment, rows.values(treatment, _LARGEST_TREATMENTS)[0])
    week_ago = timezone.localdate() - timedelta(days=7)
    scale = scale_of([rate, *(row.rate for row in treatments)])
    return HomePage(
        question=search.question,
        list_url=reverse("web:list"),
        totals=unit_totals(everything),
        rate=rate,
        outcomes=tuple(Outcome),
        examples=[(words, Question(words=words).query_string) for words in EXAMPLES],
        trend=trend([("all items", years)], years) if len(years) > 1 else None,
        treatments=marks(treatments, scale),
        scale=scale,
        total_at=round(min(100.0, 100 * (rate.value or 0.0) / scale), 2),
        first_year=decided[0] if decided else "",
        last_year=decided[-1] if decided else "",
        new_this_week=sum(number for day, number in days_of_arrival(search).items() if day >= week_ago),
        new_url=added_url(week_ago),
    )


def help_page() -> HelpPage:
    """Build the help page."""
    return HelpPage(Question(), tuple(Outcome))
