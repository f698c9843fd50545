"""Items are added, split and merged in what the browser has sent, so that the page shows the result before it is saved.

Every function returns changed form data; nothing is stored.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import QueryDict

POSITIONS = "items"
# No letter has as many; what browsers send is not trusted.
_MOST_ITEMS, _MOST_DIGITS = 500, 4
_CITATIONS = ("ca_citations", "reviewer_citations")
_TEXTS = {"description": "; ", "original_request": "; ", "authorized": "; ", "rationale": "\n\n"}
_LISTS = ("treatments", "body_parts")


def positions_in(data: QueryDict) -> list[int]:
    """Return the positions of the items that form data speaks of, each once."""
    given = data.get(POSITIONS, "").split(",")[:_MOST_ITEMS]
    found = (int(each) for each in given if each.isascii() and each.isdecimal() and len(each) <= _MOST_DIGITS)
    return [*dict.fromkeys(each for each in found if each)]


def item_added(data: QueryDict, position: int) -> QueryDict:
    """Add an empty item."""
    changed = _with_position(data, position)
    for field in _CITATIONS:
        _count(changed, f"item-{position}-{field}", total=1, initial=0)
    return changed


def item_split(data: QueryDict, split: int, position: int) -> QueryDict:
    """Add a copy of an item, of which the reviewer then cuts what belongs to the other."""
    changed = _with_position(data, position)
    for name in _names_of(data, split):
        changed.setlist(name.replace(f"item-{split}-", f"item-{position}-", 1), data.getlist(name))
    for field in _CITATIONS:
        changed[f"item-{position}-{field}-INITIAL_FORMS"] = "0"
    return changed


def item_merged(data: QueryDict, merged: int) -> QueryDict:
    """Put an item into the one before it, and mark it to be removed; the first one stays as it is."""
    positions = positions_in(data)
    before = [each for each in positions if each < merged and not data.get(f"item-{each}-removed")]
    changed = data.copy()
    if merged not in positions or not before:
        return changed
    home, gone = f"item-{before[-1]}", f"item-{merged}"
    for name, between in _TEXTS.items():
        both = dict.fromkeys(filter(None, (data.get(f"{each}-{name}", "").strip() for each in (home, gone))))
        changed[f"{home}-{name}"] = between.join(both)
    for name in _LISTS:
        both = dict.fromkeys([*data.getlist(f"{home}-{name}"), *data.getlist(f"{gone}-{name}")])
        changed.setlist(f"{home}-{name}", [*both])
    for field in _CITATIONS:
        _append_citations(changed, f"{home}-{field}", f"{gone}-{field}")
    changed[f"{gone}-removed"] = "on"
    return changed


def _append_citations(data: QueryDict, home: str, gone: str) -> None:
    """Add the citations of one side of an item to those of another; the empty row at the end is filled first."""
    there = [row for row in _rows(data, home) if data.get(f"{home}-{row}-guideline")]
    known = {_cited(data, home, row) for row in there}
    number = len(there)
    for row in _rows(data, gone):
        if data.get(f"{gone}-{row}-guideline") and _cited(data, gone, row) not in known:
            for name in [each for each in data if each.startswith(f"{gone}-{row}-")]:
                data.setlist(name.replace(f"{gone}-{row}-", f"{home}-{number}-", 1), data.getlist(name))
            number += 1
    initial = int(data.get(f"{home}-INITIAL_FORMS") or 0)
    _count(data, home, total=max(number, initial) + 1, initial=initial)


def _cited(data: QueryDict, prefix: str, row: int) -> tuple[str, ...]:
    return tuple(data.get(f"{prefix}-{row}-{name}", "") for name in ("guideline", "section", "pages"))


def _rows(data: QueryDict, prefix: str) -> Iterable[int]:
    total = data.get(f"{prefix}-TOTAL_FORMS", "0")
    return range(int(total) if total.isascii() and total.isdecimal() and len(total) < _MOST_DIGITS else 0)


def _with_position(data: QueryDict, position: int) -> QueryDict:
    changed = data.copy()
    changed[POSITIONS] = ",".join(map(str, [*positions_in(data), position]))
    return changed


def _count(data: QueryDict, prefix: str, *, total: int, initial: int) -> None:
    data[f"{prefix}-TOTAL_FORMS"], data[f"{prefix}-INITIAL_FORMS"] = str(total), str(initial)


def _names_of(data: QueryDict, position: int) -> list[str]:
    return [name for name in data if re.match(rf"item-{position}-", name)]
