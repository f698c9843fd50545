"""Corrections that people have made are kept over what a letter is read to; ``correcting`` makes them.

A correction goes with its item when another reading counts the items otherwise. Where a reading says something else
than before in its place, and not what was corrected to, that is a conflict: the correction stays, and the run lists it.
Items that a person has added or removed stay so: an added one is paired with the item of the same request once the
parser finds it, too.
"""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from imr_archive.history.correctable import WHOLE_ITEM, field_value, is_same, value_at, with_values
from imr_archive.letters.difference import aligned, plain
from imr_archive.letters.reader import stored_records
from imr_archive.models import Correction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from imr_archive.records import ItemRecord, LetterRecord

CONFLICTS_HEADING = "Corrections that are kept though the letter is read otherwise now"


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
        field, value = self.correction.field, self.correction.value
        if is_same(field, self.parsed, value) or (field == WHOLE_ITEM and value is None):
            return False
        lost = self.item == Correction.WITHOUT_PLACE != self.correction.item
        return lost or not is_same(field, self.parsed, self.correction.parsed)

    def as_json(self) -> dict[str, Any]:
        """Return the conflict as reports list it."""
        return {
            "field": self.correction.field,
            "item": self.correction.item,
            "correction": self.correction.value,
            "before": self.correction.parsed,
            "after": None if self.item == Correction.WITHOUT_PLACE else self.parsed,
        }


def stands(correction: Correction) -> str:
    """Say where a correction stands against what the parser reads in its place now."""
    if is_same(correction.field, correction.parsed, correction.value):
        return "The parser agrees"
    if correction.item == Correction.WITHOUT_PLACE:
        return "Without a place: the letter has no such item now"
    return "The parser differs"


def conflict_sentence(conflict: Mapping[str, Any]) -> str:
    """Say a conflict in a sentence, long values cut."""
    item = f"item {conflict['item']}, " if conflict["item"] else ""
    said, says = _shown(conflict["before"]), _shown(conflict["after"])
    return (
        f"{item}{conflict['field']}: corrected to {_shown(conflict['correction'])}; read as {said} before, now {says}"
    )


def _shown(value: Any) -> str:
    if isinstance(value, dict) and "description" in value:
        value = value["description"]
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
    pairs = [*aligned(_as_parsed(stored, corrections).items, read.items, by_position=same_letter)]
    partners = {before.position: after for before, after in pairs if before is not None}
    new = [after for before, after in pairs if before is None and after is not None]
    free = count(max((each.position for each in (*stored.items, *read.items)), default=0) + 1)
    found = []
    for each in corrections:
        if each.field == WHOLE_ITEM and each.value is not None and partners.get(each.item or 0) is None:
            found.append(_place_added(each, read, new, free, same_letter=same_letter))
        else:
            found.append(_place(each, read, partners))
    return found


def _place(correction: Correction, read: LetterRecord, partners: Mapping[int, ItemRecord | None]) -> Placed:
    if correction.item is None:
        return Placed(correction, None, field_value(read, correction.field))
    item, is_whole = partners.get(correction.item), correction.field == WHOLE_ITEM
    if item is None:
        return Placed(correction, Correction.WITHOUT_PLACE, None if is_whole else correction.parsed)
    return Placed(correction, item.position, plain(item) if is_whole else field_value(item, correction.field))


def _place_added(
    correction: Correction, read: LetterRecord, new: list[ItemRecord], free: Iterator[int], *, same_letter: bool
) -> Placed:
    """Find the place of an item that a person has added: that of the item of its request, else one that is free."""
    request = _words(correction.value["description"] if correction.value else "")
    item = next((each for each in new if _words(each.description) == request), None)
    if item is not None:
        new.remove(item)
        return Placed(correction, item.position, plain(item))
    if not same_letter:
        return Placed(correction, Correction.WITHOUT_PLACE, None)
    taken = {each.position for each in read.items}
    return Placed(correction, next(free) if correction.item in taken else correction.item, None)


def _words(text: str) -> str:
    return " ".join(text.casefold().split())


def with_corrections(read: LetterRecord, corrections: Iterable[Placed]) -> LetterRecord:
    """Return a reading with the corrections in it."""
    return with_values(read, ((each.item, each.correction.field, each.correction.value) for each in corrections))


def _as_parsed(stored: LetterRecord, corrections: Iterable[Correction]) -> LetterRecord:
    """Return what is stored without the corrections in it."""
    return with_values(stored, ((each.item, each.field, each.parsed) for each in corrections))


def corrections_unlike(stored: LetterRecord, corrections: Iterable[Correction]) -> list[Correction]:
    """Return the corrections of a determination whose value is not the one that is stored."""
    return [each for each in corrections if each.item != Correction.WITHOUT_PLACE and not _is_stored(stored, each)]


def _is_stored(stored: LetterRecord, correction: Correction) -> bool:
    try:
        return is_same(correction.field, value_at(stored, correction.item, correction.field), correction.value)
    except LookupError:
        return False


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
