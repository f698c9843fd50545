"""What one letter becomes: plain frozen data, with the place in the source text beside each value.

``ParsedLetter.as_json`` gives the public form (schema ``imr-parse/1``). Spans are [start, end) character offsets into
the source text, and ``source[start:end]`` is the value's raw text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

from imr_archive.vocabulary import CaseOutcome, DiagnosticCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imr_archive.errors import LetterError
    from imr_archive.parsing.spans import Span
    from imr_archive.vocabulary import (
        Basis,
        GuidelineSource,
        Laterality,
        Layout,
        Outcome,
        Priority,
        Sex,
    )

SCHEMA = "imr-parse/1"

DATE_NAMES = ("injury", "ur_decision", "received", "assigned", "decision")

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

    def as_json(self) -> dict[str, Any]:
        """Return the public form of the citation."""
        return {
            "source": self.source.value,
            "guideline": self.guideline,
            "year": self.year,
            "chapter_number": self.chapter_number,
            "section": self.section,
            "pages": self.pages,
            "tables": [*self.tables],
            "text": self.text,
        }


class Mention(NamedTuple):
    """A guideline that a rationale names in passing; no citation, for nobody says that the decision rests on it.

    ``slug`` is its entry in ``tables/guidelines.toml``, ``guideline`` the canonical title, ``text`` the printed words.
    """

    source: GuidelineSource
    guideline: str
    slug: str
    text: str
    span: Span

    def as_json(self) -> dict[str, Any]:
        """Return the public form of the mention."""
        return {"guideline": self.guideline, "slug": self.slug, "source": self.source.value, "text": self.text}


class SideReliance(NamedTuple):
    """What one side relied on for one item: its basis, its paragraph as printed (reflowed), its citations."""

    basis: Basis
    text: str | None
    span: Span | None
    citations: tuple[Citation, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the public form of the side."""
        citations = [citation.as_json() for citation in self.citations]
        return {"basis": self.basis.value, "text": self.text, "citations": citations}


class Item(NamedTuple):
    """One disputed item. ``treatments`` are slugs of two or three levels, first named first.

    ``mentions`` are the guidelines that the rationale names in passing, ``doubts`` what speaks against the item.
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
    mentions: tuple[Mention, ...] = ()
    doubts: tuple[Diagnostic, ...] = ()

    def stated(self, path: str) -> Iterator[tuple[str, _Placed | None]]:
        """Yield each value that has a place, by its path in the JSON form below ``path``."""
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
        yield from _numbered(f"{path}.mentions", self.mentions)

    def as_json(self) -> dict[str, Any]:
        """Return the public form of the item."""
        return {
            "position": self.position,
            "description": self.description.value,
            "original_request": _value(self.original_request),
            "authorized": _value(self.authorized),
            "outcome": _value(self.outcome),
            "treatments": _values(self.treatments),
            "body_parts": _values(self.body_parts),
            "laterality": _value(self.laterality),
            "quantity": _value(self.quantity),
            "service_dates": _value(self.service_dates),
            "claims_administrator": self.claims_administrator.as_json(),
            "reviewer": self.reviewer.as_json(),
            "rationale": _value(self.rationale),
            "mentions": [mention.as_json() for mention in self.mentions],
        }


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
        outcomes = {item.outcome.value for item in self.items if item.outcome}
        if not outcomes or not all(item.outcome for item in self.items):
            return None
        return CaseOutcome(outcomes.pop()) if len(outcomes) == 1 else CaseOutcome.PARTIALLY_OVERTURNED

    def spans(self) -> dict[str, Span]:
        """Return each present value's span by its path in the JSON form, such as ``items.0.description``."""
        return {path: value.span for path, value in self._stated() if value is not None and value.span is not None}

    def _stated(self) -> Iterator[tuple[str, _Placed | None]]:
        yield "case_number", self.case_number
        yield "priority", self.priority
        for name in DATE_NAMES:
            yield f"dates.{name}", getattr(self.dates, name)
        yield "worker.age", self.age
        yield "worker.sex", self.sex
        for kind in ("certifications", "subspecialties", "states"):
            yield from _numbered(f"reviewer.{kind}", getattr(self.reviewer, kind))
        yield "clinical_summary", self.clinical_summary
        for number, item in enumerate(self.items):
            yield from item.stated(f"items.{number}")

    def as_json(self, *, file: str, sha256: str) -> dict[str, Any]:
        """Return the public form of the letter, ready for ``json.dumps``."""
        return {
            "schema": SCHEMA,
            "file": file,
            "sha256": sha256,
            "parser_version": self.parser_version,
            "layout": self.layout.value,
            "case_number": _value(self.case_number),
            "priority": _value(self.priority),
            "dates": {name: _value(getattr(self.dates, name)) for name in DATE_NAMES},
            "worker": {"age": _value(self.age), "sex": _value(self.sex)},
            "reviewer": {
                "certifications": _values(self.reviewer.certifications),
                "subspecialties": _values(self.reviewer.subspecialties),
                "states": _values(self.reviewer.states),
            },
            "outcome": self.outcome.value if self.outcome else None,
            "clinical_summary": _value(self.clinical_summary),
            "items": [item.as_json() for item in self.items],
            "spans": {path: [*span] for path, span in self.spans().items()},
            "warnings": [diagnostic.as_json() for diagnostic in self.diagnostics],
        }


def failure_json(error: LetterError, *, file: str, sha256: str | None, parser_version: str) -> dict[str, Any]:
    """Return the public form of a file that is no determination or cannot be read: every value absent, and why."""
    return {
        "schema": SCHEMA,
        "file": file,
        "sha256": sha256,
        "parser_version": parser_version,
        "layout": None,
        "case_number": None,
        "priority": None,
        "dates": dict.fromkeys(DATE_NAMES),
        "worker": {"age": None, "sex": None},
        "reviewer": {"certifications": [], "subspecialties": [], "states": []},
        "outcome": None,
        "clinical_summary": None,
        "items": [],
        "spans": {},
        "warnings": [Diagnostic(DiagnosticCode(error.code), str(error)).as_json()],
    }


def _numbered(path: str, values: Iterable[_Placed]) -> Iterator[tuple[str, _Placed]]:
    for number, value in enumerate(values):
        yield f"{path}.{number}", value


def _values(values: Iterable[Stated[Any] | Credential]) -> list[Any]:
    return [_value(value) for value in values]


def _value(stated: Stated[Any] | Credential | None) -> Any:
    """Return a value as JSON has it: codes as their strings, dates in ISO 8601."""
    return None if stated is None else _plain(stated.value)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value.value if isinstance(value, Enum) else value
