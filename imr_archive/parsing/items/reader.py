"""Read each item's ranges of text into an Item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imr_archive.parsing.checks.item import find_doubts
from imr_archive.parsing.citations.mentions import find_mentions
from imr_archive.parsing.citations.prose import relies_on_the_other_side
from imr_archive.parsing.citations.reader import read_reliance
from imr_archive.parsing.citations.shapes import looks_misread
from imr_archive.parsing.items.partial_approval import read_frame
from imr_archive.parsing.reasons.finder import find_reasons
from imr_archive.parsing.requests.reader import read_request
from imr_archive.parsing.requests.treatment_table import UNCLASSIFIED
from imr_archive.parsing.results import Citation, Diagnostic, Item, SideReliance, StatedReason
from imr_archive.vocabulary import Basis, CitedBy, DiagnosticCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeVar

    from imr_archive.parsing.items.blocks import Block
    from imr_archive.parsing.results import Stated
    from imr_archive.parsing.source.normalise import NormalText
    from imr_archive.parsing.spans import TracedText
    from imr_archive.parsing.tables.terms import FoundTerm

    T = TypeVar("T")


def read_item(letter: NormalText, position: int, block: Block) -> Item | None:
    """Read one item; return None for a heading without a request."""
    heading = letter.piece(*block.heading)
    frame = read_frame(heading.text)
    decided = heading.cut(*frame.decided)
    if not decided.text:
        return None
    original = heading.cut(*frame.original) if frame.original else None
    authorized = heading.cut(*frame.authorized) if frame.authorized else None
    request = read_request(decided.text, original.text if original else None)

    def stated(found: FoundTerm[T]) -> Stated[T]:
        piece = original if found.in_original and original else decided
        return letter.stated_in(piece, found.value, found.start, found.end)

    place = block.paragraphs.get("rationale")
    rationale = letter.piece(*place, flat=False) if place else None
    rationale = rationale if rationale and rationale.text else None
    item = Item(
        position=position,
        description=_whole(letter, decided),
        original_request=_whole(letter, original) if original and original.text else None,
        authorized=_whole(letter, authorized) if authorized and authorized.text else None,
        outcome=letter.stated(block.ruling.value, block.ruling.start, block.ruling.end) if block.ruling else None,
        treatments=tuple(stated(found) for found in request.treatments),
        body_parts=tuple(stated(found) for found in request.body_parts),
        laterality=stated(request.laterality) if request.laterality else None,
        quantity=stated(request.quantity) if request.quantity else None,
        service_dates=stated(request.service_dates) if request.service_dates else None,
        claims_administrator=_reliance(letter, block, CitedBy.CLAIMS_ADMINISTRATOR),
        reviewer=_reliance(letter, block, CitedBy.REVIEWER),
        rationale=_whole(letter, rationale) if rationale else None,
        mentions=find_mentions(rationale) if rationale else (),
    )
    if rationale:
        item = item._replace(reasons=_reasons(rationale, item))
    doubts = find_doubts(item, rationale)
    if request.unknown_drug:
        message = f"The drug of item {position} is not in our tables; its form or strength classifies it."
        named = stated(request.unknown_drug)
        doubts = (*doubts, Diagnostic(DiagnosticCode.UNCLASSIFIED_TREATMENT, message, named.span))
    return item._replace(doubts=doubts) if doubts else item


def _reasons(rationale: TracedText, item: Item) -> tuple[StatedReason, ...]:
    """Return the reasons that a rationale states for an item's outcome."""
    outcome = item.outcome.value if item.outcome else None
    return tuple(
        StatedReason(
            found.code, rationale.text[found.start : found.end], found.start, rationale.span(found.start, found.end)
        )
        for found in find_reasons(rationale.text, outcome, item.description.value)
    )


def _whole(letter: NormalText, piece: TracedText) -> Stated[str]:
    return letter.stated_in(piece, piece.text, 0, len(piece.text))


def _reliance(letter: NormalText, block: Block, cited_by: CitedBy) -> SideReliance:
    place = block.paragraphs.get(cited_by)
    piece = letter.piece(*place) if place else None
    if piece is None or not piece.text:
        return SideReliance(Basis.UNSTATED, None, None)
    read = piece
    if block.both_sides and relies_on_the_other_side(piece.text):
        read = letter.piece(*block.both_sides)
    reading = read_reliance(read.text, cited_by)
    citations = tuple(
        Citation(
            source=cited.source,
            guideline=cited.guideline,
            slug=cited.slug,
            text=cited.text,
            span=read.span(cited.start, cited.end),
            section=cited.section,
            year=cited.year,
            chapter_number=cited.chapter_number,
            pages=cited.pages,
            tables=cited.tables,
        )
        for cited in reading.citations
    )
    return SideReliance(reading.basis, piece.text, piece.span(0, len(piece.text)), citations)


def unresolved(item: Item) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each guideline and treatment of an item that is not in our tables."""
    for side in (item.claims_administrator, item.reviewer):
        for citation in side.citations:
            if citation.slug is None:
                message = f"The guideline “{citation.guideline}” is not in our tables."
                yield Diagnostic(DiagnosticCode.UNKNOWN_GUIDELINE, message, citation.span)
            for read in (citation.section, None if citation.slug else citation.guideline):
                if read and looks_misread(read):
                    message = f"“{read}”, cited for item {item.position}, looks misread."
                    yield Diagnostic(DiagnosticCode.CITATION_DOUBTED, message, citation.span)
    for treatment in item.treatments:
        if treatment.value == UNCLASSIFIED:
            message = f"No rule classifies the treatment of item {item.position}."
            yield Diagnostic(DiagnosticCode.UNCLASSIFIED_TREATMENT, message, treatment.span)
