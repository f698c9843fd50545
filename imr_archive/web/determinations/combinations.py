"""Links from a disputed item to the items that share several of its facts, each with its exact count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imr_archive.search.facets.dimensions import DIMENSION_BY_NAME
from imr_archive.search.facets.linked_dimensions import guideline_value
from imr_archive.vocabulary import CitedBy, Outcome
from imr_archive.web.determinations.item_rows import citations_of
from imr_archive.web.formatting import midsentence
from imr_archive.web.question.question import Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imr_archive.models import DisputedItem
    from imr_archive.search.facets.selection import Selection


@dataclass(frozen=True, slots=True)
class Combination:
    """Conditions in words, the query string that asks for them, and the number of items that fulfil them."""

    label: str
    url: str
    count: int


def combinations_of(item: DisputedItem, everything: Selection) -> tuple[Combination, ...]:
    """Return the combinations of an item that was fetched ``with_rows``; empty if it has no treatment or no outcome.

    They are those of its treatment and body part with its outcome, with its outcome under the first guideline that
    the reviewer cited, and with the other outcome. Counting reads the facet index alone.
    """
    if not (item.treatment_rows and item.outcome):
        return ()
    treatment = item.treatment_rows[0].treatment
    about = [("treatment", treatment.slug)]
    words = treatment.name
    if item.body_part_rows:
        body_part = item.body_part_rows[0].body_part
        about.append(("body_part", body_part.slug))
        words = f"{words}, {midsentence(body_part.name)}"
    own = Outcome(item.outcome)
    other = next(each for each in Outcome if each is not own)
    selected = _having(everything, *about)

    def combination(outcome: Outcome, *more: tuple[str, str], under: str = "") -> Combination:
        conditions = [("outcome", outcome.value), *more]
        question = Question()
        for name, value in (*about, *conditions):
            question = question.with_value(name, value)
        label = f"{words}, {midsentence(outcome.label)}{under}"
        return Combination(label, question.query_string, _having(selected, *conditions).size())

    def found() -> Iterator[Combination]:
        if cited := citations_of(item, CitedBy.REVIEWER):
            guideline = cited[0].guideline
            value = guideline_value(guideline.source, guideline.slug)
            names = everything.snapshot.names["guideline"]
            label = DIMENSION_BY_NAME["guideline"].full_label(value, names) or guideline.label
            yield combination(own, ("guideline", value), under=f" under {label}")
        yield combination(own)
        yield combination(other)

    return tuple(found())


def _having(items: Selection, *conditions: tuple[str, str]) -> Selection:
    for name, value in conditions:
        items = items.having(DIMENSION_BY_NAME[name], [value])
    return items
