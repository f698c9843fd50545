"""The canonical guidelines, treatments and body parts: the parser's tables as rows, and their keys for a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction

from imr_archive.letters.reading import stored_treatment
from imr_archive.models import BodyPart, Guideline, Treatment
from imr_archive.parsing.citations.resolver import GuidelineEntry, guidelines
from imr_archive.parsing.requests.body_parts import body_parts
from imr_archive.parsing.requests.treatment_table import treatments
from imr_archive.vocabulary import GuidelineSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    M = TypeVar("M", Guideline, Treatment, BodyPart)

# What lists and facets show for what a source has beside our tables.
_UNLISTED = {
    GuidelineSource.MTUS_ACOEM: "MTUS / ACOEM, other chapters",
    GuidelineSource.ODG: "ODG, other chapters",
    GuidelineSource.ACOEM: "ACOEM, other topics",
    GuidelineSource.OTHER: "Other sources (not in our list)",
}


@dataclass(frozen=True, slots=True)
class Canonical:
    """The keys of the canonical rows by their slugs, looked up once for a run."""

    guidelines: Mapping[str, int]
    treatments: Mapping[str, int]
    body_parts: Mapping[str, int]

    def treatment(self, slug: str) -> int:
        """Return the key of a treatment; of its subcategory, where the tables do not have the service."""
        return self.treatments[stored_treatment(slug, self.treatments)]


def canonical_stored() -> Canonical:
    """Return the keys of all canonical rows, those included whose slugs have left the parser's tables."""
    return Canonical(
        *(dict(model._default_manager.values_list("slug", "pk")) for model in (Guideline, Treatment, BodyPart))
    )


@transaction.atomic
def canonical_sync() -> Canonical:
    """Bring the canonical rows up to the parser's tables, and return their keys; rows that agree are not written.

    A row whose slug has left the tables stays: letters point to it until they are parsed again.
    """
    return Canonical(
        guidelines=_sync(Guideline, _guideline_rows()),
        treatments=_treatments_sync(),
        body_parts=_sync(BodyPart, {part.slug: {"name": part.name} for part in body_parts()}),
    )


def canonical_differences() -> list[str]:
    """Return the names of the stored canonical rows that ``canonical_sync`` would add or change; it is rolled back."""
    if not Treatment.objects.exists() and not Guideline.objects.exists():
        return []  # nothing was ingested yet
    with transaction.atomic():
        before = _every_row()
        canonical_sync()
        after = _every_row()
        transaction.set_rollback(True)
    return [f"{name} “{slug}”" for (name, slug), values in after.items() if before.get((name, slug)) != values]


def _every_row() -> dict[tuple[str, str], dict[str, Any]]:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for model in (Guideline, Treatment, BodyPart):
        for values in model._default_manager.order_by("pk").values():
            rows[str(model._meta.verbose_name), values["slug"]] = {**values, "id": None}
    return rows


# The chapters of the ACOEM guidelines have the same names in and outside the MTUS.
_EDITIONS = {GuidelineSource.MTUS_ACOEM: "MTUS/ACOEM", GuidelineSource.ACOEM: "ACOEM outside the MTUS"}


def _label(entry: GuidelineEntry) -> str:
    """Return a guideline's label, with its source where the label does not say it: no two may share one."""
    edition = _EDITIONS.get(entry.source)
    return f"{entry.label} ({edition})" if edition and "ACOEM" not in entry.label else entry.label


def _guideline_rows() -> dict[str, dict[str, Any]]:
    listed = {
        entry.slug: {
            "source": entry.source.value,
            "title": entry.title,
            "label": _label(entry),
            "chapter_number": entry.chapter_number,
        }
        for entry in guidelines()
    }
    labels = {source: _UNLISTED.get(source, f"{source.label}, other documents") for source in GuidelineSource}
    unlisted = {
        source.unlisted_slug: {"source": source.value, "title": label, "label": label, "chapter_number": None}
        for source, label in labels.items()
    }
    return listed | unlisted


def _treatments_sync() -> dict[str, int]:
    """Sync the treatments level by level, since each points to the one above it."""
    keys: dict[str, int] = {}
    for level in (1, 2, 3):
        rows = {
            entry.slug: {
                "name": entry.name,
                "level": level,
                "parent_id": keys.get(entry.parent or ""),
                "category": _steps(entry.slug, 1),
                "subcategory": _steps(entry.slug, 2) if level > 1 else "",
            }
            for entry in treatments()
            if entry.level == level
        }
        keys |= _sync(Treatment, rows)
    return keys


def _steps(slug: str, number: int) -> str:
    return "/".join(slug.split("/")[:number])


def _sync(model: type[M], rows: Mapping[str, dict[str, Any]]) -> dict[str, int]:
    """Make a table's rows agree with what they should hold by slug; return the keys by slug."""
    stored = _stored(model, rows)
    if missing := [model(slug=slug, **values) for slug, values in rows.items() if slug not in stored]:
        # Another run may add the same rows now; on PostgreSQL this waits for its end.
        model._default_manager.bulk_create(missing, ignore_conflicts=True)
        stored = _stored(model, rows)
    changed = [
        row for slug, row in stored.items() if any(getattr(row, name) != value for name, value in rows[slug].items())
    ]
    for row in changed:
        for name, value in rows[row.slug].items():
            setattr(row, name, value)
    if changed:
        # In the order of keys, so that two runs wait for each other without a deadlock.
        locked = model._default_manager.select_for_update(no_key=True).order_by("pk")
        list(locked.filter(pk__in=[row.pk for row in changed]).values_list("pk"))
        model._default_manager.bulk_update(changed, next(iter(rows.values())))
    return {slug: row.pk for slug, row in stored.items()}


def _stored(model: type[M], slugs: Iterable[str]) -> dict[str, M]:
    return {row.slug: row for row in model._default_manager.filter(slug__in=[*slugs])}
