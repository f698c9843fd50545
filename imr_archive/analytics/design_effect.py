"""The design effect of a rate: how much its variance grows because items of one letter are not independent.

Items of one letter share a worker, a reviewer and often an outcome. Treating them as independent makes an interval too
narrow: on 64 real letters the variance of the overturn rate was 2.2 times that of independent items. The effect is
``1 + (size - 1) * correlation``: ``size`` is the mean, over items, of the number of items in their letter, and
``correlation`` is the intraclass correlation of outcomes within letters. The correlation is estimated from the letters
of the selection by analysis of variance (Ridout, Demetrio & Firth 1999, Biometrics 55, 137-148). Because an estimate
from few letters is imprecise, it is averaged with that of the whole archive, weighted by the number of items with the
rarer outcome. A simulation in the tests shows that Wilson's interval on the effective number of items then covers the
true rate 94 to 96 times in 100.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Used if the archive's own letters allow no estimate. It was measured on 64 real letters.
TYPICAL_CORRELATION = 0.4
# With this many items of the rarer outcome, the selection's own estimate has the same weight as the archive's.
_EVENTS_FOR_HALF_WEIGHT = 20


@dataclass(frozen=True, slots=True)
class LetterSums:
    """Sums over letters, from which the design effect is computed. Only items with a stated outcome count.

    In the formulas, a letter has n items, of which y are overturned.
    """

    letters: int = 0
    items: int = 0
    overturned: int = 0
    # Sums of n * n, and of y * y / n.
    squared_sizes: float = 0.0
    squared_shares: float = 0.0

    @classmethod
    def of_letters(cls, sizes: NDArray[np.int64], overturned: NDArray[np.int64]) -> LetterSums:
        """Sum over letters, given the items and the overturned items of each; letters without items don't count."""
        has_items = sizes > 0
        n, y = sizes[has_items].astype(np.float64), overturned[has_items].astype(np.float64)
        return cls(len(n), int(n.sum()), int(y.sum()), float((n * n).sum()), float((y * y / n).sum()))

    def __add__(self, other: LetterSums) -> LetterSums:
        """Return the sums over the letters of both; they must not share a letter."""
        return LetterSums(
            self.letters + other.letters,
            self.items + other.items,
            self.overturned + other.overturned,
            self.squared_sizes + other.squared_sizes,
            self.squared_shares + other.squared_shares,
        )

    @property
    def mean_size(self) -> float:
        """The mean, over items, of the number of items in their letter."""
        return self.squared_sizes / self.items if self.items else 1.0

    @property
    def correlation(self) -> float | None:
        """The intraclass correlation of outcomes, from 0 to 1; None if it cannot be estimated."""
        if self.letters < 2 or self.items == self.letters or self.overturned in (0, self.items):
            return None
        share = self.overturned / self.items
        between = (self.squared_shares - self.items * share * share) / (self.letters - 1)
        within = (self.overturned - self.squared_shares) / (self.items - self.letters)
        size = (self.items - self.mean_size) / (self.letters - 1)
        variance = between + (size - 1) * within
        return min(1.0, max(0.0, (between - within) / variance)) if variance > 0 else None


def design_effect(selected: LetterSums, archive_correlation: float | None) -> float:
    """Return the design effect of the selected items' overturn rate, 1 or more."""
    general = TYPICAL_CORRELATION if archive_correlation is None else archive_correlation
    own = selected.correlation
    if own is None:
        correlation = general
    else:
        events = min(selected.overturned, selected.items - selected.overturned)
        weight = events / (events + _EVENTS_FOR_HALF_WEIGHT)
        correlation = weight * own + (1 - weight) * general
    return 1 + (selected.mean_size - 1) * correlation
