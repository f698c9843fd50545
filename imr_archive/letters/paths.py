"""Where in a record each column's value stands: the one mapping between records and rows.

A column that has the name of a field holds that field and is not listed: a new field needs no line here. A number in a
path is a place in a tuple. Nothing here imports Django.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from imr_archive.records import DATE_NAMES, PROFILE_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Of the record of a letter: tables of determinations and their text.
DETERMINATION: Final[Mapping[str, str]] = {
    **{f"{name}_date": f"dates.{name}" for name in DATE_NAMES},
    "worker_age": "worker.age",
    "worker_sex": "worker.sex",
}
# Of the record of an item: tables of disputed items and their text.
ITEM: Final[Mapping[str, str]] = {
    "service_from": "service_dates.0",
    "service_to": "service_dates.1",
    "ca_basis": "claims_administrator.basis",
    "ca_guideline": "claims_administrator.text",
    "reviewer_basis": "reviewer.basis",
    "reviewer_guideline": "reviewer.text",
}
# What has rows of its own and is corrected as one value: of the record of a letter, and of an item.
DETERMINATION_LISTS: Final[Mapping[str, str]] = {name: f"reviewer.{name}" for name in PROFILE_NAMES}
ITEM_LISTS: Final[Mapping[str, str]] = {
    "ca_citations": "claims_administrator.citations",
    "reviewer_citations": "reviewer.citations",
}
# Of the record of a citation.
CITATION: Final[Mapping[str, str]] = {"title": "guideline"}


def getter(path: str) -> Callable[[Any], Any]:
    """Return the function that gets the value at a path of a record."""
    above, _, last = path.rpartition(".")
    if not last.isdecimal():
        return attrgetter(path)
    get, place = attrgetter(above), int(last)
    return lambda record: (values := get(record)) and values[place]
