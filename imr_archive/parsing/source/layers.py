"""Find text that stands twice: a second text layer over the first, or a page whose text is repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

Box = tuple[float, float, float, float]


class PlacedLine(NamedTuple):
    """A printed line with its left, bottom, right and top on the page; None for a line without characters."""

    text: str
    box: Box | None


def without_second_layer(lines: Sequence[PlacedLine]) -> list[PlacedLine]:
    """Return the lines without those that stand over an earlier line, if most of a layer does so.

    The words of a second layer may differ (a scanner's own reading over the printed text), its places do not.
    """
    kept: list[PlacedLine] = []
    dropped = 0
    for line in lines:
        if line.box and any(before.box and _overlaps(line.box, before.box) for before in kept):
            dropped += 1
        else:
            kept.append(line)
    with_words = sum(line.box is not None for line in lines)
    return kept if dropped >= _LEAST_OF_A_LAYER * with_words else list(lines)


_LEAST_OF_A_LAYER = 0.3
_HEIGHT_IN_COMMON = 0.6
_WIDTH_IN_COMMON = 0.3


def _overlaps(one: Box, other: Box) -> bool:
    """Return whether two lines stand at the same place."""
    height = min(one[3], other[3]) - max(one[1], other[1])
    width = min(one[2], other[2]) - max(one[0], other[0])
    return (
        height > _HEIGHT_IN_COMMON * min(one[3] - one[1], other[3] - other[1])
        and width > _WIDTH_IN_COMMON * min(one[2] - one[0], other[2] - other[0])
        and height > 0
    )


def without_repetition(page: str) -> str:
    """Return a page's text without its second half, if that repeats the first half word by word."""
    lines = page.split("\n")
    printed = [number for number, line in enumerate(lines) if line.strip()]
    half, odd = divmod(len(printed), 2)
    if odd or half < _LEAST_LINES:
        return page
    first, second = ([lines[number].split() for number in part] for part in (printed[:half], printed[half:]))
    return "\n".join(lines[: printed[half]]).rstrip() + "\n" if first == second else page


_LEAST_LINES = 3
