"""The active filters of a question: a removable label for the words and for each chosen value."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse

from imr_archive.search.facets.dimensions import DIMENSIONS
from imr_archive.web.formatting import day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imr_archive.web.question.question import Question
    from imr_archive.web.question.search import Search

# The facets whose values have a page of their own.
_PAGES = {"treatment": "web:treatment", "guideline": "web:guideline", "ca_guideline": "web:guideline"}


class ActiveFilter(NamedTuple):
    """One condition of a question in words, and the query string without it; ``page_url`` is its value's own page."""

    phrase: str
    label: str
    remove_url: str
    element_id: str
    page_url: str = ""

    def __str__(self) -> str:
        return self.label if self.phrase == "words" else f"{self.phrase} {self.label}"


def active_filters(search: Search) -> list[ActiveFilter]:
    """Return an active filter for the words and for each chosen value; an unknown value is shown in quotes."""
    question = search.question
    found = []
    if question.words:
        found.append(ActiveFilter("words", question.words, question.without_words().query_string, "chip-words"))
    for dimension in DIMENSIONS:
        for value in question.values(dimension.name):
            label = search.label_of(dimension, value)
            url = question.without_value(dimension.name, value).query_string
            page_url = _page_url(search, dimension.name, value)
            found.append(ActiveFilter(dimension.phrase, label, url, f"chip-{len(found)}", page_url))
    if question.year_range:
        url = question.without_year_range().query_string
        found.append(ActiveFilter("decided", question.year_range, url, "chip-years"))
    if question.has_arrival:
        url = question.arrived(None).query_string
        found.append(ActiveFilter("arrived", arrival_in_words(question), url, "chip-arrived"))
    return found


def arrival_in_words(question: Question) -> str:
    """Return the range of days of arrival: "25 Nov 2026", "since 25 Nov 2026", "24 Nov 2026 to 25 Nov 2026"."""
    first, last = day(question.since), day(question.until)
    if not last:
        return f"since {first}"
    if not first:
        return f"until {last}"
    return first if first == last else f"{first} to {last}"


def _page_url(search: Search, name: str, value: str) -> str:
    """Return the address of a value's own page under the other filters; empty where there is none."""
    if name not in _PAGES or value not in search.labels.get(name, ()):
        return ""
    return reverse(_PAGES[name], args=[value]) + search.question.without_values(name).on_page(1).query_string


def question_in_words(filters: Iterable[ActiveFilter]) -> str:
    """Describe a whole question for a title: "fusion, treatment Imaging"."""
    return ", ".join(map(str, filters))
