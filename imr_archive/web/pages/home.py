"""The home page and the help page: everything that their templates show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from imr_archive.analytics.overturn import overturn_rate
from imr_archive.vocabulary import Outcome
from imr_archive.web.question.question import Question
from imr_archive.web.question.search import Search
from imr_archive.web.results.facets import Facet, build_facets
from imr_archive.web.results.list_page import unit_totals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imr_archive.analytics.rates import Rate

# The facets by which a newcomer enters the archive.
ENTRY_FACETS = ("treatment", "body_part", "year")


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the archive holds, its overturn rate, and facets to start from."""

    question: Question
    list_url: str
    totals: Mapping[str, int]
    rate: Rate
    facets: Sequence[Facet]


@dataclass(frozen=True, slots=True)
class HelpPage:
    """The search language and the terms of the archive."""

    question: Question
    outcomes: Sequence[Outcome]


def home_page() -> HomePage:
    """Build the home page from the archive as it is now."""
    search = Search.of_everything()
    return HomePage(
        question=search.question,
        list_url=reverse("web:list"),
        totals=unit_totals(search.everything),
        rate=overturn_rate(search.everything),
        facets=build_facets(search, names=ENTRY_FACETS),
    )


def help_page() -> HelpPage:
    """Build the help page."""
    return HelpPage(Question(), tuple(Outcome))
