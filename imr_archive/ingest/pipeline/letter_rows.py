"""What one parsed letter puts into the tables, but for the keys: made in the worker that parsed it, cheap to send.

Nothing here imports Django. Each ``*_COLUMNS`` names the columns of the values beside it; JSON is text already.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from imr_archive.parsing.letter.reviewer import licence_state, specialty
from imr_archive.records import DATE_NAMES
from imr_archive.search.fulltext.columns import ITEM_COLUMNS as SEARCHED_ITEM_COLUMNS
from imr_archive.search.fulltext.columns import SUMMARY_COLUMNS as SEARCHED_SUMMARY_COLUMNS
from imr_archive.search.fulltext.vectors import vectors_of
from imr_archive.vocabulary import CitedBy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from imr_archive.parsing.parsed import ParsedLetter
    from imr_archive.records import ItemRecord, ReviewerRecord, SideRecord
    from imr_archive.search.fulltext.columns import IndexedColumn

Values = tuple[Any, ...]

DETERMINATION_COLUMNS = (
    *("case_number", "text_sha256", "layout", "priority"),
    *("injury_date", "ur_decision_date", "received_date", "assigned_date", "decision_date"),
    *("worker_age", "worker_sex", "outcome"),
)
DETERMINATION_TEXT_COLUMNS = ("clinical_summary", "raw")
ITEM_COLUMNS = (
    *("position", "outcome", "laterality", "quantity", "service_from", "service_to"),
    *("ca_basis", "reviewer_basis", "doubts"),
)
ITEM_TEXT_COLUMNS = (
    *("description", "original_request", "authorized", "ca_guideline", "reviewer_guideline", "rationale", "raw"),
)
CITATION_COLUMNS = ("cited_by", "position", "title", "section", "year", "pages", "tables", "text")
MENTION_COLUMNS = ("position", "text")
# What these columns hold; the whole of a longer text stands in the printed text beside.
LONGEST_TREATMENT_RAW = 600
LONGEST_BODY_PART_RAW = 200
LONGEST_PAGES = 200


class ItemRows(NamedTuple):
    """What one disputed item puts into the tables; what hangs on it is named by the slug of its canonical row.

    ``vectors`` are those of its searchable texts, if they were worked out.
    """

    facts: Values
    text: Values
    treatments: tuple[tuple[str, str], ...]
    body_parts: tuple[tuple[str, str], ...]
    citations: tuple[tuple[str, Values], ...]
    mentions: tuple[tuple[str, Values], ...]
    vectors: tuple[bytes, ...] | None = None


class Profile(NamedTuple):
    """A reviewer's profile: its identity, the names of its lists, and its boards and states as (slug, name)."""

    fingerprint: str
    names: dict[str, list[str]]
    boards: tuple[tuple[str | None, str], ...]
    states: tuple[tuple[str | None, str], ...]


class LetterRows(NamedTuple):
    """What one letter puts into the tables, and what tells which determination it belongs to.

    ``vectors`` is that of the clinical summary, if it was worked out.
    """

    parser_version: str
    case_number: str | None
    text_sha256: str
    decided: date | None
    facts: Values
    text: Values
    profile: Profile | None
    items: tuple[ItemRows, ...]
    source_text: str
    spans: str
    diagnostics: str
    vectors: tuple[bytes, ...] | None = None


def letter_rows(letter: ParsedLetter) -> LetterRows:
    """Return what a letter puts into the tables."""
    record = letter.record
    return LetterRows(
        parser_version=letter.parser_version,
        case_number=record.case_number,
        text_sha256=record.text_sha256,
        decided=record.dates.decision,
        facts=(
            record.case_number,
            record.text_sha256,
            _code(record.layout),
            _code(record.priority),
            *(getattr(record.dates, name) for name in DATE_NAMES),
            record.worker.age,
            _code(record.worker.sex),
            _code(record.outcome),
        ),
        text=(record.clinical_summary or "", json.dumps(record.raw)),
        profile=_profile(record.reviewer),
        items=tuple(map(_item_rows, record.items)),
        source_text=letter.source_text,
        spans=json.dumps(letter.spans),
        diagnostics=json.dumps([diagnostic.as_json() for diagnostic in letter.diagnostics]),
    )


