"""Corrections that people make: written, withdrawn, and kept over what a letter is read to.

A correction goes with its item when another reading counts the items otherwise. Where a reading says something else
than before in its place, and not what was corrected to, that is a conflict: the correction stays, and the run lists it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from django.db import transaction
from django.utils import timezone

from imr_archive.errors import ArchiveError
from imr_archive.history.correctable import field_value, with_values
from imr_archive.history.revisions import Cause, RevisionWrite, revisions_append
from imr_archive.history.states import case_states, determinations_lock
from imr_archive.letters import columns
from imr_archive.letters.difference import aligned
from imr_archive.letters.reader import stored_records
from imr_archive.models import (
    BodyPart,
    Correction,
    Determination,
    DeterminationText,
    DisputedItem,
    DisputedItemText,
    ItemBodyPart,
    ItemTreatment,
    Treatment,
)
from imr_archive.records import case_outcome
from imr_archive.vocabulary import Outcome, RevisionKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from imr_archive.history.states import CaseState
    from imr_archive.records import ItemRecord, LetterRecord

CONFLICTS_HEADING = "Corrections that are kept though the letter is read otherwise now"


class NoSuchPlace(ArchiveError):
    """What is to be corrected is not there any more."""


class Placed(NamedTuple):
    """A correction beside another reading: the position of its item there, and what is read in its place."""

    correction: Correction
    item: int | None
    parsed: Any

    @property
    def has_moved(self) -> bool:
        """Whether its row is to be written again."""
        return (self.item, self.parsed) != (self.correction.item, self.correction.parsed)

    @property
    def is_conflict(self) -> bool:
        """Whether the reading says something new and other than the correction, or nothing that could be corrected."""
        lost = self.item == Correction.WITHOUT_PLACE != self.correction.item
        return lost or (self.parsed != self.correction.parsed and self.parsed != self.correction.value)

    def as_json(self) -> dict[str, Any]:
        """Return the conflict as reports list it."""
        return {
            "field": self.correction.field,
            "item": self.correction.item,
            "correction": self.correction.value,
            "before": self.correction.parsed,
            "after": None if self.item == Correction.WITHOUT_PLACE else self.parsed,
        }


def conflict_sentence(conflict: Mapping[str, Any]) -> str:
    """Say a conflict in a sentence, long values cut."""
    item = f"item {conflict['item']}, " if conflict["item"] else ""
    said, says = _shown(conflict["before"]), _shown(conflict["after"])
    return (
        f"{item}{conflict['field']}: corrected to {_shown(conflict['correction'])}; read as {said} before, now {says}"
    )


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return (text[:40] + "…" if len(text) > 40 else text) if value not in (None, "", []) else "nothing"


# -- Kept over a reading ----------------------------------------------------------------------------------------------


def corrections_of(keys: Collection[int]) -> dict[int, list[Correction]]:
    """Return the corrections of determinations by their keys."""
    found: dict[int, list[Correction]] = defaultdict(list)
    for correction in Correction.objects.filter(determination__in=keys):
        found[correction.determination_id].append(correction)
    return found


def placed(
    corrections: Sequence[Correction], stored: LetterRecord, read: LetterRecord, *, same_letter: bool
) -> list[Placed]:
    """Find the places of corrections in a reading; ``stored`` is what they stand in.

    In another letter of the case, an item is the same only if its description is.
    """
    pairs = aligned(_as_parsed(stored, corrections).items, read.items, by_position=same_letter)
    partners = {before.position: after for before, after in pairs if before is not None}
    return [_place(each, read, partners) for each in corrections]


def _place(correction: Correction, read: LetterRecord, partners: Mapping[int, ItemRecord | None]) -> Placed:
    if correction.item is None:
        return Placed(correction, None, field_value(read, correction.field))
    item = partners.get(correction.item)
    if item is None:
        return Placed(correction, Correction.WITHOUT_PLACE, correction.parsed)
    return Placed(correction, item.position, field_value(item, correction.field))


def with_corrections(read: LetterRecord, corrections: Iterable[Placed]) -> LetterRecord:
    """Return a reading with the corrections in it."""
    return with_values(read, ((each.item, each.correction.field, each.correction.value) for each in corrections))


def _as_parsed(stored: LetterRecord, corrections: Iterable[Correction]) -> LetterRecord:
    """Return what is stored without the corrections in it."""
    return with_values(stored, ((each.item, each.field, each.parsed) for each in corrections))


def corrections_unlike(stored: LetterRecord, corrections: Iterable[Correction]) -> list[Correction]:
    """Return the corrections of a determination whose value is not the one that is stored."""
    items = {each.position: each for each in stored.items}
    unlike = []
    for each in corrections:
        if each.item != Correction.WITHOUT_PLACE:
            place = stored if each.item is None else items.get(each.item)
            if place is None or field_value(place, each.field) != each.value:
                unlike.append(each)
    return unlike


def case_number_corrected(record: LetterRecord, corrections: Iterable[Correction]) -> LetterRecord:
    """Return a letter with the case number that people gave its determination, if they did."""
    given = next((each for each in corrections if each.field == "case_number"), None)
    return msgspec.structs.replace(record, case_number=given.value) if given else record


def corrections_keep(
    read: LetterRecord, corrections: Mapping[int, Sequence[Correction]], *, home: int, read_before: int | None
) -> tuple[LetterRecord, tuple[dict[str, Any], ...]]:
    """Give a letter that is about to be written the corrections of its case; return it with the conflicts.

    ``home`` is the determination it is written to, ``read_before`` the one that it spoke for so far: the corrections of
    the latter are of this very letter, and come along if it is another one. Of both, ``corrections`` has them by key.
    """
    if not corrections:
        return read, ()
    stored = stored_records(corrections.keys())
    found = [
        each
        for key in sorted(corrections, key=lambda key: key != read_before)
        for each in placed(corrections[key], stored[key], read, same_letter=key == read_before)
    ]
    found = _once_each(found)
    conflicts = tuple(each.as_json() for each in found if each.is_conflict)
    _save(found, home)
    return with_corrections(read, found), conflicts


def _once_each(found: Iterable[Placed]) -> list[Placed]:
    """Of corrections that come to one place, let the first have it."""
    taken = set()
    kept = []
    for each in found:
        place = (each.item, each.correction.field)
        kept.append(each._replace(item=Correction.WITHOUT_PLACE) if place in taken else each)
        taken.add(place)
    return kept


def _save(found: Iterable[Placed], home: int) -> None:
    moved = [each for each in found if each.has_moved or each.correction.determination_id != home]
    places_free(each.correction.pk for each in moved)
    for correction, item, parsed in moved:
        correction.determination_id, correction.item, correction.parsed = home, item, parsed
    Correction.objects.bulk_update([each.correction for each in moved], ["determination", "item", "parsed"])


def places_free(keys: Iterable[int]) -> None:
    """Take corrections from their places for a moment: one may come to where another is now."""
    Correction.objects.filter(pk__in=[*keys]).update(item=Correction.WITHOUT_PLACE)


# -- Made and withdrawn -----------------------------------------------------------------------------------------------


@transaction.atomic
def corrections_make(*, determination: int, item: int | None, values: Mapping[str, Any], made_by: str) -> None:
    """Set values of a determination, or of its item at a position, and remember what they replace.

    A value that is what the parser says withdraws the correction. Raise ``NoSuchPlace`` if the determination or the
    item is gone.
    """
    determinations_lock([determination])
    before = case_states([determination])[determination]
    place = _place_in(before, item)
    earlier = {each.field: each for each in Correction.objects.filter(determination=determination, item=item)}
    changed = {field: value for field, value in values.items() if value != field_value(place, field)}
    is_made = False
    for field, value in changed.items():
        correction = earlier.get(field) or Correction(
            determination_id=determination, item=item, field=field, parsed=field_value(place, field)
        )
        if value == correction.parsed:
            correction.delete()
        else:
            is_made = True
            correction.value, correction.made_by, correction.made_at = value, made_by[:150], timezone.now()
            correction.save()
        _set(determination, item, field, value)
    if changed:
        kind = RevisionKind.CORRECTION if is_made else RevisionKind.CORRECTION_WITHDRAWN
        _revision_append(kind, determination, before, made_by)


@transaction.atomic
def correction_withdraw(correction: Correction, *, made_by: str) -> None:
    """Put what the parser says in a correction's place, and delete the correction; nothing, if it is gone already."""
    determinations_lock([correction.determination_id])
    stored = Correction.objects.filter(pk=correction.pk).first()
    if stored is None:
        return
    before = case_states([stored.determination_id])[stored.determination_id]
    if stored.item != Correction.WITHOUT_PLACE:
        _set(stored.determination_id, stored.item, stored.field, stored.parsed)
    stored.delete()
    _revision_append(RevisionKind.CORRECTION_WITHDRAWN, stored.determination_id, before, made_by)


