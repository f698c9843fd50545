"""Direct standardisation: what a rate would be if its items had the treatment mix of a standard.

A specialty that reviews many injections has a different overturn rate from one that reviews drugs, even if both decide
each treatment alike. The standardised rate is the mean of the stratum rates, weighted by the standard's share of each
stratum. Strata without items are left out, and the share of the standard that remains is reported as the coverage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.analytics.rates import Interval, Rate, wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class StandardisedRate:
    """A rate with the treatment mix of a standard: from 0 to 1, with its 95 % interval.

    ``coverage`` is the share of the standard's items whose stratum has items in the selection.
    """

    value: float
    interval: Interval
    coverage: float


def standardise(strata: Mapping[str, Rate], standard: Mapping[str, int]) -> StandardisedRate | None:
    """Return the directly standardised rate of some strata; None if no stratum of the standard has items.

    ``standard`` has the number of items of each stratum in the standard. The interval is Wilson's on the number of
    independent items that would have the same variance.
    """
    weights = {name: number for name, number in standard.items() if number and name in strata and strata[name].whole}
    total = sum(weights.values())
    if not total:
        return None
    value = variance = 0.0
    for name, number in weights.items():
        rate, weight = strata[name], number / total
        value += weight * (rate.value or 0.0)
        # Two items of each outcome are added (Agresti & Coull 1998): a small stratum with no overturned item may
        # still have a true rate above 0.
        smoothed = (rate.part + 2) / (rate.whole + 4)
        variance += weight * weight * smoothed * (1 - smoothed) * rate.design_effect / rate.whole
    centre = min(max(value, 1e-9), 1 - 1e-9)
    effective = max(centre * (1 - centre), _smallest(weights, strata)) / variance
    return StandardisedRate(value, wilson_interval(value, effective), total / sum(standard.values()))


def _smallest(weights: Mapping[str, int], strata: Mapping[str, Rate]) -> float:
    """Return the variance of one item at the smoothed rate of all strata: the least that a rate of 0 or 1 can claim."""
    items = sum(strata[name].whole for name in weights)
    smoothed = (sum(strata[name].part for name in weights) + 2) / (items + 4)
    return smoothed * (1 - smoothed)
