"""The page of one determination: everything that its template shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from imr_archive.vocabulary import DiagnosticCode, SourceState
from imr_archive.web.determinations.citation import CitationEntry, citations_of
from imr_archive.web.determinations.corrected import Corrected, corrected_values
from imr_archive.web.determinations.facts import header_facts, outcome_sentence
from imr_archive.web.determinations.item_rows import with_rows
from imr_archive.web.determinations.item_views import ItemView, item_view
from imr_archive.web.determinations.letter_pages import spans_of_letter
from imr_archive.web.determinations.neighbours import Neighbours, neighbours_of
from imr_archive.web.determinations.provenance import PAGES, Fact, LinkedValue, Provenance, Spans
from imr_archive.web.determinations.source_panel import SourcePanel, source_panel
from imr_archive.web.determinations.versions import Version, versions_of
from imr_archive.web.formatting import Highlights, midsentence
from imr_archive.web.question.active_filters import active_filters, question_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.models import Determination, DisputedItem
    from imr_archive.search.query.tree import Leaf
    from imr_archive.web.question.question import Question
    from imr_archive.web.question.search import Search


@dataclass(frozen=True, slots=True)
class ShownRemark:
    """A remark of the parser with its provenance."""

    message: str
    provenance: Provenance | None


@dataclass(frozen=True, slots=True)
class DeterminationPage:
    """The page of a determination, which keeps the question of the list it was opened from.

    ``address`` is its own address with the host, without the question.
    ``leaves`` are the search words to highlight, ``cited_leaves`` those to highlight in citations; ``highlights``
    numbers them while the template is rendered. ``provenance`` is that of the case number; ``not_printed`` are the
    labels of the facts that the letter does not state.
    """

    question: Question
    list_url: str
    question_in_words: str
    determination: Determination
    provenance: Provenance | None
    address: str
    sentence: str
    citations: Sequence[CitationEntry]
    neighbours: Neighbours | None
    facts: Sequence[Fact]
    not_printed: Sequence[str]
    summary: LinkedValue
    items: Sequence[ItemView]
    corrected: Sequence[Corrected]
    remarks: Sequence[ShownRemark]
    source: SourcePanel | None
    versions: Sequence[Version]
    leaves: Sequence[Leaf]
    cited_leaves: Sequence[Leaf]
    highlights: Highlights


def determination_page(
    determination: Determination, search: Search, *, address: str, at: str = "", item: str = "", source: str = ""
) -> DeterminationPage:
    """Build the page of a determination.

    ``at`` is the path of the span to highlight in the source text, ``item`` the position of the item to unfold,
    ``source`` whether the source is shown as the images of its pages.
    """
    question = search.question
    items = [*with_rows(determination.items.all()).order_by("position")]
    letter = determination.letters.filter(state=SourceState.CURRENT).defer("content").first()
    diagnostics: list[dict[str, Any]] = letter.diagnostics if letter else []
    corrected = corrected_values(determination)
    spans = Spans(
        address=determination.get_absolute_url(),
        question=question,
        spans=spans_of_letter(letter) if letter else {},
        shows_pages=source == PAGES,
        highlighted=at,
        corrected=corrected,
        item=int(item) if item in {str(each.position) for each in items} else None,
    )
    unfolded = _unfolded(items, search, spans)
    facts = [*header_facts(determination, spans)]
    return DeterminationPage(
        question=question,
        list_url=reverse("web:list"),
        question_in_words=question_in_words(active_filters(search)),
        determination=determination,
        provenance=spans.provenance("case number", "case_number"),
        address=address,
        sentence=outcome_sentence(items),
        citations=citations_of(determination, items),
        neighbours=neighbours_of(determination, search),
        facts=[fact for fact in facts if fact.values],
        not_printed=[midsentence(fact.label) for fact in facts if not fact.values],
        summary=LinkedValue(
            determination.text.clinical_summary, spans.provenance("clinical summary", "clinical_summary")
        ),
        items=tuple(item_view(item, spans, search.everything, is_unfolded=item.position in unfolded) for item in items),
        corrected=corrected,
        remarks=tuple(
            ShownRemark(each["message"], spans.provenance("parser’s remark", f"warnings.{index}"))
            for index, each in enumerate(diagnostics)
            # The page says this at its top, also of letters that an earlier parser read.
            if each.get("code") != DiagnosticCode.READ_BY_DESCRIPTION
        ),
        # The name of the highlighted span is known once everything above is built.
        source=(
            source_panel(letter, determination.reference, spans, leaves=question.query.positive_leaves)
            if letter
            else None
        ),
        versions=versions_of(determination),
        leaves=question.query.positive_leaves,
        cited_leaves=question.query.cited_leaves,
        highlights=Highlights(),
    )


def _unfolded(items: Sequence[DisputedItem], search: Search, spans: Spans) -> set[int]:
    """Return the positions of the items to unfold: the one asked for, else those that the question selects, else all.

    The item that states the highlighted words is unfolded too.
    """
    highlighted = {item.position for item in items if spans.highlighted.startswith(f"items.{item.position - 1}.")}
    if spans.item:
        return {spans.item} | highlighted
    selected = {*search.selection.items_of(items[0].determination_id)} if items and search.question.is_narrowed else {}
    matching = {item.position for item in items if item.pk in selected}
    return (matching or {item.position for item in items}) | highlighted
