"""Rates with the doubt that belongs to them."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """A closed interval within [0, 1]."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of a whole: ``part`` of ``whole`` cases."""

    part: int
    whole: int

    def __post_init__(self) -> None:
        if not 0 <= self.part <= self.whole:
            raise ValueError(f"{self.part} of {self.whole} is no share of a whole.")

    @property
    def value(self) -> float | None:
        """The share, or None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> Interval:
        """The share's Wilson interval at 95 %."""
        return wilson_interval(self.part, self.whole)


def wilson_interval(part: int, whole: int, *, confidence: float = CONFIDENCE) -> Interval:
    """Return Wilson's score interval of a share; of nothing, everything is possible: (0, 1).

    Wilson, E. B. (1927), Probable Inference, the Law of Succession, and Statistical Inference, JASA 22, 209-212.
    """
    if whole == 0:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = part / whole
    shrink = 1 + z * z / whole
    centre = (share + z * z / (2 * whole)) / shrink
    reach = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / shrink
    # Rounding must not put the share itself outside, nor an end outside [0, 1].
    return Interval(max(0.0, min(centre - reach, share)), min(1.0, max(centre + reach, share)))
