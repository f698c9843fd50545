"""Suggestions while typing: things before words. Treatments, guidelines, sections, body parts, a case, then words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from imr_archive.models import Determination
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME
from imr_archive.search.facets.names import NamedValue, values_named
from imr_archive.search.facets.sections import STEP
from imr_archive.search.facets.words.stored import LARGE
from imr_archive.search.query.tree import Scope
from imr_archive.web.question.parameters import WORDS_VAR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imr_archive.web.question.search import Search

# A shorter text names too much.
SHORTEST = 2
# Kinds whose values have a page of their own: that of the likeliest one is offered.
_PAGES = {
    "Treatment": ("treatment", "web:treatment"),
    "Guideline": ("guideline", "web:guideline"),
    "Section": ("guideline", "web:guideline"),
}
_MOST = {"Treatment": 5, "Guideline": 4, "Section": 4, "Body part": 3}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that the typed text may mean; ``count`` is in the question's unit, None where counting is slow."""

    kind: str
    label: str
    count: int | None
    url: str


def suggestions(search: Search) -> list[Suggestion]:
    """Return what the words of a question may mean, under its filters; empty for a text that is too short."""
    if len(search.question.words) < SHORTEST:
        return []
    return [*_cases(search), *_values(search), *_words(search)]


def _cases(search: Search) -> Iterator[Suggestion]:
    leaves = search.question.query.leaves
    if len(leaves) == 1 and leaves[0].case_number:
        for case in Determination.objects.numbered(leaves[0].case_number).order_by("-pk")[:3]:
            yield Suggestion("Case", str(case), 1, case.get_absolute_url())


def _values(search: Search) -> Iterator[Suggestion]:
    found: dict[str, Sequence[NamedValue]] = {}
    for name in ("treatment", "guideline", "body_part"):
        by_kind: dict[str, list[NamedValue]] = {}
        for each in values_named(search.snapshot, name, search.question.words):
            by_kind.setdefault(_kind(name, each.slug), []).append(each)
        for kind, values in by_kind.items():
            found[kind] = values[: _MOST[kind]]
            yield from _counted(search, name, kind, found[kind])
    yield from _about(search, found)


def _kind(name: str, slug: str) -> str:
    if name == "guideline":
        return "Section" if slug.count(STEP) > 1 else "Guideline"
    return "Treatment" if name == "treatment" else "Body part"


def _counted(search: Search, name: str, kind: str, values: Sequence[NamedValue]) -> Iterator[Suggestion]:
    question = search.question.without_words()
    selection = search.without(WORDS_VAR, name)
    counts = selection.counts(DIMENSION_BY_NAME[name], [each.slug for each in values], question.show)
    for each in values:
        if count := counts.get(each.slug, 0):
            url = question.without_values(name).with_value(name, each.slug).query_string
            yield Suggestion(kind, each.label, count, f"{reverse('web:list')}{url}")


def _about(search: Search, values: Mapping[str, Sequence[NamedValue]]) -> Iterator[Suggestion]:
    """Yield the page of the likeliest value of each kind, under the other filters."""
    for kind, (name, page) in _PAGES.items():
        question = search.question.without_words().without_values(name)
        selection = search.without(WORDS_VAR, name)
        counts = selection.counts(DIMENSION_BY_NAME[name], [each.slug for each in values.get(kind, ())], question.show)
        for each in [one for one in values.get(kind, ()) if counts.get(one.slug)][:1]:
            url = reverse(page, args=[each.slug]) + question.query_string
            yield Suggestion(f"About the {kind.lower()}", each.label, None, url)


def _words(search: Search) -> Iterator[Suggestion]:
    kinds = {Scope.ITEM: "Words in the item", Scope.LETTER: "Words anywhere in the letter"}
    is_quick = search.everything.size() < LARGE
    for scope, kind in kinds.items():
        question = search.question.searched_in(scope)
        count = search.without(WORDS_VAR).matching(question.query).size(question.show) if is_quick else None
        yield Suggestion(kind, question.words, count, f"{reverse('web:list')}{question.query_string}")
