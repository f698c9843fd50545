"""Write small archives row by row, for tests that query them.

    add_determination("CM14-0000001", items=[ItemRow("MRI of the lumbar spine", outcome="overturned")])

Canonical entries (treatments, guidelines, body parts, profiles) are created by slug when they are first used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from imr_archive.models import (
    BodyPart,
    Determination,
    DeterminationText,
    DisputedItem,
    DisputedItemText,
    Guideline,
    GuidelineCitation,
    ItemBodyPart,
    ItemReason,
    ItemTreatment,
    Reviewer,
    ReviewerLicence,
    ReviewerSpecialty,
    SourceLetter,
    Treatment,
)
from imr_archive.search.facets.selection import Selection
from imr_archive.vocabulary import CitedBy, GuidelineSource, SourceKind, SourceState


@dataclass(frozen=True)
class Cited:
    """A citation: the guideline's slug, and what else is printed of it."""

    slug: str
    section: str = ""
    pages: str = ""
    year: int | None = None


@dataclass(frozen=True)
class ItemRow:
    """One disputed item, by the slugs of what it is about."""

    description: str
    outcome: str = "upheld"
    treatments: Sequence[str] = ()
    body_parts: Sequence[str] = ()
    guidelines: Sequence[str | Cited] = ()
    ca_guidelines: Sequence[str | Cited] = ()
    basis: str = "none_cited"
    ca_basis: str = "none_cited"
    rationale: str = ""
    reasons: Sequence[str] = ()
    original_request: str = ""
    authorized: str = ""
    quantity: int | None = None


def add_determination(
    case_number: str | None,
    *,
    items: Sequence[ItemRow] = (),
    decided: date | None = None,
    age: int | None = None,
    sex: str = "",
    boards: Sequence[str] | None = None,
    states: Sequence[str] = ("California",),
    summary: str = "",
    letter: dict[str, Any] | None = None,
    arrived: datetime | None = None,
) -> Determination:
    """Add a determination with its items; ``letter`` holds columns of its source letter, if it is to have one."""
    determination = Determination.objects.create(
        case_number=case_number,
        text_sha256=hashlib.sha256(f"{case_number}{Determination.objects.count()}".encode()).hexdigest(),
        layout="boxed",
        decision_date=decided,
        worker_age=age,
        worker_sex=sex,
        outcome=case_outcome([item.outcome for item in items]),
        reviewer=None if boards is None else reviewer(boards, states),
        arrived_at=arrived or timezone.now(),
    )
    DeterminationText.objects.create(determination=determination, clinical_summary=summary)
    for position, row in enumerate(items, 1):
        add_item(determination, position, row)
    if letter is not None:
        add_letter(determination, **letter)
    return determination


def case_outcome(outcomes: Sequence[str]) -> str:
    """What follows for a case from its items' outcomes."""
    if not outcomes or "" in outcomes:
        return ""
    return outcomes[0] if len(set(outcomes)) == 1 else "partially_overturned"


def add_item(determination: Determination, position: int, row: ItemRow) -> DisputedItem:
    item = DisputedItem.objects.create(
        determination=determination,
        position=position,
        outcome=row.outcome,
        quantity=row.quantity,
        ca_basis=row.ca_basis,
        reviewer_basis=row.basis,
    )
    DisputedItemText.objects.create(
        item=item,
        description=row.description,
        original_request=row.original_request,
        authorized=row.authorized,
        rationale=row.rationale,
        reviewer_guideline=_printed(row.guidelines),
        ca_guideline=_printed(row.ca_guidelines),
    )
    for place, slug in enumerate(row.treatments, 1):
        ItemTreatment.objects.create(item=item, treatment=treatment(slug), position=place, raw=row.description)
    for slug in row.body_parts:
        ItemBodyPart.objects.create(item=item, body_part=body_part(slug), raw=row.description)
    for place, code in enumerate(row.reasons, 1):
        ItemReason.objects.create(item=item, position=place, code=code, quote=row.description, start=0)
    for side, cited in ((CitedBy.REVIEWER, row.guidelines), (CitedBy.CLAIMS_ADMINISTRATOR, row.ca_guidelines)):
        for place, each in enumerate(map(_cited, cited), 1):
            entry = guideline(each.slug)
            GuidelineCitation.objects.create(
                item=item,
                cited_by=side,
                position=place,
                guideline=entry,
                title=entry.title,
                section=each.section,
                pages=each.pages,
                year=each.year,
                text=each.section or entry.title,
            )
    return item


def add_letter(
    determination: Determination,
    *,
    text: str,
    name: str = "letter.txt",
    kind: SourceKind = SourceKind.TEXT,
    content: bytes | None = None,
    spans: dict[str, list[int]] | None = None,
    diagnostics: Sequence[dict[str, Any]] = (),
) -> SourceLetter:
    content = text.encode() if content is None else content
    return SourceLetter.objects.create(
        name=name,
        kind=kind,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        parser_version="1.0",
        state=SourceState.CURRENT,
        determination=determination,
        text=text,
        content=content,
        spans=spans or {},
        diagnostics=list(diagnostics),
    )


def spans_of(text: str, **said: str) -> dict[str, list[int]]:
    """The spans of words in a text, by path; a double underscore in a name stands for a dot."""
    return {
        path.replace("__", "."): [text.index(words), text.index(words) + len(words)] for path, words in said.items()
    }


def treatment(slug: str) -> Treatment:
    steps = slug.split("/")
    parent = treatment("/".join(steps[:-1])) if len(steps) > 1 else None
    return Treatment.objects.get_or_create(
        slug=slug,
        defaults={
            "name": _named(steps[-1]),
            "level": len(steps),
            "parent": parent,
            "category": steps[0],
            "subcategory": "/".join(steps[:2]) if len(steps) > 1 else "",
        },
    )[0]


def guideline(slug: str) -> Guideline:
    source = GuidelineSource.ODG if slug.startswith("odg") else GuidelineSource.MTUS_ACOEM
    title = _named(slug)
    return Guideline.objects.get_or_create(slug=slug, defaults={"source": source, "title": title, "label": title})[0]


def body_part(slug: str) -> BodyPart:
    return BodyPart.objects.get_or_create(slug=slug, defaults={"name": _named(slug)})[0]


def reviewer(boards: Sequence[str], states: Sequence[str]) -> Reviewer:
    fingerprint = hashlib.sha256(repr((boards, states)).encode()).hexdigest()
    profile, is_new = Reviewer.objects.get_or_create(
        fingerprint=fingerprint, defaults={"certifications": list(boards), "states": list(states)}
    )
    if is_new:
        for name in boards:
            ReviewerSpecialty.objects.create(reviewer=profile, slug=_slugged(name), name=name)
        for name in states:
            ReviewerLicence.objects.create(reviewer=profile, slug=_slugged(name), name=name)
    return profile


def _cited(each: str | Cited) -> Cited:
    return Cited(each) if isinstance(each, str) else each


def _printed(cited: Sequence[str | Cited]) -> str:
    return ". ".join(
        guideline(each.slug).title + (f", {each.section}" if each.section else "") for each in map(_cited, cited)
    )


def _named(slug: str) -> str:
    return slug.replace("-", " ").capitalize()


def _slugged(name: str) -> str:
    return "-".join("".join(char if char.isalnum() else " " for char in name.lower()).split())


def items_matching(query):
    """The items that a question in words finds."""
    return DisputedItem.objects.filter(pk__in=Selection.of_everything().matching(query).item_keys())
