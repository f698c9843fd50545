"""Rates and their confidence intervals."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

CONFIDENCE = 0.95
# A rate of fewer items than this is too imprecise to be compared.
MIN_WHOLE = 30


class Interval(NamedTuple):
    """A closed interval within [0, 1]."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rate:
    """A share: ``part`` of ``whole`` items.

    ``design_effect`` is the number of items that carry as much information as one independent item
    (``analytics.design_effect``).
    """

    part: int
    whole: int
    design_effect: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.part <= self.whole:
            raise ValueError(f"{self.part} of {self.whole} is no share.")
        if self.design_effect < 1:
            raise ValueError(f"A design effect is 1 or more, not {self.design_effect}.")

    @property
    def value(self) -> float | None:
        """The share; None if there are no items."""
        return self.part / self.whole if self.whole else None

    @property
    def is_too_few(self) -> bool:
        """Return whether there are too few items to compare the rate."""
        return self.whole < MIN_WHOLE

    @property
    def interval(self) -> Interval:
        """Wilson's 95 % interval of the share, on the effective number of items."""
        return wilson_interval(self.value or 0.0, self.whole / self.design_effect)


def wilson_interval(share: float, size: float, *, confidence: float = CONFIDENCE) -> Interval:
    """Return Wilson's score interval of a share of ``size`` independent items; (0, 1) if there are none.

    Wilson, E. B. (1927), Probable Inference, the Law of Succession, and Statistical Inference, JASA 22, 209-212.
    """
    if size <= 0:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    shrink = 1 + z * z / size
    centre = (share + z * z / (2 * size)) / shrink
    reach = z * sqrt(share * (1 - share) / size + z * z / (4 * size * size)) / shrink
    # Rounding must not put the share outside its interval, or an end of the interval outside [0, 1].
    return Interval(max(0.0, min(centre - reach, share)), min(1.0, max(centre + reach, share)))