def _place_in(state: CaseState, item: int | None) -> LetterRecord | ItemRecord:
    record = state.known_record
    place = record if item is None or record is None else next((i for i in record.items if i.position == item), None)
    if place is None:
        raise NoSuchPlace("The determination, or the item of it, is gone; another run has changed it meanwhile.")
    return place


def _revision_append(kind: RevisionKind, determination: int, before: CaseState, made_by: str) -> None:
    """Record a person's change; it leaves the letters of the case alone."""
    after = stored_records([determination])[determination]
    write = RevisionWrite(kind, determination, before=msgspec.structs.replace(before, letters={}), after=after)
    revisions_append([write], cause=Cause(made_by))


def _set(determination: int, position: int | None, field: str, value: Any) -> None:
    """Write one value where it stands; the rows keep their keys."""
    if position is None:
        if field in columns.DETERMINATION_TEXT.names:
            DeterminationText.objects.filter(determination=determination).update(**{field: value})
        else:
            Determination.objects.filter(pk=determination).update(**{field: value})
        return
    item = DisputedItem.objects.get(determination=determination, position=position)
    if field == "treatments":
        _replace_treatments(item, value)
    elif field == "body_parts":
        _replace_body_parts(item, value)
    elif field in columns.ITEM_TEXT.names:
        DisputedItemText.objects.filter(item=item).update(**{field: value})
    else:
        DisputedItem.objects.filter(pk=item.pk).update(**{field: value})
    if field == "outcome":
        outcomes = DisputedItem.objects.filter(determination=determination).values_list("outcome", flat=True)
        outcome = case_outcome(Outcome(each) if each else None for each in outcomes)
        Determination.objects.filter(pk=determination).update(outcome=outcome or "")


def _replace_treatments(item: DisputedItem, named: Sequence[tuple[str, str]]) -> None:
    keys = dict(Treatment.objects.filter(slug__in=[slug for slug, _ in named]).values_list("slug", "pk"))
    item.item_treatments.all().delete()
    ItemTreatment.objects.bulk_create(
        ItemTreatment(item=item, treatment_id=keys[slug], position=position, raw=raw)
        for position, (slug, raw) in enumerate(named, 1)
    )


def _replace_body_parts(item: DisputedItem, named: Sequence[tuple[str, str]]) -> None:
    keys = dict(BodyPart.objects.filter(slug__in=[slug for slug, _ in named]).values_list("slug", "pk"))
    item.item_body_parts.all().delete()
    ItemBodyPart.objects.bulk_create(ItemBodyPart(item=item, body_part_id=keys[slug], raw=raw) for slug, raw in named)
