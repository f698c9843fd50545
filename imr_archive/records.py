"""One letter as typed data: the single form in which a letter's facts travel between all rooms.

The parser makes a ``LetterRecord``, the writer turns it into rows, the reader turns rows back into it; pages for
programs, revisions and the backup take it as it is. It is immutable, and msgspec makes its JSON and its JSON Schema.

Every coded value keeps its raw text: ``raw`` maps the path of a value within its record (``dates.injury``,
``treatments.0``) to the words as printed. Absent is ``None`` or empty, never a guess. Fields that ``UNPUBLISHED`` names
are kept by the archive and stand in no published schema.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from imr_archive.vocabulary import (
    Basis,
    CaseOutcome,
    DiagnosticCode,
    GuidelineSource,
    Laterality,
    Layout,
    Outcome,
    Priority,
    ReasonCode,
    Sex,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


# The first year of decisions of which no letter was at hand when the rules were written.
FIRST_YEAR_UNSEEN = 2018


def is_read_by_description(layout: Layout, decision: date | None) -> bool:
    """Return whether the rules that read such a letter were written from descriptions of its form, not from letters."""
    return not layout.was_seen_whole or (decision is not None and decision.year >= FIRST_YEAR_UNSEEN)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a letter's facts; its fields stand in the order of the published schema."""

    UNPUBLISHED: ClassVar[tuple[str, ...]] = ()


class DatesRecord(Record, frozen=True, kw_only=True):
    """The five dates of a case."""

    injury: date | None = None
    ur_decision: date | None = None
    received: date | None = None
    assigned: date | None = None
    decision: date | None = None


class WorkerRecord(Record, frozen=True, kw_only=True):
    """What the summary says of the injured worker."""

    age: int | None = None
    sex: Sex | None = None


class ReviewerRecord(Record, frozen=True, kw_only=True):
    """The boards and licence states of the expert reviewer, in the order printed; never a person."""

    certifications: tuple[str, ...] = ()
    subspecialties: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


class CitationRecord(Record, frozen=True, kw_only=True):
    """One guideline, and section of it, that one side cited for one item.

    ``guideline`` is the canonical title, or the title or address as printed; ``slug`` names the canonical entry, which
    is ``<source>-unlisted`` for a guideline that is not in our tables.
    """

    UNPUBLISHED = ("slug",)

    source: GuidelineSource
    guideline: str
    year: int | None = None
    chapter_number: int | None = None
    section: str | None = None
    pages: str | None = None
    tables: tuple[str, ...] = ()
    text: str
    slug: str


class SideRecord(Record, frozen=True, kw_only=True):
    """What one side relied on for one item: its basis, its paragraph as printed (reflowed), its citations."""

    basis: Basis
    text: str | None = None
    citations: tuple[CitationRecord, ...] = ()


class MentionRecord(Record, frozen=True, kw_only=True):
    """A guideline that a rationale names in passing; ``text`` is what is printed."""

    guideline: str
    slug: str
    source: GuidelineSource
    text: str


class ReasonRecord(Record, frozen=True, kw_only=True):
    """Why an item was upheld or overturned: a code, and the clause of the rationale that states it.

    ``start`` is where the clause begins in the rationale.
    """

    UNPUBLISHED = ("start",)

    code: ReasonCode
    quote: str
    start: int


class ItemRecord(Record, frozen=True, kw_only=True):
    """One disputed item; ``treatments`` and ``body_parts`` are slugs, first named first."""

    UNPUBLISHED = ("doubts", "raw")

    position: int
    description: str
    original_request: str | None = None
    authorized: str | None = None
    outcome: Outcome | None = None
    treatments: tuple[str, ...] = ()
    body_parts: tuple[str, ...] = ()
    laterality: Laterality | None = None
    quantity: int | None = None
    service_dates: tuple[date, date] | None = None
    claims_administrator: SideRecord
    reviewer: SideRecord
    rationale: str | None = None
    reasons: tuple[ReasonRecord, ...] = ()
    mentions: tuple[MentionRecord, ...] = ()
    doubts: tuple[DiagnosticCode, ...] = ()
    raw: dict[str, str] = {}


class LetterRecord(Record, frozen=True, kw_only=True):
    """One determination letter; ``text_sha256``, the hash of its normalised text, identifies one without a number."""

    UNPUBLISHED = ("text_sha256", "raw")

    layout: Layout
    case_number: str | None = None
    priority: Priority | None = None
    dates: DatesRecord = DatesRecord()
    worker: WorkerRecord = WorkerRecord()
    reviewer: ReviewerRecord = ReviewerRecord()
    outcome: CaseOutcome | None = None
    clinical_summary: str | None = None
    items: tuple[ItemRecord, ...] = ()
    text_sha256: str
    raw: dict[str, str] = {}


DATE_NAMES = DatesRecord.__struct_fields__
PROFILE_NAMES = ReviewerRecord.__struct_fields__


def case_outcome(outcomes: Iterable[Outcome | None]) -> CaseOutcome | None:
    """Return the case outcome that follows from the items' outcomes; None unless every item states one."""
    different = {*outcomes}
    if not different or None in different:
        return None
    return CaseOutcome(different.pop() or "") if len(different) == 1 else CaseOutcome.PARTIALLY_OVERTURNED


def published(record: Record) -> dict[str, Any]:
    """Return the published form of a record, ready for ``json.dumps``: codes as their strings, dates in ISO 8601."""
    names = (name for name in record.__struct_fields__ if name not in record.UNPUBLISHED)
    return {name: _plain(getattr(record, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return published(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value.value if isinstance(value, Enum) else value
