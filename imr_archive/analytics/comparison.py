"""Compare two overturn rates: their difference, its confidence interval, and a sentence that states the result.

The interval combines the two Wilson intervals, each on its own effective number of items (Newcombe 1998, Statistics in
Medicine 17, 873-890, method 10). It assumes that the two sets of items are independent of each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

from imr_archive.analytics.rates import MIN_WHOLE, Interval, Rate


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of two rates: the first minus the second, from -1 to 1."""

    first: Rate
    second: Rate

    @property
    def is_comparable(self) -> bool:
        """Return whether both rates have enough items."""
        return not (self.first.is_too_few or self.second.is_too_few)

    @property
    def value(self) -> float | None:
        """The difference; None if either rate has no items."""
        if self.first.value is None or self.second.value is None:
            return None
        return self.first.value - self.second.value

    @property
    def interval(self) -> Interval:
        """The difference's 95 % interval, from -1 to 1."""
        if self.first.value is None or self.second.value is None:
            return Interval(-1.0, 1.0)
        one, other = self.first.interval, self.second.interval
        below = hypot(self.first.value - one.low, other.high - self.second.value)
        above = hypot(one.high - self.first.value, self.second.value - other.low)
        difference = self.first.value - self.second.value
        return Interval(max(-1.0, difference - below), min(1.0, difference + above))

    @property
    def is_evident(self) -> bool:
        """Return whether both rates have enough items and the interval excludes zero."""
        return self.is_comparable and not self.interval.low <= 0 <= self.interval.high

    def sentence(self, first: str, second: str) -> str:
        """Return the result as a sentence; ``first`` and ``second`` name the two sets of items."""
        if self.value is None or self.first.value is None or self.second.value is None:
            return "One of the two has no item with a stated outcome, so there is nothing to compare."
        rates = f"{first} {percent(self.first.value)}, {second} {percent(self.second.value)}"
        if not self.is_comparable:
            return f"{rates}: fewer than {MIN_WHOLE} items on a side, too few to say."
        low, high = self.interval
        points = f"difference {_points(self.value)} points ({_points(low)} to {_points(high)})"
        if not self.is_evident:
            return f"{rates}: {points}, no evidence of a difference."
        return f"{rates}: {points}, {first} is overturned {'more' if self.value > 0 else 'less'} often."


def percent(share: float) -> str:
    """Write a share as a percentage with one decimal."""
    return f"{100 * share:.1f} %"


def _points(share: float) -> str:
    """Write a difference in percentage points, with a proper minus sign."""
    return f"{100 * share:.1f}".replace("-", "−")
