"""Rates by the values of one or two facets, each with a confidence interval from its own letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imr_archive.analytics.events import Event, ItemGroup, overturned
from imr_archive.analytics.standardisation import StandardisedRate, standardise
from imr_archive.search.facets.dimension import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imr_archive.analytics.axes import Axis
    from imr_archive.analytics.rates import Rate
    from imr_archive.search.facets.selection import Selection

Table = dict[tuple[str, str], "Rate"]


def breakdown(selection: Selection, axis: Axis, values: Iterable[str], event: Event | None = None) -> dict[str, Rate]:
    """Return the rate of an event, usually that of being overturned, of the selected items that have each value.

    An item with several values is in each of their rates.
    """
    event = event or overturned(selection.snapshot)
    return {value: event.rate(event.group(axis.having(selection, [value]).positions)) for value in values}


def cross_table(selection: Selection, rows: tuple[Axis, Iterable[str]], columns: tuple[Axis, Iterable[str]]) -> Table:
    """Return the overturn rate of the selected items that have a value of each of two axes, by both values."""
    (row_axis, row_values), (column_axis, column_values) = rows, columns
    event = overturned(selection.snapshot)
    stated = event.group(selection.positions).positions
    of_columns = {value: column_axis.having(selection, [value]).positions for value in column_values}
    table = {}
    for row in row_values:
        base, delta = row_axis.having(selection, [row]).positions
        base, delta = base & stated[0], delta & stated[1]
        for column, (column_base, column_delta) in of_columns.items():
            table[row, column] = event.rate(ItemGroup(selection.snapshot, (base & column_base, delta & column_delta)))
    return table


def shares(selection: Selection, events: Mapping[str, Event]) -> dict[str, Rate]:
    """Return the share of the selected items to which each event happened.

    Their letters are the same for all events, and are looked up once.
    """
    found: dict[str, Rate] = {}
    group = None
    for name, event in events.items():
        group = group or event.group(selection.positions)
        found[name] = event.rate(group)
    return found


def standardised_rate(selection: Selection, axis: Axis, standard: Mapping[str, int]) -> StandardisedRate | None:
    """Return the overturn rate that a selection would have with the mix of a standard's values of an axis.

    An item with several values counts in the stratum of each, both in the selection and in the standard.
    """
    return standardise(breakdown(selection, axis, standard), standard)


def mix_of(selection: Selection, axis: Axis, values: Iterable[str]) -> dict[str, int]:
    """Return the number of selected items of each value: the standard of a standardised rate."""
    counts = axis.counts(selection, {*values})
    return {value: number for value, number in counts.items() if number and value != UNKNOWN}
