"""Which of many phrases are over-represented on one side: Fisher's exact test and Benjamini and Hochberg's procedure.

Benjamini, Y. and Hochberg, Y. (1995), Controlling the False Discovery Rate, Journal of the Royal Statistical Society
B 57, 289-300. If outcomes have nothing to do with the words, the procedure lets any phrase pass in at most 5 lists of
100; a test shuffles outcomes and counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

FALSE_DISCOVERIES = 0.05


def fisher_p_values(counts: Iterable[tuple[int, int]], overturned: int, upheld: int) -> NDArray[np.float64]:
    """Return the one-sided p-value of each phrase's count of overturned and upheld letters, given those of all letters.

    It is the chance that so many or more of the letters with the phrase are overturned, if outcomes were dealt at
    random: the upper tail of the hypergeometric distribution.
    """
    log_factorials = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, overturned + upheld + 1)))))

    def log_choose(of: int, some: NDArray[np.int64]) -> NDArray[np.float64]:
        chosen: NDArray[np.float64] = log_factorials[of] - log_factorials[some] - log_factorials[of - some]
        return chosen

    known: dict[tuple[int, int], float] = {}
    values = []
    for part, other in counts:
        if (part, other) not in known:
            whole = part + other
            tail = np.arange(part, min(whole, overturned) + 1)
            logs = log_choose(overturned, tail) + log_choose(upheld, whole - tail)
            logs -= log_choose(overturned + upheld, np.array([whole]))
            known[part, other] = min(1.0, float(np.exp(logs).sum()))
        values.append(known[part, other])
    return np.array(values, dtype=np.float64)


def discoveries(p_values: Sequence[float] | NDArray[np.float64], rate: float = FALSE_DISCOVERIES) -> NDArray[np.bool_]:
    """Return which of the tests pass so that the expected share of false ones among them is at most ``rate``."""
    values = np.asarray(p_values, dtype=np.float64)
    ordered = np.sort(values)
    passes = np.flatnonzero(ordered <= rate * np.arange(1, len(values) + 1) / max(1, len(values)))
    return values <= (ordered[passes[-1]] if len(passes) else -1.0)
