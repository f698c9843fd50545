"""The figures of the outcomes page as numbers that a template can draw; positions are in percent or in SVG units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.analytics.rates import Rate

_USUAL_SCALE = 0.5
# The drawing area of the trend, in SVG units: rates above, bars of n below.
TREND_WIDTH, TREND_HEIGHT = 1080, 320
_LEFT, _RIGHT, _TOP, _RATES, _BARS_TOP, _BARS = 56, 170, 12, 205, 237, 55
MOST_SERIES = 4
_TINTS = 8
# The bars of sections, in SVG units.
_MOST_BARS = 15
_BAR_STEP, _BAR_LEFT, _BAR_WIDTH = 26, 420, 400


@dataclass(frozen=True, slots=True)
class RateRow:
    """One value: its label, its rate, the list of exactly its items, and the same page narrowed to it, if deeper."""

    value: str
    label: str
    rate: Rate
    list_url: str
    deeper_url: str = ""
    compare: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A row as dot and interval on a scale."""

    row: RateRow
    low: float
    width: float
    point: float


def scale_of(rates: Sequence[Rate]) -> float:
    """Return the end of a scale: 50 %, or 100 % where a rate that stands on enough items needs more."""
    shown = [rate for rate in rates if rate.whole and not rate.is_too_few]
    return _USUAL_SCALE if all(rate.interval.high <= _USUAL_SCALE for rate in shown) else 1.0


def marks(rows: Sequence[RateRow], scale: float) -> list[Mark]:
    """Place rows on a scale; what reaches beyond its end is cut there."""
    found = []
    for row in rows:
        low, high = (min(100.0, 100 * share / scale) for share in row.rate.interval)
        point = min(100.0, 100 * (row.rate.value or 0.0) / scale)
        found.append(Mark(row, round(low, 2), round(high - low, 2), round(point, 2)))
    return found


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One cell of the matrix; ``tint`` from 0 (too few items) to 8."""

    row: RateRow
    tint: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Two axes: a line of cells for each row, with the margins of both; ``total`` is where the margins meet."""

    columns: Sequence[RateRow]
    lines: Sequence[tuple[RateRow, Sequence[MatrixCell]]]
    total: RateRow


@dataclass(frozen=True, slots=True)
class Bar:
    """The number of items of a value as a bar with the overturned part, in SVG units."""

    row: RateRow
    y: float
    width: float
    overturned_width: float

    @property
    def text_dx(self) -> float:
        """Where the numbers stand, from the bar's beginning."""
        return self.width + 6


@dataclass(frozen=True, slots=True)
class Bars:
    """Values as bars of their number of items, the largest first."""

    bars: Sequence[Bar]
    height: int
    width: int = TREND_WIDTH
    left: int = _BAR_LEFT


def bars(rows: Sequence[RateRow]) -> Bars:
    """Draw the largest rows as bars; those of too few items only if there are no others."""
    enough = [row for row in rows if not row.rate.is_too_few]
    shown = sorted(enough or rows, key=lambda row: -row.rate.whole)[:_MOST_BARS]
    most = max((row.rate.whole for row in shown), default=0) or 1
    return Bars(
        [
            Bar(
                row,
                place * _BAR_STEP,
                round(_BAR_WIDTH * row.rate.whole / most, 1),
                round(_BAR_WIDTH * row.rate.part / most, 1),
            )
            for place, row in enumerate(shown)
        ],
        height=_BAR_STEP * len(shown) + 4,
    )


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One year of a series, in SVG units."""

    row: RateRow
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Series:
    """One line of the trend: its points, its ribbon as an SVG path, and where its label stands."""

    label: str
    number: int
    points: Sequence[TrendPoint]
    line: str
    ribbon: str
    label_y: float


@dataclass(frozen=True, slots=True)
class VolumeBar:
    """The number of items of one year as a bar, with the overturned part."""

    row: RateRow
    x: float
    y: float
    width: float
    height: float
    overturned_y: float
    overturned_height: float


@dataclass(frozen=True, slots=True)
class Trend:
    """Rates by year as lines with ribbons, above bars of n."""

    series: Sequence[Series]
    bars: Sequence[VolumeBar]
    ticks: Sequence[tuple[str, float]]
    years: Sequence[tuple[str, float]]
    width: int = TREND_WIDTH
    height: int = TREND_HEIGHT
    left: int = _LEFT
    right: int = TREND_WIDTH - _RIGHT


def trend(series: Sequence[tuple[str, Sequence[RateRow]]], totals: Sequence[RateRow]) -> Trend:
    """Draw series of rows by year over the years of ``totals``, oldest first; at most ``MOST_SERIES`` series."""
    years = [row.value for row in totals]
    scale = scale_of([row.rate for _, rows in series for row in rows] + [row.rate for row in totals])
    step = (TREND_WIDTH - _LEFT - _RIGHT) / max(1, len(years))

    def x_of(year: str) -> float:
        return round(_LEFT + step * (years.index(year) + 0.5), 1)

    def y_of(share: float) -> float:
        return round(_TOP + _RATES * (1 - min(1.0, share / scale)), 1)

    drawn = []
    for number, (label, rows) in enumerate(series[:MOST_SERIES], 1):
        stated = [row for row in rows if row.rate.whole and row.value in years]
        points = [TrendPoint(row, x_of(row.value), y_of(row.rate.value or 0.0)) for row in stated]
        upper = [(each.x, y_of(each.row.rate.interval.high)) for each in points]
        lower = [(each.x, y_of(each.row.rate.interval.low)) for each in reversed(points)]
        label_y = points[-1].y + 4 if points else _TOP
        drawn.append(
            Series(
                label, number, points, _path([(each.x, each.y) for each in points]), _path([*upper, *lower]), label_y
            )
        )
    most = max((row.rate.whole for row in totals), default=0) or 1
    return Trend(
        series=_apart(drawn),
        bars=[_bar(row, x_of(row.value), step, most) for row in totals],
        ticks=[(f"{100 * scale * part / 4:g} %", y_of(scale * part / 4)) for part in range(5)],
        years=[(year, x_of(year)) for year in years],
    )


def _bar(row: RateRow, x: float, step: float, most: int) -> VolumeBar:
    width = round(min(34.0, step * 0.7), 1)
    height = _BARS * row.rate.whole / most
    overturned = _BARS * row.rate.part / most
    bottom = _BARS_TOP + _BARS
    return VolumeBar(
        row,
        round(x - width / 2, 1),
        round(bottom - height, 1),
        width,
        round(height, 1),
        round(bottom - overturned, 1),
        round(overturned, 1),
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points) if points else ""


def _apart(series: Sequence[Series], least: float = 15.0) -> list[Series]:
    """Move the labels at the ends of lines apart, so that none covers another."""
    placed: list[Series] = []
    for each in sorted(series, key=lambda one: one.label_y):
        y = max(each.label_y, placed[-1].label_y + least) if placed else each.label_y
        placed.append(Series(each.label, each.number, each.points, each.line, each.ribbon, round(y, 1)))
    return sorted(placed, key=lambda one: one.number)


def tint_of(rate: Rate, scale: float) -> int:
    """Return the tint of a matrix cell, from 1 (no item overturned) to 8; 0 where there are too few items."""
    if rate.value is None or rate.is_too_few:
        return 0
    return 1 + min(_TINTS - 1, int(_TINTS * rate.value / scale))
