"""What the outcomes page breaks a question down by: the parameters ``rows`` and ``split`` beside the question's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from imr_archive.analytics.axes import AXIS_BY_NAME, Axis, axis_below
from imr_archive.search.facets.dimensions import YEAR
from imr_archive.search.facets.sections import STEP
from imr_archive.web.results.rate_summary import OUTCOME_FACETS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imr_archive.web.question.question import Question

ROWS_VAR = "rows"
SPLIT_VAR = "split"
BREAKDOWN_VARS = (ROWS_VAR, SPLIT_VAR)
# The parameters of a question that a breakdown does not depend on.
_OF_LISTS = ("page", "view", "show", "sort", "columns")


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One or two axes; ``problems`` are sentences about parameters that name none."""

    rows: Axis
    split: Axis | None = None
    problems: tuple[str, ...] = ()

    @property
    def axes(self) -> tuple[Axis, ...]:
        """Both axes, or the one."""
        return (self.rows, self.split) if self.split else (self.rows,)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Its parameters."""
        return [(name, axis.name) for name, axis in zip(BREAKDOWN_VARS, self.axes, strict=False)]

    def url(self, question: Question) -> str:
        """Return the query string of the outcomes page for a question under this breakdown."""
        return "?" + urlencode([*question_pairs(question), *self.pairs], safe=STEP)


def read_breakdown(parameters: Mapping[str, str], question: Question) -> Breakdown:
    """Read the breakdown from a query string; by year where it names none."""
    problems = []
    axes: list[Axis | None] = []
    for name in BREAKDOWN_VARS:
        asked = parameters.get(name, "").strip()
        axis = axis_named(asked, question)
        if asked and axis is None:
            problems.append(f"Outcomes cannot be broken down by “{asked[:40]}”.")
        axes.append(axis)
    rows = axes[0] or AXIS_BY_NAME[YEAR]
    split = axes[1]
    if split and {*rows.names} & {*split.names}:
        # One facet can't have a value for each: there would be no list of a cell's items.
        if split is not rows:
            problems.append("Outcomes are broken down by two different facets, not by two levels of one.")
        split = None
    return Breakdown(rows, split, tuple(problems))


def axis_named(name: str, question: Question) -> Axis | None:
    """Return the axis of a name; a facet's name stands for the level below what the question has chosen of it."""
    if name in OUTCOME_FACETS:
        return None
    return AXIS_BY_NAME.get(name) or axis_below(name, question.values(name))


def without_outcome(question: Question) -> Question:
    """Return the question without a chosen outcome, which would make each rate 0 or 100 % by definition."""
    for name in OUTCOME_FACETS:
        question = question.without_values(name)
    return question


def question_pairs(question: Question) -> list[tuple[str, str]]:
    """Return the parameters of a question that matter for a breakdown."""
    return [pair for pair in question.pairs if pair[0] not in _OF_LISTS]


def presets(question: Question) -> list[tuple[str, str]]:
    """Return breakdowns that are asked for often, each as a label and a query string."""
    asked = (
        ("by year", "year", ""),
        ("by year and guideline source", "year", "guideline_source"),
        ("administrator’s × reviewer’s source", "ca_guideline_source", "guideline_source"),
        ("deciding sections", "guideline_section", ""),
        ("reasons by year", "year", "reason"),
        ("reasons by treatment", "reason", "treatment_category"),
    )
    found = []
    for label, rows, split in asked:
        breakdown = Breakdown(AXIS_BY_NAME[rows], AXIS_BY_NAME[split] if split else None)
        found.append((label, breakdown.url(question)))
    return found
