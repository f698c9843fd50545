"""Overturn rates by the values of one or two facets, each with a confidence interval from its own letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imr_archive.analytics.overturn import overturn_rate
from imr_archive.analytics.standardisation import StandardisedRate, standardise
from imr_archive.search.facets.dimension import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imr_archive.analytics.rates import Rate
    from imr_archive.search.facets.dimension import Dimension
    from imr_archive.search.facets.selection import Selection


def breakdown(selection: Selection, dimension: Dimension, values: Iterable[str]) -> dict[str, Rate]:
    """Return the overturn rate of the selected items that have each value; an item with several values is in each."""
    return {value: overturn_rate(selection.having(dimension, [value])) for value in values}


def cross_table(
    selection: Selection, rows: tuple[Dimension, Iterable[str]], columns: tuple[Dimension, Iterable[str]]
) -> dict[tuple[str, str], Rate]:
    """Return the overturn rate of the selected items that have a value of each of two dimensions, by both values."""
    row_dimension, row_values = rows
    column_dimension, column_values = columns
    column_values = [*column_values]
    table = {}
    for row in row_values:
        narrowed = selection.having(row_dimension, [row])
        for column, rate in breakdown(narrowed, column_dimension, column_values).items():
            table[row, column] = rate
    return table


def standardised_rate(
    selection: Selection, dimension: Dimension, standard: Mapping[str, int]
) -> StandardisedRate | None:
    """Return the overturn rate that a selection would have with the mix of a standard's values of a dimension.

    An item with several values counts in the stratum of each, both in the selection and in the standard.
    """
    return standardise(breakdown(selection, dimension, standard), standard)


def mix_of(selection: Selection, dimension: Dimension, values: Iterable[str]) -> dict[str, int]:
    """Return the number of selected items of each value: the standard of a standardised rate."""
    counts = selection.counts(dimension, [*values])
    return {value: number for value, number in counts.items() if number and value != UNKNOWN}
