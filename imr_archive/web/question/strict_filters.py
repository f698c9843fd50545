"""A question that a program asks: what a page would only remark upon is refused, lest a slip find everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imr_archive.web.question.filters import ItemFilterSet
from imr_archive.web.question.state import VARS, SearchState

if TYPE_CHECKING:
    from django.http import QueryDict


class BadQuestion(ValueError):
    """A query string that holds something that nobody can ask; ``problems`` are the sentences that say what."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class Question(NamedTuple):
    """What is asked for, and the items that it keeps."""

    state: SearchState
    filterset: ItemFilterSet


def question_of(query: QueryDict) -> Question:
    """Read a query string; raise ``BadQuestion`` if it names a parameter or a value that does not exist."""
    state, filterset = SearchState.from_query(query), ItemFilterSet(query)
    unknown = [name for name in query if name not in VARS]
    known = f"there are {', '.join(VARS)}."
    problems = [f"There is no parameter “{name[:40]}”; {known}" for name in unknown]
    problems += [*state.problems, *filterset.problems]
    if problems:
        raise BadQuestion(problems)
    return Question(state, filterset)
