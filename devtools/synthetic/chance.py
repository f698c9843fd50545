"""A seeded random source with only the draws that the generator needs, optimised for speed."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

T = TypeVar("T")


class Dice(Random):
    """A seeded source of chance, whose draws cost a fraction of what ``Random.choice`` and the like do."""

    def restart(self, number: int) -> None:
        """Reset the source to a seed."""
        super(Random, self).seed(number)  # Random.seed looks for other types first

    def pick(self, values: Sequence[T]) -> T:
        """Draw one of the values."""
        return values[int(self.random() * len(values))]

    def chance(self, share: float) -> bool:
        """Say yes in this share of cases."""
        return self.random() < share

    def between(self, lowest: int, highest: int) -> int:
        """Draw a whole number, both ends included."""
        return lowest + int(self.random() * (highest - lowest + 1))

    def some(self, values: Sequence[T], count: int) -> list[T]:
        """Draw so many different values, or all where there are fewer."""
        if count == 1:
            return [values[int(self.random() * len(values))]]
        pool = list(values)
        size = len(pool)
        count = min(count, size)
        for at in range(count):
            other = at + int(self.random() * (size - at))
            pool[at], pool[other] = pool[other], pool[at]
        return pool[:count]


@dataclass(frozen=True, slots=True)
class Weighted(Generic[T]):
    """Values with weights; the running totals are kept, so that a draw is a bisection."""

    values: tuple[T, ...]
    totals: tuple[float, ...]

    @classmethod
    def of(cls, weights: Mapping[T, float]) -> Weighted[T]:
        """Weigh each key by its value."""
        return cls(tuple(weights), tuple(accumulate(weights.values())))

    def draw(self, dice: Dice) -> T:
        """Draw one value."""
        return self.values[bisect(self.totals, dice.random() * self.totals[-1])]
