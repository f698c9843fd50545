"""What one letter becomes: plain frozen data, with the place in the source text beside each value.

``ParsedLetter.as_json`` gives the public form (schema ``imr-parse/1``). Spans are [start, end) character offsets into
the source text, and ``source[start:end]`` is the value's raw text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from datetime import date

    from imr_archive.parsing.spans import Span
    from imr_archive.vocabulary import (
        Basis,
        CaseOutcome,
        DiagnosticCode,
        GuidelineSource,
        Laterality,
        Layout,
        Outcome,
        Priority,
        Sex,
    )

SCHEMA = "imr-parse/1"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stated(Generic[T]):
    """A value that the letter states: what it means, the words as printed, and where they stand."""

    value: T
    raw: str
    span: Span


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A parser's remark: a code, a sentence, and the place it speaks of (None: the whole letter)."""

    code: DiagnosticCode
    message: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """One guideline, and section of it, that one side cited for one item.

    ``slug`` is the entry in ``tables/guidelines.toml`` that ``guideline`` resolves to, or None where the letter names
    one that is not in our tables; ``guideline`` is the canonical title, or the title or address as printed.
    """

    source: GuidelineSource
    guideline: str
    slug: str | None
    text: str
    span: Span
    section: str | None = None
    year: int | None = None
    chapter_number: int | None = None
    pages: str | None = None
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SideReliance:
    """What one side relied on for one item: its basis, its paragraph as printed (reflowed), its citations."""

    basis: Basis
    text: str | None
    span: Span | None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One disputed item. ``treatments`` are slugs of two or three levels, first named first."""

    position: int
    description: Stated[str]
    outcome: Stated[Outcome] | None
    claims_administrator: SideReliance
    reviewer: SideReliance
    rationale: Stated[str] | None
    original_request: Stated[str] | None = None
    authorized: Stated[str] | None = None
    treatments: tuple[Stated[str], ...] = ()
    body_parts: tuple[Stated[str], ...] = ()
    laterality: Stated[Laterality] | None = None
    quantity: Stated[int] | None = None
    service_dates: Stated[tuple[date, date]] | None = None


@dataclass(frozen=True, slots=True)
class ReviewerProfile:
    """The boards and licences of the expert reviewer, in the order printed; never a person.

    The values are canonical names; names that are not in our tables stand as printed.
    """

    certifications: tuple[Stated[str], ...] = ()
    subspecialties: tuple[Stated[str], ...] = ()
    states: tuple[Stated[str], ...] = ()


@dataclass(frozen=True, slots=True)
class LetterDates:
    """The five dates of a case; None where the letter prints none that can be."""

    injury: Stated[date] | None = None
    ur_decision: Stated[date] | None = None
    received: Stated[date] | None = None
    assigned: Stated[date] | None = None
    decision: Stated[date] | None = None


@dataclass(frozen=True, slots=True)
class ParsedLetter:
    """One determination letter as data.

    ``source_text`` is what the spans point into; ``normalised_text`` is the letter without the accidents of its file
    (line wraps, page breaks, blank lines), whose hash identifies a letter that prints no case number.
    """

    parser_version: str
    layout: Layout
    source_text: str
    normalised_text: str
    case_number: Stated[str] | None = None
    priority: Stated[Priority] | None = None
    dates: LetterDates = field(default_factory=LetterDates)
    age: Stated[int] | None = None
    sex: Stated[Sex] | None = None
    reviewer: ReviewerProfile = field(default_factory=ReviewerProfile)
    clinical_summary: Stated[str] | None = None
    items: tuple[Item, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    unclaimed: tuple[Span, ...] = ()

    @property
    def outcome(self) -> CaseOutcome | None:
        """The case outcome that follows from the items; None unless every item states one."""
        raise NotImplementedError  # filled in with as_json and spans

    def spans(self) -> dict[str, Span]:
        """Return each present value's span by its path in the JSON form, such as ``items.0.description``."""
        raise NotImplementedError

    def as_json(self, *, file: str, sha256: str) -> dict[str, Any]:
        """Return the public form of the letter, ready for ``json.dumps``."""
        raise NotImplementedError
