"""The rate summary above the results: the overturn rate of what is shown, beside that of everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.analytics.overturn import case_overturn_rate, overturn_rate
from imr_archive.search.facets.selection import Unit

if TYPE_CHECKING:
    from imr_archive.analytics.rates import Rate
    from imr_archive.search.facets.selection import Selection
    from imr_archive.web.question.search import Search

# The facets of which a chosen value would make the rate 0 or 100 % by definition.
OUTCOME_FACETS = ("outcome", "case_outcome")
# The end of the scale. It is nearly always the same, so that the figures of two questions can be compared by eye.
_SCALE = 0.5


@dataclass(frozen=True, slots=True)
class RateSummary:
    """The rate of what is shown, and of everything where that is more; positions on the scale are in percent.

    ``unit`` is what is counted. ``outcome_left_out`` tells that a chosen outcome is ignored here.
    """

    shown: Rate
    everything: Rate | None
    unit: Unit
    outcome_left_out: bool

    @property
    def scale(self) -> float:
        """The end of the scale: 50 %, or 100 % where the figure needs more."""
        rates = [self.shown] + ([self.everything] if self.everything else [])
        return _SCALE if all(max(rate.interval.high, rate.value or 0) <= _SCALE for rate in rates) else 1.0

    @property
    def is_extended(self) -> bool:
        """Return whether the scale is longer than it usually is."""
        return self.scale > _SCALE

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
        """The position of the rate of what is shown."""
        return self.position(self.shown.value or 0.0)

    @property
    def middle(self) -> float:
        """The share in the middle of the scale."""
        return self.scale / 2

    @property
    def everything_at(self) -> float:
        """The position of the rate of everything."""
        return self.position(self.everything.value or 0.0) if self.everything else 0.0


def rate_summary(search: Search) -> RateSummary | None:
    """Return the rate of the question without its chosen outcomes; None where nothing states an outcome."""
    shown = shown_rate(search)
    if not shown.whole:
        return None
    return RateSummary(
        shown=shown,
        everything=_rate(search.everything, search.question.show) if search.question.is_narrowed else None,
        unit=search.question.show,
        outcome_left_out=any(search.labels.get(name) for name in OUTCOME_FACETS),
    )


def shown_rate(search: Search) -> Rate:
    """Return the overturn rate, in the question's unit, of what it finds without its chosen outcomes."""
    return _rate(search.without(*OUTCOME_FACETS), search.question.show)


def _rate(selection: Selection, unit: Unit) -> Rate:
    return overturn_rate(selection) if unit is Unit.ITEMS else case_overturn_rate(selection)
