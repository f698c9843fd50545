"""The rows of one parsed letter below its determination: reviewer profile, items, treatments, body parts, citations."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.utils.text import slugify

from imr_archive.models import (
    Determination,
    DisputedItem,
    DisputedItemText,
    GuidelineCitation,
    GuidelineMention,
    ItemBodyPart,
    ItemTreatment,
    Reviewer,
    ReviewerLicence,
    ReviewerSpecialty,
)
from imr_archive.parsing.results import DATE_NAMES
from imr_archive.vocabulary import CitedBy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db.models import Field, Model

    from imr_archive.ingest.canonical import Canonical
    from imr_archive.parsing.results import Credential, Item, ParsedLetter, ReviewerProfile, SideReliance, Stated

T = TypeVar("T")


def value_of(stated: Stated[T] | None) -> T | None:
    """Return what a letter states, or None where it states nothing."""
    return None if stated is None else stated.value


def stated_raws(letter: ParsedLetter) -> dict[str, str]:
    """Return the printed words behind each coded value of a letter, by its path in the parse schema."""
    stated: dict[str, Stated[Any] | None] = {"case_number": letter.case_number, "priority": letter.priority}
    stated |= {f"dates.{name}": getattr(letter.dates, name) for name in DATE_NAMES}
    stated |= {"worker.age": letter.age, "worker.sex": letter.sex}
    for kind in ("certifications", "subspecialties", "states"):
        credentials = getattr(letter.reviewer, kind)
        stated |= {f"reviewer.{kind}.{number}": credential for number, credential in enumerate(credentials)}
    return _raws(stated)


def reviewer_get(*, profile: ReviewerProfile) -> Reviewer | None:
    """Return the row of a reviewer's profile, made at its first letter; None where a letter prints no profile."""
    printed = {
        "certifications": _names(profile.certifications),
        "subspecialties": _names(profile.subspecialties),
        "states": _names(profile.states),
    }
    if not any(printed.values()):
        return None
    fingerprint = hashlib.sha256(json.dumps(printed, sort_keys=True).encode()).hexdigest()
    reviewer, is_new = Reviewer.objects.get_or_create(fingerprint=fingerprint, defaults=printed)
    if is_new:
        boards = _slugged((*profile.certifications, *profile.subspecialties), ReviewerSpecialty)
        states = _slugged(profile.states, ReviewerLicence)
        ReviewerSpecialty.objects.bulk_create(
            ReviewerSpecialty(reviewer=reviewer, slug=slug, name=name) for slug, name in boards.items()
        )
        ReviewerLicence.objects.bulk_create(
            ReviewerLicence(reviewer=reviewer, slug=slug, name=name) for slug, name in states.items()
        )
    return reviewer


def items_replace(*, determination: Determination, items: Sequence[Item], canonical: Canonical, is_new: bool) -> None:
    """Write a determination's items with all that hangs on them, in place of any it had."""
    if not is_new:
        DisputedItem.objects.filter(determination=determination).delete()
    rows = DisputedItem.objects.bulk_create(_item_row(determination, item) for item in items)
    pairs = list(zip(rows, items, strict=True))
    DisputedItemText.objects.bulk_create(_text_row(row, item) for row, item in pairs)
    ItemTreatment.objects.bulk_create(each for pair in pairs for each in _treatment_rows(*pair, canonical))
    ItemBodyPart.objects.bulk_create(each for pair in pairs for each in _body_part_rows(*pair, canonical))
    GuidelineCitation.objects.bulk_create(each for pair in pairs for each in _citation_rows(*pair, canonical))
    GuidelineMention.objects.bulk_create(each for pair in pairs for each in _mention_rows(*pair, canonical))


def _item_row(determination: Determination, item: Item) -> DisputedItem:
    service_from, service_to = value_of(item.service_dates) or (None, None)
    return DisputedItem(
        determination=determination,
        position=item.position,
        outcome=value_of(item.outcome) or "",
        laterality=value_of(item.laterality) or "",
        quantity=value_of(item.quantity),
        service_from=service_from,
        service_to=service_to,
        ca_basis=item.claims_administrator.basis,
        reviewer_basis=item.reviewer.basis,
        doubts=[*dict.fromkeys(doubt.code.value for doubt in item.doubts)],
    )


