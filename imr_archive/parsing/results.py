"""What the parser reads in one letter: frozen data, with the place in the source text beside each value.

These types stay inside ``parsing``; ``parsed.parsed_letter`` turns them into the record that leaves it. Spans are
[start, end) character offsets into the source text, and ``source[start:end]`` is the value's raw text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

from imr_archive.records import DATE_NAMES, PROFILE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imr_archive.parsing.spans import Span
    from imr_archive.vocabulary import (
        Basis,
        DiagnosticCode,
        GuidelineSource,
        Laterality,
        Layout,
        Outcome,
        Priority,
        ReasonCode,
        Sex,
    )

T = TypeVar("T")


class _Placed(Protocol):
    """Anything that knows where it stands."""

    @property
    def span(self) -> Span | None: ...


class Stated(NamedTuple, Generic[T]):
    """A value that the letter states: what it means, the words as printed, and where they stand."""

    value: T
    raw: str
    span: Span


class Credential(NamedTuple):
    """A board or a licence state: ``value`` as printed but for trailing junk and "and", which is folded to "&".

    ``slug`` and ``name`` are the canonical entry in ``tables/specialties.toml`` or ``tables/states.toml``; both are
    None where the letter names one that is not in our tables.
    """

    value: str
    raw: str
    span: Span
    slug: str | None = None
    name: str | None = None


class Diagnostic(NamedTuple):
    """A parser's remark: a code, a sentence, and the place it speaks of (None: the whole letter)."""

    code: DiagnosticCode
    message: str
    span: Span | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the public form of the remark."""
        start, end = self.span or (None, None)
        return {"code": self.code.value, "message": self.message, "start": start, "end": end}


class Citation(NamedTuple):
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


class Mention(NamedTuple):
    """A guideline that a rationale names in passing; no citation, for nobody says that the decision rests on it.

    ``slug`` is its entry in ``tables/guidelines.toml``, ``guideline`` the canonical title, ``text`` the printed words.
    """

    source: GuidelineSource
    guideline: str
    slug: str
    text: str
    span: Span


class StatedReason(NamedTuple):
    """A reason for an item's outcome: a code, the clause that states it, and where that begins in the rationale."""

    code: ReasonCode
    quote: str
    start: int
    span: Span


class SideReliance(NamedTuple):
    """What one side relied on for one item: its basis, its paragraph as printed (reflowed), its citations."""

    basis: Basis
    text: str | None
    span: Span | None
    citations: tuple[Citation, ...] = ()


class Item(NamedTuple):
    """One disputed item. ``treatments`` are slugs of two or three levels, first named first.

    ``reasons`` are the grounds that the rationale states for the outcome, ``mentions`` the guidelines that it names in
    passing, ``doubts`` what speaks against the item.
    """

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
    reasons: tuple[StatedReason, ...] = ()
    mentions: tuple[Mention, ...] = ()
    doubts: tuple[Diagnostic, ...] = ()

    def stated(self, path: str) -> Iterator[tuple[str, _Placed | None]]:
        """Yield each value that has a place, by its path in the record below ``path``."""
        for name in ("description", "original_request", "authorized", "outcome"):
            yield f"{path}.{name}", getattr(self, name)
        yield from _numbered(f"{path}.treatments", self.treatments)
        yield from _numbered(f"{path}.body_parts", self.body_parts)
        for name in ("laterality", "quantity", "service_dates"):
            yield f"{path}.{name}", getattr(self, name)
        for name in ("claims_administrator", "reviewer"):
            side = getattr(self, name)
            yield f"{path}.{name}.text", side
            yield from _numbered(f"{path}.{name}.citations", side.citations)
        yield f"{path}.rationale", self.rationale
        yield from _numbered(f"{path}.reasons", self.reasons)
        yield from _numbered(f"{path}.mentions", self.mentions)


@dataclass(frozen=True, slots=True)
class ReviewerProfile:
    """The boards and licences of the expert reviewer, in the order printed; never a person."""

    certifications: tuple[Credential, ...] = ()
    subspecialties: tuple[Credential, ...] = ()
    states: tuple[Credential, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterDates:
    """The five dates of a case; None where the letter prints none that can be."""

    injury: Stated[date] | None = None
    ur_decision: Stated[date] | None = None
    received: Stated[date] | None = None
    assigned: Stated[date] | None = None
    decision: Stated[date] | None = None


@dataclass(frozen=True, slots=True)
class StatedLetter:
    """One determination letter as the parser reads it.

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

    def spans(self) -> dict[str, Span]:
        """Return each present value's span by its path in the record, such as ``items.0.description``."""
        return {path: value.span for path, value in self._stated() if value is not None and value.span is not None}

    def _stated(self) -> Iterator[tuple[str, _Placed | None]]:
        yield "case_number", self.case_number
        yield "priority", self.priority
        for name in DATE_NAMES:
            yield f"dates.{name}", getattr(self.dates, name)
        yield "worker.age", self.age
        yield "worker.sex", self.sex
        for kind in PROFILE_NAMES:
            yield from _numbered(f"reviewer.{kind}", getattr(self.reviewer, kind))
        yield "clinical_summary", self.clinical_summary
        for number, item in enumerate(self.items):
            yield from item.stated(f"items.{number}")


def _numbered(path: str, values: Iterable[_Placed]) -> list[tuple[str, _Placed]]:
    return [(f"{path}.{number}", value) for number, value in enumerate(values)]
