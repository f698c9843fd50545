"""The difference of two records, field by field, and which items of two readings are the same."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from imr_archive.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from imr_archive.records import ItemRecord, LetterRecord

ITEMS = "items"
FIELDS_HEADING = f"{'Field':<28}{'letters':>10}{'values':>10}"


# What the archive keeps of a letter for itself.
_BOOKKEEPING = {"text_sha256", "raw", "doubts"}


class FieldChange(NamedTuple):
    """One value that differs: the path of its field, the position of its item if it has one, and both values.

    The path of an item's value begins with ``items.``; ``items`` itself is an item that comes or goes, by its
    description.
    """

    field: str
    item: int | None
    before: Any
    after: Any


def is_fact(field: str) -> bool:
    """Return whether the path of a field is that of a fact of the case."""
    return field.rpartition(".")[2] not in _BOOKKEEPING


def record_changes(old: LetterRecord, new: LetterRecord) -> Iterator[FieldChange]:
    """Yield what differs between two records of a letter, as plain values."""
    yield from _changes(old, new)
    for before, after in aligned(old.items, new.items):
        if before and after:
            yield from _changes(before, after, path=f"{ITEMS}.", item=after.position)
        elif one := before or after:
            yield FieldChange(ITEMS, one.position, before and before.description, after and after.description)


def _changes(old: Record, new: Record, *, path: str = "", item: int | None = None) -> Iterator[FieldChange]:
    for name in new.__struct_fields__:
        before, after = getattr(old, name), getattr(new, name)
        if before == after or f"{path}{name}" == ITEMS:
            continue
        if isinstance(before, Record) and isinstance(after, Record):
            yield from _changes(before, after, path=f"{path}{name}.", item=item)
        else:
            yield FieldChange(f"{path}{name}", item, plain(before), plain(after))


def plain(value: Any) -> Any:
    """Return a value of a record as JSON gives it back."""
    return msgspec.json.decode(msgspec.json.encode(value))


def counted(
    counts: Mapping[str, Mapping[str, int]], found: Iterable[Iterable[FieldChange]]
) -> dict[str, dict[str, int]]:
    """Add what differs of some letters to the counts of letters and values by field, and return them all."""
    letters, values = (Counter({name: each[what] for name, each in counts.items()}) for what in ("letters", "values"))
    for of_letter in found:
        fields = Counter(change.field for change in of_letter)
        letters.update(fields.keys())
        values.update(fields)
    return {name: {"letters": letters[name], "values": values[name]} for name in sorted(values)}


def field_line(name: str, letters: int, values: int) -> str:
    """Return the row of a field in a table that has ``FIELDS_HEADING`` above it."""
    return f"{name:<28}{letters:>10,}{values:>10,}"


def aligned(
    old: Sequence[ItemRecord], new: Sequence[ItemRecord], *, by_position: bool = True
) -> Iterator[tuple[ItemRecord | None, ItemRecord | None]]:
    """Pair the items of two readings, and then yield those without a partner; each new item in its order.

    Items of one description are the same, those at the same place first; of the rest, with ``by_position``, those at
    one place.
    """
    partners: dict[int, ItemRecord] = {}
    rest = list(old)
    for are_one in (_wholly, _by_description, _by_position) if by_position else (_wholly, _by_description):
        _pair(partners, rest, new, are_one)
    for number, item in enumerate(new):
        yield partners.get(number), item
    for item in rest:
        yield item, None


def _pair(
    partners: dict[int, ItemRecord],
    rest: list[ItemRecord],
    new: Sequence[ItemRecord],
    are_one: Callable[[ItemRecord, ItemRecord], bool],
) -> None:
    for number, item in enumerate(new):
        partner = None if number in partners else next((each for each in rest if are_one(each, item)), None)
        if partner is not None:
            partners[number] = partner
            rest[:] = [each for each in rest if each is not partner]


def _wholly(one: ItemRecord, other: ItemRecord) -> bool:
    return _by_position(one, other) and _by_description(one, other)


def _by_description(one: ItemRecord, other: ItemRecord) -> bool:
    return one.description == other.description


def _by_position(one: ItemRecord, other: ItemRecord) -> bool:
    return one.position == other.position