def _text_row(row: DisputedItem, item: Item) -> DisputedItemText:
    stated: dict[str, Stated[Any] | None] = {
        "outcome": item.outcome,
        "laterality": item.laterality,
        "quantity": item.quantity,
        "service_dates": item.service_dates,
    }
    return DisputedItemText(
        item=row,
        description=item.description.value,
        original_request=value_of(item.original_request) or "",
        authorized=value_of(item.authorized) or "",
        ca_guideline=item.claims_administrator.text or "",
        reviewer_guideline=item.reviewer.text or "",
        rationale=value_of(item.rationale) or "",
        raw=_raws(stated),
    )


def _treatment_rows(row: DisputedItem, item: Item, canonical: Canonical) -> Iterator[ItemTreatment]:
    named = _firsts((canonical.treatment(stated.value), stated.raw) for stated in item.treatments)
    for position, (treatment, raw) in enumerate(named.items(), 1):
        yield ItemTreatment(
            item=row, treatment_id=treatment, position=position, raw=_clipped(raw, ItemTreatment, "raw")
        )


def _body_part_rows(row: DisputedItem, item: Item, canonical: Canonical) -> Iterator[ItemBodyPart]:
    named = _firsts((canonical.body_parts[stated.value], stated.raw) for stated in item.body_parts)
    for body_part, raw in named.items():
        yield ItemBodyPart(item=row, body_part_id=body_part, raw=_clipped(raw, ItemBodyPart, "raw"))


def _citation_rows(row: DisputedItem, item: Item, canonical: Canonical) -> Iterator[GuidelineCitation]:
    sides: tuple[tuple[CitedBy, SideReliance], ...] = (
        (CitedBy.CLAIMS_ADMINISTRATOR, item.claims_administrator),
        (CitedBy.REVIEWER, item.reviewer),
    )
    for cited_by, side in sides:
        for position, citation in enumerate(side.citations, 1):
            yield GuidelineCitation(
                item=row,
                cited_by=cited_by,
                position=position,
                guideline_id=canonical.guideline(citation),
                title=citation.guideline,
                section=citation.section or "",
                year=citation.year,
                pages=_clipped(citation.pages or "", GuidelineCitation, "pages"),
                tables=[*citation.tables],
                text=citation.text,
            )


def _mention_rows(row: DisputedItem, item: Item, canonical: Canonical) -> Iterator[GuidelineMention]:
    for position, mention in enumerate(item.mentions, 1):
        yield GuidelineMention(
            item=row, guideline_id=canonical.guideline(mention), position=position, text=mention.text
        )


def _raws(stated: dict[str, Stated[Any] | None]) -> dict[str, str]:
    return {path: value.raw for path, value in stated.items() if value is not None}


def _names(credentials: Iterable[Credential]) -> list[str]:
    return [credential.name or credential.value for credential in credentials]


def _slugged(credentials: Iterable[Credential], model: type[Model]) -> dict[str, str]:
    """Return the names of credentials by their slugs; one that is not in our tables makes its own."""
    named = (
        (credential.slug or slugify(credential.value), credential.name or credential.value)
        for credential in credentials
    )
    return {
        _clipped(slug, model, "slug"): _clipped(name, model, "name") for slug, name in _firsts(named).items() if slug
    }


def _firsts(pairs: Iterable[tuple[T, str]]) -> dict[T, str]:
    """Keep the first wording of each value, in the order of the values."""
    kept: dict[T, str] = {}
    for value, wording in pairs:
        kept.setdefault(value, wording)
    return kept


def _clipped(text: str, model: type[Model], field: str) -> str:
    """Cut a text to what its column holds; the whole of it stands in the printed text beside."""
    column = cast("Field[Any, Any]", model._meta.get_field(field))
    return text[: column.max_length]
