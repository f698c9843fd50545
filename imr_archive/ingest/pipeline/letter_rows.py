"""What one parsed letter puts into the tables, but for the keys: made in the worker that parsed it, cheap to send.

Nothing here imports Django. Each ``*_COLUMNS`` names the columns of the values beside it; JSON is text already.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from imr_archive.parsing.results import DATE_NAMES
from imr_archive.search.fulltext.tables import ITEMS, SUMMARIES
from imr_archive.search.fulltext.vectors import vectors_of
from imr_archive.vocabulary import CitedBy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from imr_archive.parsing.results import Credential, Item, ParsedLetter, ReviewerProfile, SideReliance, Stated
    from imr_archive.search.fulltext.tables import IndexedTable
    from imr_archive.vocabulary import GuidelineSource

T = TypeVar("T")
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
    case_number, decided = value_of(letter.case_number), value_of(letter.dates.decision)
    text_sha256 = hashlib.sha256(letter.normalised_text.encode(errors="replace")).hexdigest()
    return LetterRows(
        parser_version=letter.parser_version,
        case_number=case_number,
        text_sha256=text_sha256,
        decided=decided,
        facts=(
            case_number,
            text_sha256,
            _code(letter.layout),
            _code(value_of(letter.priority)),
            *(value_of(getattr(letter.dates, name)) for name in DATE_NAMES),
            value_of(letter.age),
            _code(value_of(letter.sex)),
            _code(letter.outcome),
        ),
        text=(value_of(letter.clinical_summary) or "", json.dumps(_raws(_coded(letter)))),
        profile=_profile(letter.reviewer),
        items=tuple(map(_item_rows, letter.items)),
        source_text=letter.source_text,
        spans=json.dumps(letter.spans()),
        diagnostics=json.dumps([diagnostic.as_json() for diagnostic in letter.diagnostics]),
    )


def with_vectors(letter: LetterRows) -> LetterRows:
    """Work out the vectors of a letter's searchable texts, as PostgreSQL takes them in."""
    items = (item._replace(vectors=_vectors(ITEMS, ITEM_TEXT_COLUMNS, item.text)) for item in letter.items)
    summary = _vectors(SUMMARIES, DETERMINATION_TEXT_COLUMNS, letter.text)
    return letter._replace(vectors=summary, items=tuple(items))


def _vectors(table: IndexedTable, columns: Sequence[str], texts: Values) -> tuple[bytes, ...] | None:
    by_column = dict(zip(columns, texts, strict=True))
    return vectors_of(by_column[column] for column in table.columns)


def value_of(stated: Stated[T] | None) -> T | None:
    """Return what a letter states, or None where it states nothing."""
    return None if stated is None else stated.value


def fingerprint_of(names: dict[str, list[str]]) -> str:
    """Return what identifies a reviewer's profile: a hash of the names of its lists."""
    return hashlib.sha256(json.dumps(names, sort_keys=True).encode()).hexdigest()


def unlisted_slug(source: GuidelineSource) -> str:
    """Return the slug of the entry for a source's guidelines that are not in our tables."""
    return f"{source}-unlisted"


def _coded(letter: ParsedLetter) -> dict[str, Stated[Any] | None]:
    """Return the coded values of a letter, whose printed words stand beside them, by their paths in the schema."""
    stated: dict[str, Stated[Any] | None] = {"case_number": letter.case_number, "priority": letter.priority}
    stated |= {f"dates.{name}": getattr(letter.dates, name) for name in DATE_NAMES}
    stated |= {"worker.age": letter.age, "worker.sex": letter.sex}
    for kind in ("certifications", "subspecialties", "states"):
        credentials = getattr(letter.reviewer, kind)
        stated |= {f"reviewer.{kind}.{number}": credential for number, credential in enumerate(credentials)}
    return stated


def _profile(profile: ReviewerProfile) -> Profile | None:
    names = {
        "certifications": _names(profile.certifications),
        "subspecialties": _names(profile.subspecialties),
        "states": _names(profile.states),
    }
    if not any(names.values()):
        return None
    return Profile(
        fingerprint=fingerprint_of(names),
        names=names,
        boards=tuple(map(_slug_and_name, (*profile.certifications, *profile.subspecialties))),
        states=tuple(map(_slug_and_name, profile.states)),
    )


def _item_rows(item: Item) -> ItemRows:
    service_from, service_to = value_of(item.service_dates) or (None, None)
    coded: dict[str, Stated[Any] | None] = {
        "outcome": item.outcome,
        "laterality": item.laterality,
        "quantity": item.quantity,
        "service_dates": item.service_dates,
    }
    return ItemRows(
        facts=(
            item.position,
            _code(value_of(item.outcome)),
            _code(value_of(item.laterality)),
            value_of(item.quantity),
            service_from,
            service_to,
            _code(item.claims_administrator.basis),
            _code(item.reviewer.basis),
            json.dumps([*dict.fromkeys(doubt.code.value for doubt in item.doubts)]),
        ),
        text=(
            item.description.value,
            value_of(item.original_request) or "",
            value_of(item.authorized) or "",
            item.claims_administrator.text or "",
            item.reviewer.text or "",
            value_of(item.rationale) or "",
            json.dumps(_raws(coded)),
        ),
        treatments=tuple((stated.value, stated.raw[:LONGEST_TREATMENT_RAW]) for stated in item.treatments),
        body_parts=tuple((stated.value, stated.raw[:LONGEST_BODY_PART_RAW]) for stated in item.body_parts),
        citations=(
            *_citations(CitedBy.CLAIMS_ADMINISTRATOR, item.claims_administrator),
            *_citations(CitedBy.REVIEWER, item.reviewer),
        ),
        mentions=tuple((mention.slug, (position, mention.text)) for position, mention in enumerate(item.mentions, 1)),
    )


def _citations(cited_by: CitedBy, side: SideReliance) -> Iterator[tuple[str, Values]]:
    for position, citation in enumerate(side.citations, 1):
        yield (
            citation.slug or unlisted_slug(citation.source),
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


def _raws(stated: dict[str, Stated[Any] | None]) -> dict[str, str]:
    return {path: value.raw for path, value in stated.items() if value is not None}


def _names(credentials: Iterable[Credential]) -> list[str]:
    return [credential.name or credential.value for credential in credentials]


def _slug_and_name(credential: Credential) -> tuple[str | None, str]:
    return credential.slug, credential.name or credential.value
