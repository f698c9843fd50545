"""Figures to take away: the table's dots and the matrix drawn as SVG, and the frame with title, styles and source.

On the page both stand in tables, which screen readers and phones read better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.vocabulary import Vocabulary
from imr_archive.web.outcomes.figures import TREND_HEIGHT, TREND_WIDTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imr_archive.web.outcomes.explorer import Figures
    from imr_archive.web.outcomes.figures import Mark, RateRow

# In SVG units. Above a figure stands its title, below it where it comes from.
_HEAD, _FOOT = 46, 44
_ROW, _PLOT_LEFT, _PLOT_WIDTH = 24, 420, 330
_CELL_HEIGHT, _LINE_LABEL, _COLUMN_HEAD = 38, 250, 30


class FigureKind(Vocabulary):
    """The figures of a page of outcomes."""

    TREND = "trend", "Trend"
    BARS = "bars", "Bars"
    MATRIX = "matrix", "Matrix"
    FOREST = "forest", "Rates"


@dataclass(frozen=True, slots=True)
class DrawnMark:
    """A row's dot and interval."""

    mark: Mark
    y: float
    low_x: float
    width: float
    point_x: float


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """A cell of the matrix, or of its margins, whose tint is 0."""

    row: RateRow
    tint: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure in its frame; of a forest or a matrix, the parts that are drawn."""

    kind: FigureKind
    height: int
    body_height: int
    width: int = TREND_WIDTH
    head: int = _HEAD
    marks: Sequence[DrawnMark] = ()
    total_x: float | None = None
    plot_left: int = _PLOT_LEFT
    plot_right: int = _PLOT_LEFT + _PLOT_WIDTH
    cells: Sequence[DrawnCell] = ()
    columns: Sequence[tuple[str, float]] = ()
    lines: Sequence[tuple[str, float]] = ()
    cell_width: float = 0
    cell_height: int = _CELL_HEIGHT


def kinds_of(figures: Figures) -> list[FigureKind]:
    """Return the figures that a page has."""
    drawn = {FigureKind.TREND: figures.trend, FigureKind.BARS: figures.bars, FigureKind.MATRIX: figures.matrix}
    return [kind for kind in FigureKind if drawn.get(kind, figures.rows)]


def drawing_of(figures: Figures, kind: FigureKind) -> Drawing:
    """Draw a figure that the page has."""
    match kind:
        case FigureKind.TREND:
            return _framed(kind, TREND_HEIGHT)
        case FigureKind.BARS:
            return _framed(kind, figures.bars.height if figures.bars else 0)
        case FigureKind.MATRIX:
            return _matrix(figures)
        case FigureKind.FOREST:
            return _forest(figures)


def _framed(kind: FigureKind, body: int) -> Drawing:
    return Drawing(kind, _HEAD + body + _FOOT, body)


def _forest(figures: Figures) -> Drawing:
    def x_of(percent: float) -> float:
        return round(_PLOT_LEFT + _PLOT_WIDTH * percent / 100, 1)

    body = _ROW * (len(figures.marks) + 1)
    marks = [
        DrawnMark(mark, _ROW * (place + 1), x_of(mark.low), round(_PLOT_WIDTH * mark.width / 100, 1), x_of(mark.point))
        for place, mark in enumerate(figures.marks)
    ]
    total_x = None if figures.total_at is None else x_of(figures.total_at)
    return Drawing(FigureKind.FOREST, _HEAD + body + _FOOT, body, marks=marks, total_x=total_x)


def _matrix(figures: Figures) -> Drawing:
    matrix = figures.matrix
    if matrix is None:
        return _framed(FigureKind.MATRIX, 0)
    width = (TREND_WIDTH - _LINE_LABEL) / (len(matrix.columns) + 1)
    places = [round(_LINE_LABEL + place * width, 1) for place in range(len(matrix.columns) + 1)]
    cells, lines = [], []
    for number, (line, of_line) in enumerate(matrix.lines):
        y = _COLUMN_HEAD + number * _CELL_HEIGHT
        lines.append((line.label, y))
        cells += [DrawnCell(cell.row, cell.tint, x, y) for cell, x in zip(of_line, places, strict=False)]
        cells.append(DrawnCell(line, 0, places[-1], y))
    y = _COLUMN_HEAD + len(matrix.lines) * _CELL_HEIGHT
    lines.append(("All", y))
    cells += [DrawnCell(row, 0, x, y) for row, x in zip([*matrix.columns, matrix.total], places, strict=True)]
    body = y + _CELL_HEIGHT
    return Drawing(
        FigureKind.MATRIX,
        _HEAD + body + _FOOT,
        body,
        cells=cells,
        columns=[*zip([column.label for column in matrix.columns] + ["All"], places, strict=True)],
        lines=lines,
        cell_width=round(width, 1),
    )
