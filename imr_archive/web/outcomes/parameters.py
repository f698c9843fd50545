"""What the outcomes page breaks a question down by: the parameters ``rows`` and ``split`` beside the question's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME, DIMENSIONS, YEAR
from imr_archive.web.results.rate_summary import OUTCOME_FACETS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imr_archive.search.facets.dimension import Dimension
    from imr_archive.web.question.question import Question

ROWS_VAR = "rows"
SPLIT_VAR = "split"
# Names that people write for a level of the guideline tree: its sources stand at the top.
_ALIASES = {"guideline_source": "guideline", "ca_guideline_source": "ca_guideline"}
# By what an outcome may be broken down: everything but the outcome itself.
CHOICES: tuple[Dimension, ...] = tuple(each for each in DIMENSIONS if each.name not in OUTCOME_FACETS)


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One or two dimensions; ``problems`` are sentences about parameters that name none."""

    rows: Dimension
    split: Dimension | None = None
    problems: tuple[str, ...] = ()

    def url(self, question: Question) -> str:
        """Return the query string of the outcomes page for a question under this breakdown."""
        pairs = [*_question_pairs(question), (ROWS_VAR, self.rows.name)]
        if self.split:
            pairs.append((SPLIT_VAR, self.split.name))
        return "?" + urlencode(pairs, safe="/")


def read_breakdown(parameters: Mapping[str, str]) -> Breakdown:
    """Read the breakdown from a query string; by year where it names none."""
    problems = []
    dimensions: list[Dimension | None] = []
    for name in (ROWS_VAR, SPLIT_VAR):
        asked = parameters.get(name, "").strip()
        dimension = DIMENSION_BY_NAME.get(_ALIASES.get(asked, asked)) if asked else None
        if asked and dimension not in CHOICES:
            problems.append(f"Outcomes cannot be broken down by “{asked[:40]}”.")
            dimension = None
        dimensions.append(dimension)
    rows, split = dimensions
    rows = rows or DIMENSION_BY_NAME[YEAR]
    return Breakdown(rows, None if split is rows else split, tuple(problems))


def without_outcome(question: Question) -> Question:
    """Return the question without a chosen outcome, which would make each rate 0 or 100 % by definition."""
    for name in OUTCOME_FACETS:
        question = question.without_values(name)
    return question


def _question_pairs(question: Question) -> list[tuple[str, str]]:
    beside = {"page", "view", "show", "sort", "values", "columns"}
    return [pair for pair in question.pairs if pair[0] not in beside]
