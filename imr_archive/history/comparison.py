"""What another reading of a letter would change, field by field."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from imr_archive.history.facts import Facts

ITEMS = "items"
FIELDS_HEADING = f"{'Field':<28}{'letters':>10}{'values':>10}"


class Change(NamedTuple):
    """One value that would be another: its field, the position of its item if it has one, and both values.

    The field of an item's value begins with ``items.``; ``items`` itself is an item that comes or goes, by its
    description.
    """

    field: str
    item: int | None
    before: Any
    after: Any


def facts_changes(old: Facts, new: Facts) -> Iterator[Change]:
    """Yield what differs between two readings of a determination."""
    yield from changes(old, new, leaving_out=ITEMS)
    for before, after in aligned(old[ITEMS], new[ITEMS]):
        if before is None or after is None:
            item = before or after or {}
            yield Change(ITEMS, item["position"], before and before["description"], after and after["description"])
        else:
            yield from changes(before, after, item=after["position"])


def changes(old: Facts, new: Facts, *, item: int | None = None, leaving_out: str = "") -> Iterator[Change]:
    """Yield what differs between two sets of values, of an item if one is named."""
    below = "" if item is None else f"{ITEMS}."
    for field, value in new.items():
        if field != leaving_out and old[field] != value:
            yield Change(f"{below}{field}", item, old[field], value)


def counted(counts: Mapping[str, Mapping[str, int]], found: Iterable[Iterable[Change]]) -> dict[str, dict[str, int]]:
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
    old: Sequence[Facts], new: Sequence[Facts], *, by_position: bool = True
) -> Iterator[tuple[Facts | None, Facts | None]]:
    """Pair the items of two readings, and then give those that have no partner; each new item in its order.

    Items of one description are one, those at the same place first; of the rest, with ``by_position``, those at one
    place.
    """
    partners: dict[int, Facts] = {}
    rest = list(old)
    for are_one in (_wholly, _by_description, _by_position) if by_position else (_wholly, _by_description):
        for number, item in enumerate(new):
            partner = None if number in partners else next((each for each in rest if are_one(each, item)), None)
            if partner is not None:
                partners[number] = partner
                rest = [each for each in rest if each is not partner]
    for number, item in enumerate(new):
        yield partners.get(number), item
    for item in rest:
        yield item, None


def _wholly(one: Facts, other: Facts) -> bool:
    return _by_position(one, other) and _by_description(one, other)


def _by_description(one: Facts, other: Facts) -> bool:
    return bool(one["description"] == other["description"])


def _by_position(one: Facts, other: Facts) -> bool:
    return bool(one["position"] == other["position"])
