"""How well reasons are read: the measured figures that stand beside them.

``python -m devtools.reasons.accuracy`` measures them and writes the file.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import NamedTuple

from imr_archive.vocabulary import ReasonCode


class Measured(NamedTuple):
    """Figures over marked items: ``f1`` and ``quotes`` in percent, and the labels of codes not to be relied on."""

    items: int
    f1: int
    quotes: int
    imprecise: tuple[str, ...]
    unmeasured: tuple[str, ...]


class ReasonAccuracy(NamedTuple):
    """The figures on letters that the rules were written with, on these cross-validated, and on texts kept aside."""

    letters: int
    seen: Measured
    cross_validated: Measured
    aside: Measured


@cache
def reason_accuracy() -> ReasonAccuracy:
    """Return the measured accuracy of reasons."""
    read = json.loads(resources.files("imr_archive.web").joinpath("reason_accuracy.json").read_text(encoding="utf-8"))
    measured = {
        name: Measured(row["items"], row["f1"], row["quotes"], _labels(row["imprecise"]), _labels(row["unmeasured"]))
        for name, row in read.items()
        if name != "letters"
    }
    return ReasonAccuracy(read["letters"], **measured)


def _labels(codes: list[str]) -> tuple[str, ...]:
    """Return the labels of codes."""
    return tuple(str(ReasonCode(code).label) for code in codes)