def with_vectors(letter: LetterRows) -> LetterRows:
    """Work out the vectors of a letter's searchable texts, as PostgreSQL takes them in."""
    items = (
        item._replace(vectors=_vectors(SEARCHED_ITEM_COLUMNS, ITEM_TEXT_COLUMNS, item.text)) for item in letter.items
    )
    summary = _vectors(SEARCHED_SUMMARY_COLUMNS, DETERMINATION_TEXT_COLUMNS, letter.text)
    return letter._replace(vectors=summary, items=tuple(items))


def _vectors(searched: Sequence[IndexedColumn], columns: Sequence[str], texts: Values) -> tuple[bytes, ...] | None:
    by_column = dict(zip(columns, texts, strict=True))
    return vectors_of(by_column[column.name] for column in searched)


def fingerprint_of(names: dict[str, list[str]]) -> str:
    """Return what identifies a reviewer's profile: a hash of the names of its lists."""
    return hashlib.sha256(json.dumps(names, sort_keys=True).encode()).hexdigest()


def _profile(reviewer: ReviewerRecord) -> Profile | None:
    boards = [*map(_board, (*reviewer.certifications, *reviewer.subspecialties))]
    states = [*map(_state, reviewer.states)]
    number = len(reviewer.certifications)
    names = {
        "certifications": [name for _, name in boards[:number]],
        "subspecialties": [name for _, name in boards[number:]],
        "states": [name for _, name in states],
    }
    if not any(names.values()):
        return None
    return Profile(fingerprint=fingerprint_of(names), names=names, boards=tuple(boards), states=tuple(states))


def _board(printed: str) -> tuple[str | None, str]:
    entry = specialty(printed)
    return (entry.slug, entry.name) if entry else (None, printed)


def _state(printed: str) -> tuple[str | None, str]:
    entry = licence_state(printed)
    return (entry.slug, entry.name) if entry else (None, printed)


def _item_rows(item: ItemRecord) -> ItemRows:
    service_from, service_to = item.service_dates or (None, None)
    raw = {path: words for path, words in item.raw.items() if "." not in path}
    return ItemRows(
        facts=(
            item.position,
            _code(item.outcome),
            _code(item.laterality),
            item.quantity,
            service_from,
            service_to,
            _code(item.claims_administrator.basis),
            _code(item.reviewer.basis),
            json.dumps(item.doubts),
        ),
        text=(
            item.description,
            item.original_request or "",
            item.authorized or "",
            item.claims_administrator.text or "",
            item.reviewer.text or "",
            item.rationale or "",
            json.dumps(raw),
        ),
        treatments=_named(item, "treatments", LONGEST_TREATMENT_RAW),
        body_parts=_named(item, "body_parts", LONGEST_BODY_PART_RAW),
        citations=(
            *_citations(CitedBy.CLAIMS_ADMINISTRATOR, item.claims_administrator),
            *_citations(CitedBy.REVIEWER, item.reviewer),
        ),
        mentions=tuple((mention.slug, (position, mention.text)) for position, mention in enumerate(item.mentions, 1)),
    )


def _named(item: ItemRecord, name: str, longest: int) -> tuple[tuple[str, str], ...]:
    return tuple((slug, item.raw[f"{name}.{number}"][:longest]) for number, slug in enumerate(getattr(item, name)))


def _citations(cited_by: CitedBy, side: SideRecord) -> Iterator[tuple[str, Values]]:
    for position, citation in enumerate(side.citations, 1):
        yield (
            citation.slug,
            (
                cited_by.value,
                position,
                citation.guideline,
                citation.section or "",
                citation.year,
                (citation.pages or "")[:LONGEST_PAGES],
                json.dumps(citation.tables),
                citation.text,
            ),
        )


def _code(member: Any) -> str:
    """Return a code as plain text; the empty text where nothing is stated."""
    return member.value if member else ""
