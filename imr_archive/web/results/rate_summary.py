"""The rate summary above the results: the overturn rate of the items shown, beside that of all items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.analytics.overturn import overturn_rate

if TYPE_CHECKING:
    from imr_archive.analytics.rates import Rate
    from imr_archive.web.question.search import Search

# The possible ends of the scale.
_SCALES = (0.1, 0.2, 0.3, 0.5, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class RateSummary:
    """The rate of the items shown, and of all items where that is more; positions on the scale are in percent.

    ``outcome_left_out`` tells that a chosen outcome is ignored here, as the rate would be 0 or 100 % by definition.
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

    def position(self, share: float) -> float:
        """Return the position of a share on the scale, in percent of its width."""
        return round(100 * share / self.scale, 2)

    @property
    def low(self) -> float:
        """The position of the lower end of the interval."""
        return self.position(self.shown.interval.low)

    @property
    def high(self) -> float:
        """The position of the upper end of the interval."""
        return self.position(self.shown.interval.high)

    @property
    def width(self) -> float:
        """The width of the interval."""
        return round(self.high - self.low, 2)

    @property
    def point(self) -> float:
        """The position of the rate of the items shown."""
        return self.position(self.shown.value or 0.0)

    @property
    def middle(self) -> float:
        """The share in the middle of the scale."""
        return self.scale / 2

    @property
    def everything_anchor(self) -> str:
        """Return which end of the label is at the rate of all items, so that the label stays inside the figure."""
        return "start" if self.everything_at < 70 else "end"

    @property
    def everything_at(self) -> float:
        """The position of the rate of all items."""
        return self.position(self.everything.value or 0.0) if self.everything else 0.0


def rate_summary(search: Search) -> RateSummary | None:
    """Return the rate of the question without its chosen outcomes; None where no item states an outcome."""
    shown = overturn_rate(search.without("outcome"))
    if not shown.whole:
        return None
    return RateSummary(
        shown=shown,
        everything=overturn_rate(search.everything) if search.question.is_narrowed else None,
        outcome_left_out=bool(search.labels.get("outcome")),
    )
