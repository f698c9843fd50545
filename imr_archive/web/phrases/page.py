"""The page of the phrases that mark overturned rationales of a treatment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404
from django.urls import reverse

from imr_archive.analytics.phrases.marking import FEWEST_LETTERS, SAMPLE, MarkingPhrases, marking_phrases
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME
from imr_archive.search.facets.names import whole_label
from imr_archive.search.facets.selection import Selection
from imr_archive.search.query.tree import Section
from imr_archive.vocabulary import Outcome
from imr_archive.web.question.question import Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.analytics.phrases.marking import MarkingPhrase

_TREATMENT = "treatment"


@dataclass(frozen=True, slots=True)
class PhraseRow:
    """A phrase as searched for and as shown, the letters of each side that have it, and the lists of their items."""

    words: str
    label: str
    overturned: int
    upheld: int
    overturned_share: float
    upheld_share: float
    overturned_url: str
    upheld_url: str


@dataclass(frozen=True, slots=True)
class PhrasesPage:
    """What marks overturned rationales of a treatment."""

    name: str
    label: str
    treatment_url: str
    found: MarkingPhrases
    rows: Sequence[PhraseRow]
    sample: int = SAMPLE
    fewest: int = FEWEST_LETTERS

    @property
    def is_too_few(self) -> bool:
        """Return whether a side has so few letters that no phrase could be found."""
        return min(self.found.overturned, self.found.upheld) < self.fewest


def phrases_page(slug: str) -> PhrasesPage:
    """Build the page of a treatment; raise ``Http404`` if no item has it."""
    dimension = DIMENSION_BY_NAME[_TREATMENT]
    everything = Selection.of_everything()
    names = everything.snapshot.names[_TREATMENT]
    selection = everything.having(dimension, [slug])
    name = dimension.label(slug, names)
    if not (name and selection.size()):
        raise Http404(f"The archive has no item with the treatment “{slug[:80]}”.")
    found = marking_phrases(selection)
    question = Question().with_value(_TREATMENT, slug)
    return PhrasesPage(
        name=name,
        label=whole_label(dimension, slug, names),
        treatment_url=reverse("web:treatment", args=[slug]),
        found=found,
        rows=[_row(each, found, question) for each in found.phrases],
    )


def _row(each: MarkingPhrase, found: MarkingPhrases, question: Question) -> PhraseRow:
    words = " ".join(each.phrase.words)
    asked = question.with_words(f'"{words}" in:{Section.RATIONALE.value}')
    overturned, upheld = (
        reverse("web:list") + asked.with_value("outcome", outcome.value).query_string
        for outcome in (Outcome.OVERTURNED, Outcome.UPHELD)
    )
    return PhraseRow(
        words=words,
        # Words are split at an apostrophe, as in the search index.
        label=words.replace(" s ", "’s "),
        overturned=each.phrase.overturned,
        upheld=each.phrase.upheld,
        overturned_share=each.phrase.overturned / found.overturned,
        upheld_share=each.phrase.upheld / found.upheld,
        overturned_url=overturned,
        upheld_url=upheld,
    )
