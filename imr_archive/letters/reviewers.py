"""The rows of reviewers' profiles: one for each distinct profile, found by its fingerprint."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec
from django.utils.text import slugify

from imr_archive.letters.lookups import OneOf
from imr_archive.models import Reviewer, ReviewerLicence, ReviewerSpecialty
from imr_archive.parsing.letter.reviewer import licence_state, specialty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from django.db.models import Field

    from imr_archive.parsing.letter.reviewer import Entry
    from imr_archive.records import ReviewerRecord

    M = TypeVar("M", ReviewerSpecialty, ReviewerLicence)

# A thousand times as many as the letters of a year have.
_MOST_PROFILES = 200_000


class ReviewerKeys:
    """The keys of profiles by fingerprint, remembered for as long as their rows are known to stand."""

    def __init__(self) -> None:
        self._keys: dict[str, int] = {}

    def forget(self) -> None:
        """Forget the keys: rows that a transaction rolled back may be among them."""
        self._keys = {}

    def of(self, reviewers: Iterable[ReviewerRecord]) -> list[int | None]:
        """Return the key of each profile, None for an empty one; a profile's row is made at its first letter."""
        profiles = [(_fingerprint(each), each) for each in reviewers]
        wanted = {print_: each for print_, each in profiles if print_}
        if len(self._keys) > _MOST_PROFILES:
            self.forget()
        unknown = {print_: each for print_, each in wanted.items() if print_ not in self._keys}
        if unknown:
            self._keys |= _stored(unknown)
            missing = {print_: each for print_, each in unknown.items() if print_ not in self._keys}
            if missing:
                self._keys |= _made(missing)
        return [self._keys[print_] if print_ else None for print_, _ in profiles]


def _fingerprint(reviewer: ReviewerRecord) -> str | None:
    """Return what identifies a profile: a hash of the names of its lists."""
    names = msgspec.to_builtins(reviewer)
    if not any(names.values()):
        return None
    return hashlib.sha256(json.dumps(names, sort_keys=True).encode()).hexdigest()


def profile_faults() -> Iterator[tuple[int, str]]:
    """Yield the key of each profile that does not agree with its hash or its linked rows, with what is wrong.

    Our tables may have changed since a profile was stored, so slugs are not compared: each linked row must have a name
    of the profile, and there must be as many as its names make.
    """
    profiles = Reviewer.objects.prefetch_related("specialties", "licences").order_by("pk")
    for profile in profiles.iterator(chunk_size=500):
        lists = {"certifications": profile.certifications, "subspecialties": profile.subspecialties}
        stated = json.dumps({**lists, "states": profile.states}, sort_keys=True)
        if hashlib.sha256(stated.encode()).hexdigest() != profile.fingerprint:
            yield profile.pk, "has another hash than its lists"
        boards = [*profile.certifications, *profile.subspecialties]
        if not _agree(ReviewerSpecialty, [each.name for each in profile.specialties.all()], boards, specialty):
            yield profile.pk, "has other specialties than its lists state"
        if not _agree(ReviewerLicence, [each.name for each in profile.licences.all()], profile.states, licence_state):
            yield profile.pk, "has other licences than its lists state"


def _agree(model: type[M], rows: list[str], names: list[str], look_up: Callable[[str], Entry | None]) -> bool:
    expected = _slugged(model, names, look_up)
    return {*rows} <= {_cut(model, "name", name) for name in names} and len(rows) == len(expected)


def _stored(wanted: Mapping[str, ReviewerRecord]) -> dict[str, int]:
    return dict(Reviewer.objects.filter(OneOf("fingerprint", wanted)).order_by().values_list("fingerprint", "pk"))


def _made(missing: Mapping[str, ReviewerRecord]) -> dict[str, int]:
    """Insert profiles; another run may insert the same ones at the same time."""
    rows = [Reviewer(fingerprint=print_, **msgspec.to_builtins(each)) for print_, each in missing.items()]
    Reviewer.objects.bulk_create(rows, ignore_conflicts=True)
    keys = _stored(missing)
    boards = {keys[print_]: (*each.certifications, *each.subspecialties) for print_, each in missing.items()}
    states = {keys[print_]: each.states for print_, each in missing.items()}
    _link(ReviewerSpecialty, boards, specialty)
    _link(ReviewerLicence, states, licence_state)
    return keys


def _link(model: type[M], names: Mapping[int, Iterable[str]], look_up: Callable[[str], Entry | None]) -> None:
    rows = [
        model(reviewer_id=key, slug=slug, name=name)
        for key, of_profile in names.items()
        for slug, name in _slugged(model, of_profile, look_up).items()
    ]
    model._default_manager.bulk_create(rows, ignore_conflicts=True)


def _slugged(model: type[M], names: Iterable[str], look_up: Callable[[str], Entry | None]) -> dict[str, str]:
    """Return names by their slugs, each cut to its column; one that is not in our tables makes its own."""
    found: dict[str, str] = {}
    for name in names:
        entry = look_up(name)
        slug = _cut(model, "slug", entry.slug if entry else slugify(name))
        if slug:
            found.setdefault(slug, _cut(model, "name", name))
    return found


def _cut(model: type[M], column: str, text: str) -> str:
    field = cast("Field[Any, Any]", model._meta.get_field(column))
    return text[: field.max_length]
