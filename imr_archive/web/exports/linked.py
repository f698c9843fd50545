"""The rows linked to what a download lists, read for some thousands of it at a time, and only those that are asked for.

Names and slugs of treatments, body parts and guidelines are read once a download.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from imr_archive.models import (
    BodyPart,
    DisputedItem,
    Guideline,
    GuidelineCitation,
    ItemBodyPart,
    ItemReason,
    ItemTreatment,
    Reviewer,
    Treatment,
)
from imr_archive.records import PROFILE_NAMES
from imr_archive.vocabulary import CitedBy, GuidelineSource

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from django.db.models import Model

    from imr_archive.search.facets.selection import Selection


# Between the values of a cell.
JOINT = "; "


class ExportedValue(NamedTuple):
    """A treatment or a body part."""

    slug: str
    name: str


class StoredCitation(NamedTuple):
    """What a download says of one citation; ``source`` is the label."""

    source: str
    title: str
    section: str
    year: str


class LinkedRows:
    """Reads linked rows by the keys of items, or of determinations; its methods return a value for each key."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._profiles: dict[int, tuple[Any, ...]] = {}

    def read(
        self, names: Collection[str], keys: Sequence[int], reviewers: Mapping[int, int | None]
    ) -> Mapping[str, Any]:
        """Return the linked rows of each name by key; ``reviewers`` are the keys of the reviewers' profiles."""
        readers: dict[str, Callable[[], Mapping[int, Any]]] = {
            "treatments": lambda: self._named(ItemTreatment, "treatment_id", "position", self._treatments, keys),
            "body_parts": lambda: self._named(ItemBodyPart, "body_part_id", "pk", self._body_parts, keys),
            "reasons": lambda: self._reasons(keys),
            CitedBy.REVIEWER.value: lambda: citations[CitedBy.REVIEWER],
            CitedBy.CLAIMS_ADMINISTRATOR.value: lambda: citations[CitedBy.CLAIMS_ADMINISTRATOR],
            "profile": lambda: self._profiles_of(reviewers),
            "items": lambda: self._items(keys),
        }
        citations = self._citations(keys) if {*CitedBy}.intersection(names) else {}
        return {name: readers[name]() for name in names}

    @cached_property
    def _treatments(self) -> dict[int, ExportedValue]:
        return _table(Treatment)

    @cached_property
    def _body_parts(self) -> dict[int, ExportedValue]:
        return _table(BodyPart)

    @cached_property
    def _sources(self) -> dict[int, str]:
        rows = Guideline.objects.order_by().values_list("pk", "source")
        return {key: GuidelineSource(source).label for key, source in rows}

    def _named(
        self, model: type[Model], column: str, order: str, known: dict[int, ExportedValue], keys: Sequence[int]
    ) -> Mapping[int, list[ExportedValue]]:
        rows = model._default_manager.filter(item__in=keys).order_by("item", order)
        found: dict[int, list[ExportedValue]] = defaultdict(list)
        for key, value in rows.values_list("item_id", column):
            # One that was added after the download began has no name here.
            if value in known:
                found[key].append(known[value])
        return found

    def _reasons(self, keys: Sequence[int]) -> Mapping[int, list[str]]:
        """Return the codes of items' reasons, each once."""
        found: dict[int, dict[str, None]] = defaultdict(dict)
        rows = ItemReason.objects.filter(item__in=keys).order_by("item", "position")
        for key, code in rows.values_list("item_id", "code"):
            found[key][code] = None
        return {key: [*codes] for key, codes in found.items()}

    def _citations(self, keys: Sequence[int]) -> Mapping[str, Mapping[int, list[StoredCitation]]]:
        rows = GuidelineCitation.objects.filter(item__in=keys).order_by("item", "cited_by", "position")
        found: dict[str, dict[int, list[StoredCitation]]] = {side: defaultdict(list) for side in CitedBy}
        sources = self._sources
        columns = ("item_id", "cited_by", "guideline_id", "title", "section", "year")
        for key, side, guideline, title, section, year in rows.values_list(*columns):
            if guideline in sources:
                found[side][key].append(StoredCitation(sources[guideline], title, section, str(year or "")))
        return found

    def _profiles_of(self, reviewers: Mapping[int, int | None]) -> Mapping[int, tuple[Any, ...]]:
        missing = {each for each in reviewers.values() if each is not None} - self._profiles.keys()
        if missing:
            rows = Reviewer.objects.filter(pk__in=missing).order_by().values_list("pk", *PROFILE_NAMES)
            self._profiles |= {key: tuple(JOINT.join(names) for names in row) for key, *row in rows}
        return {key: self._profiles.get(reviewer, ()) if reviewer else () for key, reviewer in reviewers.items()}

    def _items(self, keys: Sequence[int]) -> Mapping[int, list[tuple[int, str, bool]]]:
        """Return the items of determinations: place, outcome, and whether it is selected."""
        selected = {item for key in keys for item in self._selection.items_of(key)}
        found: dict[int, list[tuple[int, str, bool]]] = defaultdict(list)
        rows = DisputedItem.objects.filter(determination__in=keys).order_by("determination", "position")
        for determination, item, position, outcome in rows.values_list("determination_id", "pk", "position", "outcome"):
            found[determination].append((position, outcome, item in selected))
        return found


def _table(model: type[Model]) -> dict[int, ExportedValue]:
    rows = model._default_manager.order_by().values_list("pk", "slug", "name")
    return {key: ExportedValue(slug, name) for key, slug, name in rows}
