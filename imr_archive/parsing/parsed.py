"""What leaves the parser: the letter's record, with what only its source text can say beside it.

``ParsedLetter.as_json`` gives the published form (schema ``imr-parse/1``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imr_archive.parsing.results import Diagnostic
from imr_archive.records import (
    DATE_NAMES,
    PROFILE_NAMES,
    CitationRecord,
    DatesRecord,
    ItemRecord,
    LetterRecord,
    MentionRecord,
    ReasonRecord,
    ReviewerRecord,
    SideRecord,
    WorkerRecord,
    case_outcome,
    published,
)
from imr_archive.vocabulary import DiagnosticCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imr_archive.errors import LetterError
    from imr_archive.parsing.results import (
        Citation,
        Credential,
        Item,
        Mention,
        ReviewerProfile,
        SideReliance,
        Stated,
        StatedLetter,
        StatedReason,
    )
    from imr_archive.parsing.spans import Span

SCHEMA = "imr-parse/1"


@dataclass(frozen=True, slots=True)
class ParsedLetter:
    """A letter's record, the text that it was read from, and the parser's remarks.

    ``spans`` maps the path of each value in the record (``items.0.description``) to its place in ``source_text``;
    ``unclaimed`` are the stretches of it that no rule has read.
    """

    record: LetterRecord
    parser_version: str
    source_text: str
    spans: dict[str, Span]
    diagnostics: tuple[Diagnostic, ...] = ()
    unclaimed: tuple[Span, ...] = ()

    def as_json(self, *, file: str, sha256: str) -> dict[str, Any]:
        """Return the published form of the letter, ready for ``json.dumps``."""
        return {
            "schema": SCHEMA,
            "file": file,
            "sha256": sha256,
            "parser_version": self.parser_version,
            **published(self.record),
            "spans": {path: [*span] for path, span in self.spans.items()},
            "warnings": [diagnostic.as_json() for diagnostic in self.diagnostics],
        }


def failure_json(error: LetterError, *, file: str, sha256: str | None, parser_version: str) -> dict[str, Any]:
    """Return the published form of a file that is no determination or cannot be read: every value absent, and why."""
    return {
        "schema": SCHEMA,
        "file": file,
        "sha256": sha256,
        "parser_version": parser_version,
        "layout": None,
        "case_number": None,
        "priority": None,
        "dates": published(DatesRecord()),
        "worker": published(WorkerRecord()),
        "reviewer": published(ReviewerRecord()),
        "outcome": None,
        "clinical_summary": None,
        "items": [],
        "spans": {},
        "warnings": [Diagnostic(DiagnosticCode(error.code), str(error)).as_json()],
    }


def parsed_letter(letter: StatedLetter) -> ParsedLetter:
    """Turn what the parser has read into what leaves it."""
    return ParsedLetter(
        record=_letter_record(letter),
        parser_version=letter.parser_version,
        source_text=letter.source_text,
        spans=letter.spans(),
        diagnostics=letter.diagnostics,
        unclaimed=letter.unclaimed,
    )


def _letter_record(letter: StatedLetter) -> LetterRecord:
    dates = {name: getattr(letter.dates, name) for name in DATE_NAMES}
    raw = _raws({"case_number": letter.case_number, "priority": letter.priority})
    raw |= _raws({f"dates.{name}": stated for name, stated in dates.items()})
    raw |= _raws({"worker.age": letter.age, "worker.sex": letter.sex})
    for name in PROFILE_NAMES:
        raw |= _raws(_numbered(f"reviewer.{name}", getattr(letter.reviewer, name)))
    return LetterRecord(
        layout=letter.layout,
        case_number=_value(letter.case_number),
        priority=_value(letter.priority),
        dates=DatesRecord(**{name: _value(stated) for name, stated in dates.items()}),
        worker=WorkerRecord(age=_value(letter.age), sex=_value(letter.sex)),
        reviewer=_reviewer_record(letter.reviewer),
        outcome=case_outcome(_value(item.outcome) for item in letter.items),
        clinical_summary=_value(letter.clinical_summary),
        items=tuple(map(_item_record, letter.items)),
        text_sha256=hashlib.sha256(letter.normalised_text.encode(errors="replace")).hexdigest(),
        raw=raw,
    )


def _reviewer_record(profile: ReviewerProfile) -> ReviewerRecord:
    return ReviewerRecord(**{name: _values(getattr(profile, name)) for name in PROFILE_NAMES})


def _item_record(item: Item) -> ItemRecord:
    raw = {
        "outcome": item.outcome,
        "laterality": item.laterality,
        "quantity": item.quantity,
        "service_dates": item.service_dates,
        **_numbered("treatments", item.treatments),
        **_numbered("body_parts", item.body_parts),
    }
    return ItemRecord(
        position=item.position,
        description=item.description.value,
        original_request=_value(item.original_request),
        authorized=_value(item.authorized),
        outcome=_value(item.outcome),
        treatments=_values(item.treatments),
        body_parts=_values(item.body_parts),
        laterality=_value(item.laterality),
        quantity=_value(item.quantity),
        service_dates=_value(item.service_dates),
        claims_administrator=_side_record(item.claims_administrator),
        reviewer=_side_record(item.reviewer),
        rationale=_value(item.rationale),
        reasons=tuple(map(_reason_record, item.reasons)),
        mentions=tuple(map(_mention_record, item.mentions)),
        doubts=tuple(dict.fromkeys(doubt.code for doubt in item.doubts)),
        raw=_raws(raw),
    )


def _side_record(side: SideReliance) -> SideRecord:
    return SideRecord(basis=side.basis, text=side.text, citations=tuple(map(_citation_record, side.citations)))


def _citation_record(citation: Citation) -> CitationRecord:
    return CitationRecord(
        source=citation.source,
        guideline=citation.guideline,
        year=citation.year,
        chapter_number=citation.chapter_number,
        section=citation.section,
        pages=citation.pages,
        tables=citation.tables,
        text=citation.text,
        slug=citation.slug or citation.source.unlisted_slug,
    )


def _reason_record(reason: StatedReason) -> ReasonRecord:
    return ReasonRecord(code=reason.code, quote=reason.quote, start=reason.start)


def _mention_record(mention: Mention) -> MentionRecord:
    return MentionRecord(guideline=mention.guideline, slug=mention.slug, source=mention.source, text=mention.text)


def _raws(stated: dict[str, Any]) -> dict[str, str]:
    """Return the words as printed of the values that are stated, by their paths."""
    return {path: value.raw for path, value in stated.items() if value is not None}


def _numbered(path: str, values: Iterable[Stated[Any] | Credential]) -> dict[str, Any]:
    return {f"{path}.{number}": value for number, value in enumerate(values)}


def _values(values: Iterable[Stated[Any] | Credential]) -> tuple[Any, ...]:
    return tuple(value.value for value in values)


def _value(stated: Stated[Any] | None) -> Any:
    return None if stated is None else stated.value
