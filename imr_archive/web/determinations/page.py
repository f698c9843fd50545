"""The page of one determination: everything that its template shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from imr_archive.vocabulary import SourceState
from imr_archive.web.determinations.facts import header_facts, outcome_sentence
from imr_archive.web.determinations.item_rows import with_rows
from imr_archive.web.determinations.item_views import ItemView, item_view
from imr_archive.web.determinations.provenance import Fact, LinkedValue, Provenance, Spans
from imr_archive.web.determinations.source_panel import SourcePanel, source_panel
from imr_archive.web.determinations.versions import Version, versions_of
from imr_archive.web.formatting import Highlights
from imr_archive.web.question.active_filters import active_filters, question_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.models import Determination
    from imr_archive.search.query.tree import Leaf
    from imr_archive.web.question.question import Question
    from imr_archive.web.question.search import Search


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark of the parser with its provenance."""

    message: str
    provenance: Provenance | None


@dataclass(frozen=True, slots=True)
class DeterminationPage:
    """The page of a determination, which keeps the question of the list it was opened from.

    ``leaves`` are the search words to highlight, ``cited_leaves`` those to highlight in citations; ``highlights``
    numbers them while the template is rendered. ``provenance`` is that of the case number.
    """

    question: Question
    list_url: str
    question_in_words: str
    determination: Determination
    provenance: Provenance | None
    sentence: str
    facts: Sequence[Fact]
    summary: LinkedValue
    items: Sequence[ItemView]
    remarks: Sequence[Remark]
    source: SourcePanel | None
    versions: Sequence[Version]
    leaves: Sequence[Leaf]
    cited_leaves: Sequence[Leaf]
    highlights: Highlights


def determination_page(determination: Determination, search: Search, *, at: str) -> DeterminationPage:
    """Build the page of a determination; ``at`` is the path of the span to highlight in the source text."""
    question = search.question
    items = [*with_rows(determination.items.all()).order_by("position")]
    letter = determination.letters.filter(state=SourceState.CURRENT).defer("content").first()
    diagnostics: list[dict[str, Any]] = letter.diagnostics if letter else []
    spans = Spans(
        address=determination.get_absolute_url(),
        question=question,
        spans={**(letter.spans if letter else {}), **_diagnostic_spans(diagnostics)},
        highlighted=at,
    )
    return DeterminationPage(
        question=question,
        list_url=reverse("web:list"),
        question_in_words=question_in_words(active_filters(search)),
        determination=determination,
        provenance=spans.provenance("case number", "case_number"),
        sentence=outcome_sentence(items),
        facts=tuple(header_facts(determination, spans)),
        summary=LinkedValue(
            determination.text.clinical_summary, spans.provenance("clinical summary", "clinical_summary")
        ),
        items=tuple(item_view(item, spans) for item in items),
        remarks=tuple(
            Remark(each["message"], spans.provenance("parser’s remark", f"warnings.{index}"))
            for index, each in enumerate(diagnostics)
        ),
        # The name of the highlighted span is known once everything above is built.
        source=source_panel(letter, spans, leaves=question.query.positive_leaves) if letter else None,
        versions=versions_of(determination),
        leaves=question.query.positive_leaves,
        cited_leaves=question.query.cited_leaves,
        highlights=Highlights(),
    )


def _diagnostic_spans(diagnostics: Sequence[dict[str, Any]]) -> dict[str, Sequence[int]]:
    return {
        f"warnings.{index}": (each["start"], each["end"])
        for index, each in enumerate(diagnostics)
        if each.get("start") is not None
    }
