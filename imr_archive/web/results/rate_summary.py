"""The strip above the results: how much of what is shown was overturned, beside how much of everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.analytics.rates import Rate
from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME
from imr_archive.vocabulary import Outcome

if TYPE_CHECKING:
    from imr_archive.search.facets.selection import Selection
    from imr_archive.web.question.filters import ItemFilterSet

_SCALES = (0.1, 0.2, 0.3, 0.5, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class RateStrip:
    """The rate of the items shown, and of everything where that is more; positions on the scale are in percent.

    ``outcome_left_out`` tells that a chosen outcome doesn't count here, where it would only repeat itself.
    """

    shown: Rate
    everything: Rate | None
    outcome_left_out: bool

    @property
    def scale(self) -> float:
        """The end of the scale: a round share with room for both rates."""
        rates = [self.shown] + ([self.everything] if self.everything else [])
        furthest = max(max(rate.interval.high, rate.value or 0) for rate in rates if rate.whole)
        return next(end for end in _SCALES if end >= min(1.0, furthest * 1.05))

    def at(self, share: float) -> float:
        """Return where a share stands on the scale, in percent of its width."""
        return round(100 * share / self.scale, 2)

    @property
    def low(self) -> float:
        """Where the interval of the shown begins."""
        return self.at(self.shown.interval.low)

    @property
    def high(self) -> float:
        """Where the interval of the shown ends."""
        return self.at(self.shown.interval.high)

    @property
    def width(self) -> float:
        """How wide the interval of the shown is."""
        return round(self.high - self.low, 2)

    @property
    def point(self) -> float:
        """Where the rate of the shown stands."""
        return self.at(self.shown.value or 0.0)

    @property
    def middle(self) -> float:
        """The share in the middle of the scale."""
        return self.scale / 2

    @property
    def everything_anchor(self) -> str:
        """Which end of its label stands at the rate of everything, so that the label stays inside."""
        return "start" if self.everything_at < 70 else "end"

    @property
    def everything_at(self) -> float:
        """Where the rate of everything stands."""
        return self.at(self.everything.value or 0.0) if self.everything else 0.0


def overturn_rate(selection: Selection) -> Rate:
    """Return the overturn rate of the selected items that state an outcome."""
    counts = selection.counts(DIMENSION_BY_NAME["outcome"])
    overturned = counts.get(Outcome.OVERTURNED, 0)
    return Rate(overturned, overturned + counts.get(Outcome.UPHELD, 0))


def rate_strip(filterset: ItemFilterSet, everything: Rate, *, is_narrowed: bool) -> RateStrip | None:
    """Return the rate of what is asked for, a chosen outcome left out; None of nothing."""
    shown = overturn_rate(filterset.without("outcome"))
    if not shown.whole:
        return None
    outcome_left_out = bool(filterset.labels("outcome"))
    return RateStrip(shown, everything if is_narrowed else None, outcome_left_out=outcome_left_out)
